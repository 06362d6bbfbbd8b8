//! What an apply would do, from values alone.

use mig::PathStep;
use mig::boot::RenderVersion;
use mig::manifests::karpenter::{NodeOverlay, NodeOverlayOptions};
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Plan};

use super::model::NodeOverlayModel;
use crate::checked::{self, Checked, OrDeferred};
use crate::facts::Facts;
use crate::findings::below;
use crate::models::{ClusterModel, kept};
use crate::resources::karpenter::{
    Found, KarpenterModel, OVERLAY_GATE, check_agreement, followed, followed_layout, part,
};
use crate::resources::manifests::{self, Renderable};

impl Renderable for NodeOverlayModel {
    const FOLLOWED: &'static [(&'static str, &'static str)] = &[(
        "nodepool",
        "The pool that it describes; the one beside it if left out.",
    )];

    fn check_references(&self, diags: &mut Diagnostics) {
        if let Attr::Known(pool) = &self.nodepool {
            let from = ("nodepool", &pool.cluster, &pool.layout);
            check_agreement(&self.cluster, &self.layout, from, diags);
        }
    }

    fn without_references(self) -> Self {
        let nodepool = self
            .nodepool
            .known()
            .map(|_| Attr::Unknown)
            .unwrap_or(self.nodepool);
        Self { nodepool, ..self }
    }

    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        render(&effective(&self.with_defaults()), self, facts, diags)
    }

    /// Overlays roll no node: they have one rendering.
    fn of_version(self, _: RenderVersion) -> Self {
        self
    }
}

impl KarpenterModel for NodeOverlayModel {
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        let followed = effective(&plan.config);
        let before = plan.prior.as_ref().filter(|_| plan.config.name.is_null());
        plan.planned.name = kept(followed.name, before.map(|prior| &prior.name));
        plan.planned.cluster = followed.cluster;
        plan.planned.layout = followed.layout;
        plan.planned.id = plan.planned.name.clone();
        let mut findings = Diagnostics::new();
        let objects = render(&plan.planned, &plan.config, facts, &mut findings);
        let objects = objects.map(|objects| manifests::manifests(&objects));
        plan.planned.manifests = checked::planned(objects, &mut findings)?;
        if plan.prior.is_none() {
            findings.push(gate());
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

fn gate() -> Diagnostic {
    let detail = format!(
        "Without it Karpenter accepts the objects and does nothing, and no pod that asks for a slice brings up a node. It is \
         alpha and off by default: set the Helm value {OVERLAY_GATE}."
    );
    Diagnostic::warning(
        "Karpenter reads overlays only with the feature gate NodeOverlay",
        detail,
    )
}

/// The configuration with what follows from the pool.
fn effective(config: &NodeOverlayModel) -> NodeOverlayModel {
    let pool = &config.nodepool;
    NodeOverlayModel {
        name: followed(&config.name, pool, |pool| &pool.name),
        cluster: followed(&config.cluster, pool, |pool| &pool.cluster),
        layout: followed(&config.layout, pool, |pool| &pool.layout),
        ..config.clone()
    }
}

fn render(
    model: &NodeOverlayModel,
    config: &NodeOverlayModel,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<Vec<Json>> {
    let layout = followed_layout(&model.layout, &config.layout, "nodepool", facts, diags)?;
    let options = options(model).or_deferred()?;
    let found = Found { diags, place };
    found.objects(NodeOverlay::render(&layout, &options, facts.catalog()))
}

fn options(model: &NodeOverlayModel) -> Option<NodeOverlayOptions> {
    let object = model.to_api_form()?;
    let spec = &object["spec"];
    Some(NodeOverlayOptions {
        nodepool: model.nodepool.known()?.name.known()?.clone(),
        name_prefix: model.name.settled()?.cloned(),
        labels: part(&object["metadata"]["labels"])?.unwrap_or_default(),
        annotations: part(&object["metadata"]["annotations"])?.unwrap_or_default(),
        weight: part(&spec["weight"])?,
        requirements: part(&spec["requirements"])?.unwrap_or_default(),
        capacity: part(&spec["capacity"])?.unwrap_or_default(),
        price: part(&spec["price"])?,
        price_adjustment: part(&spec["priceAdjustment"])?,
        given: spec.clone(),
    })
}

fn place(steps: &[PathStep]) -> Path {
    match steps {
        [PathStep::Attribute(name)] if name == "name_prefix" => Path::attr("name"),
        [PathStep::Attribute(name)] if name == "nodepool" => Path::attr("nodepool").attribute("name"),
        steps => below(&Path::root(), steps),
    }
}
