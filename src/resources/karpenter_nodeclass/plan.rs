//! What an apply would do, from values alone.

use mig::PathStep;
use mig::boot::{OnFailure, RenderVersion};
use mig::manifests::karpenter::{NodeClass, NodeClassOptions};
use serde_json::{Map, Value as Json};
use tfplug::{Attr, Diagnostics, Model, Path, Plan};

use super::model::{self, NodeClassModel};
use crate::duration;
use crate::facts::Facts;
use crate::models::{ClusterModel, ExtraPart, ExtraUserData, newest_version, render_version, user_parts};
use crate::resources::karpenter::{Found, KarpenterModel, attribute_path};
use crate::resources::manifests::{self, Stateless};

impl Stateless for NodeClassModel {
    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Option<Vec<Json>> {
        let mut complete = self.with_defaults();
        if complete.render_version.is_null() {
            complete.render_version = newest_version().into();
        }
        render(&complete, facts, diags)
    }

    fn of_version(self, version: RenderVersion) -> Self {
        Self {
            render_version: i64::from(version.number()).into(),
            ..self
        }
    }
}

impl KarpenterModel for NodeClassModel {
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        plan.planned.id = plan.planned.name.clone();
        if plan.config.render_version.is_null() {
            let before = plan.prior.as_ref().map(|prior| prior.render_version);
            plan.planned.render_version = before
                .filter(|version| !version.is_null())
                .unwrap_or_else(|| newest_version().into());
        }
        let mut findings = Diagnostics::new();
        let objects = render(&plan.planned, facts, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        let manifests = objects.map(|objects| manifests::manifests(&objects));
        plan.planned.user_data = manifests.as_ref().map_or(Attr::Unknown, model::user_data);
        plan.planned.manifests = manifests.map_or(Attr::Unknown, Attr::Known);
        Ok(findings)
    }

    fn name(&self) -> &Attr<String> {
        &self.name
    }

    fn named(name: Attr<String>, cluster: Attr<ClusterModel>) -> Self {
        Self {
            id: name.clone(),
            name,
            cluster,
            ..Self::default()
        }
    }
}

fn render(model: &NodeClassModel, facts: &Facts, diags: &mut Diagnostics) -> Option<Vec<Json>> {
    let layout = model.layout.known()?.resolve(facts, &Path::attr("layout"), diags);
    let version = render_version(&model.render_version, &Path::root(), diags);
    let options = options(model, version?, diags)?;
    let found = Found { diags, place };
    found.objects(NodeClass::render(&layout?, &options, facts.catalog()))
}

/// `None` while something is unknown, or invalid with the fault in `diags`.
fn options(
    model: &NodeClassModel,
    render_version: RenderVersion,
    diags: &mut Diagnostics,
) -> Option<NodeClassOptions> {
    let kubelet = further_kubelet_keys(model, diags);
    let Some(seconds) = duration::parse(model.partition_timeout.as_str()?) else {
        let detail = "Write a whole number and s, m or h, such as 10m or 1m30s.";
        diags.error_at(Path::attr("partition_timeout"), "Not a time", detail);
        return None;
    };
    let extra = manifests::json_object(&model.extra, &Path::attr("extra"), diags);
    let mut object = model.to_api_form()?;
    for (key, value) in kubelet? {
        object["spec"]["kubelet"][key] = value;
    }
    let parts = model.extra_user_data.settled()?;
    let parts = |list: fn(&ExtraUserData) -> &Attr<Vec<ExtraPart>>| {
        parts.map_or(Some(Vec::new()), |parts| user_parts(list(parts)))
    };
    let mut own_fields = NodeClassModel::api_fields();
    own_fields.push("spec.userData".to_owned());
    Some(NodeClassOptions {
        object,
        render_version,
        on_failure: OnFailure::parse(model.on_failure.as_str()?)?,
        deadline_seconds: u32::try_from(seconds.as_secs()).unwrap_or(u32::MAX),
        parts_before: parts(|parts| &parts.before)?,
        parts_after: parts(|parts| &parts.after)?,
        cluster: match model.node_config.settled()? {
            Some(config) => Some(config.cluster()?),
            None => None,
        },
        extra: extra?,
        own_fields,
    })
}

/// Keys of kubelet's configuration that have no attribute.
fn further_kubelet_keys(model: &NodeClassModel, diags: &mut Diagnostics) -> Option<Map<String, Json>> {
    let Some(kubelet) = model.kubelet.settled()? else {
        return Some(Map::new());
    };
    let at = Path::attr("kubelet").attribute("extra");
    let keys = manifests::json_object(&kubelet.extra, &at, diags)?;
    for key in keys.keys() {
        let attribute = NodeClassModel::attribute_path(&Path::from("spec.kubelet").key(key));
        if attribute != Path::attr("kubelet") {
            let detail = format!("Give it as {attribute}, so that it cannot be said twice.");
            diags.error_at(at.clone(), format!("{key} has an attribute of its own"), detail);
        }
    }
    Some(keys)
}

/// Keys of kubelet's configuration without an attribute stand in `extra`.
fn place(steps: &[PathStep]) -> Path {
    let found = attribute_path::<NodeClassModel>(steps);
    let whole = found == Path::attr("kubelet") && steps.len() > 2;
    if whole { found.attribute("extra") } else { found }
}
