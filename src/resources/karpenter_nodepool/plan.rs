//! What an apply would do, from values alone.

use mig::boot::RenderVersion;
use mig::manifests::Extra;
use mig::manifests::karpenter::{NodePool, NodePoolOptions};
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostics, Model, Path, Plan};

use super::model::NodePoolModel;
use crate::checked::{self, Checked, OrDeferred};
use crate::facts::Facts;
use crate::findings::below;
use crate::models::{ClusterModel, kept, newest_version, or, render_version};
use crate::resources::karpenter::{
    Found, KarpenterModel, NodeClassRefModel, check_agreement, followed, followed_layout, part,
};
use crate::resources::manifests::{self, Renderable};

impl Renderable for NodePoolModel {
    const FOLLOWED: &'static [(&'static str, &'static str)] = &[(
        "nodeclass",
        "The class of the nodes; the one beside it if left out.",
    )];

    fn check_references(&self, diags: &mut Diagnostics) {
        if let Attr::Known(class) = &self.nodeclass {
            let from = ("nodeclass", &class.cluster, &class.layout);
            check_agreement(&self.cluster, &self.layout, from, diags);
            check_reserved(&self.capacity_types, class, diags);
        }
    }

    fn without_references(self) -> Self {
        let nodeclass = self
            .nodeclass
            .known()
            .map(|_| Attr::Unknown)
            .unwrap_or(self.nodeclass);
        Self { nodeclass, ..self }
    }

    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let mut complete = effective(&self.with_defaults());
        if complete.render_version.is_null() {
            complete.render_version = newest_version().into();
        }
        render(&complete, self, facts, diags)
    }

    fn of_version(self, version: RenderVersion) -> Self {
        Self {
            render_version: i64::from(version.number()).into(),
            ..self
        }
    }
}

impl KarpenterModel for NodePoolModel {
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        let followed = effective(&plan.config);
        let before = plan.prior.as_ref().filter(|_| plan.config.name.is_null());
        plan.planned.name = kept(followed.name, before.map(|prior| &prior.name));
        plan.planned.cluster = followed.cluster;
        plan.planned.layout = followed.layout;
        plan.planned.id = plan.planned.name.clone();
        if plan.config.render_version.is_null() {
            let before = plan.prior.as_ref().map(|prior| prior.render_version);
            plan.planned.render_version = before
                .filter(|version| !version.is_null())
                .unwrap_or_else(|| newest_version().into());
        }
        let mut findings = Diagnostics::new();
        let objects = render(&plan.planned, &plan.config, facts, &mut findings);
        let objects = objects.map(|objects| manifests::manifests(&objects));
        plan.planned.manifests = checked::planned(objects, &mut findings)?;
        if plan
            .prior
            .as_ref()
            .is_some_and(|prior| is_fixed_otherwise(prior, &plan.planned))
        {
            plan.require_replace(Path::attr("replicas"));
        }
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

/// Whether a pool with a fixed number of nodes becomes one without, or the other way, as far as that is known. An import does not know
/// it; the API server then decides.
fn is_fixed_otherwise(prior: &NodePoolModel, planned: &NodePoolModel) -> bool {
    let imported = prior.layout.is_null();
    let known = !planned.replicas.is_unknown();
    !imported && known && prior.replicas.is_null() != planned.replicas.is_null()
}

/// With `reserved` alone Karpenter launches only what the class selects.
fn check_reserved(types: &Attr<Vec<String>>, class: &NodeClassRefModel, diags: &mut Diagnostics) {
    let reserved_alone = types
        .known()
        .is_some_and(|types| !types.is_empty() && types.iter().all(|word| word == "reserved"));
    if reserved_alone && class.selects_no_reservation() {
        let detail = "The pool uses reserved capacity alone, and the node class selects no reservation, so that no node would ever \
                      come. Give the class capacity_reservation_selector_terms, or the pool on-demand as well.";
        diags.error_at(Path::attr("capacity_types"), "No reservation is selected", detail);
    }
}

/// The configuration with what follows from the node class.
fn effective(config: &NodePoolModel) -> NodePoolModel {
    let class = &config.nodeclass;
    NodePoolModel {
        name: followed(&config.name, class, |class| &class.name),
        cluster: followed(&config.cluster, class, |class| &class.cluster),
        layout: followed(&config.layout, class, |class| &class.layout),
        ..config.clone()
    }
}

fn render(
    model: &NodePoolModel,
    config: &NodePoolModel,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<Vec<Json>> {
    let layout = followed_layout(&model.layout, &config.layout, "nodeclass", facts, diags)?;
    let version = render_version(&model.render_version, &Path::root(), diags)?;
    let extra = manifests::json_object(&model.extra, &Path::attr("extra"), diags)?;
    let options = options(model, version, extra).or_deferred()?;
    let found = Found {
        diags,
        place: |steps: &[mig::PathStep]| below(&Path::root(), steps),
    };
    found.objects(NodePool::render(&layout, &options, facts.catalog()))
}

fn options(model: &NodePoolModel, render_version: RenderVersion, extra: Extra) -> Option<NodePoolOptions> {
    let defaults = NodePoolOptions::default();
    let object = model.to_api_form()?;
    let template = &object["spec"]["template"];
    Some(NodePoolOptions {
        name: model.name.known()?.clone(),
        labels: part(&object["metadata"]["labels"])?.unwrap_or_default(),
        annotations: part(&object["metadata"]["annotations"])?.unwrap_or_default(),
        render_version,
        nodeclass: part(&template["spec"]["nodeClassRef"])??,
        ami_family: model.nodeclass.known()?.family()?,
        capacity_types: or(&model.capacity_types, defaults.capacity_types)
            .known()?
            .clone(),
        zones: or(&model.zones, defaults.zones).known()?.clone(),
        require_gpu_name: *or(&model.require_gpu_name, false).known()?,
        requirements: part(&template["spec"]["requirements"])?.unwrap_or_default(),
        node_labels: part(&template["metadata"]["labels"])?.unwrap_or_default(),
        node_annotations: part(&template["metadata"]["annotations"])?.unwrap_or_default(),
        taints: part(&template["spec"]["taints"])?.unwrap_or_default(),
        startup_taints: part(&template["spec"]["startupTaints"])?.unwrap_or_default(),
        expire_after: part(&template["spec"]["expireAfter"])?.unwrap_or(defaults.expire_after),
        termination_grace_period: part(&template["spec"]["terminationGracePeriod"])?,
        limits: part(&object["spec"]["limits"])?,
        slice_limits: or(&model.slice_limits, defaults.slice_limits).known()?.clone(),
        disruption: part(&object["spec"]["disruption"])?.unwrap_or(defaults.disruption),
        weight: part(&object["spec"]["weight"])?,
        replicas: part(&object["spec"]["replicas"])?,
        extra,
        own_fields: NodePoolModel::api_fields(),
        given: object["spec"].clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::LayoutModel;
    use crate::resources::karpenter::{AliasModel, ReservationModel};

    fn whole(terms: Attr<Vec<ReservationModel>>) -> NodeClassRefModel {
        NodeClassRefModel {
            layout: LayoutModel::default().into(),
            ami_selector_terms: vec![AliasModel::default()].into(),
            capacity_reservation_selector_terms: terms,
            ..NodeClassRefModel::default()
        }
    }

    fn faults(types: &[&str], class: &NodeClassRefModel) -> usize {
        let mut diags = Diagnostics::new();
        let types: Vec<String> = types.iter().map(|word| (*word).to_owned()).collect();
        check_reserved(&types.into(), class, &mut diags);
        diags.iter().count()
    }

    #[test]
    fn reserved_capacity_needs_a_reservation_where_both_are_known() {
        let none = whole(Attr::Null);
        let one = whole(vec![ReservationModel::default()].into());
        assert_eq!(faults(&["reserved"], &none), 1);
        assert_eq!(faults(&["reserved"], &whole(Vec::new().into())), 1);
        assert_eq!(faults(&["reserved"], &one), 0);
        assert_eq!(faults(&["reserved"], &whole(Attr::Unknown)), 0);
        assert_eq!(faults(&["reserved", "on-demand"], &none), 0);
        let by_name = NodeClassRefModel {
            name: "mig-small".into(),
            ..NodeClassRefModel::default()
        };
        assert_eq!(faults(&["reserved"], &by_name), 0);
    }
}
