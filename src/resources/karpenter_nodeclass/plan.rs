//! What an apply would do, from values alone.

use mig::PathStep;
use mig::boot::RenderVersion;
use mig::manifests::karpenter::NodeClass;
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostics, Model, Path, Plan};

use super::model::{self, NodeClassModel};
use super::options;
use crate::facts::Facts;
use crate::models::{ClusterModel, below, newest_version, render_version};
use crate::resources::karpenter::{Found, KarpenterModel};
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
    let options = options::options(model, version?, diags)?;
    let found = Found { diags, place };
    found.objects(NodeClass::render(&layout?, &options, facts.catalog()))
}

/// Keys of kubelet's configuration have attributes in snake case; others stand in `extra`.
fn place(steps: &[PathStep]) -> Path {
    match steps {
        [PathStep::Attribute(name), PathStep::Key(key), rest @ ..] if name == "kubelet" => {
            let at = Path::attr("kubelet");
            match options::kubelet_attribute(key) {
                Some(attribute) => below(&at.attribute(attribute), rest),
                None => at.attribute("extra"),
            }
        }
        steps => below(&Path::root(), steps),
    }
}
