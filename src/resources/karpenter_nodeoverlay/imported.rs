//! What overlays that are being imported were made from: their fields, and the layout of their pool.

use mig::profile::{GPU_RESOURCE, RESOURCE_PREFIX};
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::model::NodeOverlayModel;
use crate::facts::Facts;
use crate::resources::karpenter::{KarpenterModel, NodePoolRefModel};
use crate::resources::karpenter_nodepool::NodePoolModel;
use crate::resources::manifests::{Importable, Live, given, gives, imported, without};

impl Importable for NodeOverlayModel {
    /// The overlays with all that the live objects say, and the layout of their pool where that gives these overlays.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>) {
        let all: Vec<Json> = live.own.iter().map(given).collect();
        let Some(first) = all.iter().min_by_key(|one| one["spec"]["weight"].as_i64()) else {
            return (self, Vec::new());
        };
        let overlay = fields(self, first);
        match of_pool(&overlay, live, facts) {
            Some(overlay) => (overlay, Vec::new()),
            None => (overlay, vec![layout_unknown()]),
        }
    }
}

/// What the object of the lowest weight says by itself, without what follows from pool and layout.
fn fields(seen: NodeOverlayModel, object: &Json) -> NodeOverlayModel {
    let read = NodeOverlayModel::from_api_form(object);
    let all = read.requirements.known().cloned().unwrap_or_default();
    let pool = all.first().and_then(|one| one.values.known()?.first());
    let further: Vec<_> = all.iter().skip(2).cloned().collect();
    let pool = pool.map(|name| NodePoolRefModel {
        name: name.clone().into(),
        ..NodePoolRefModel::default()
    });
    NodeOverlayModel {
        nodepool: pool.into(),
        name: seen.name,
        cluster: seen.cluster,
        id: seen.id,
        requirements: (!further.is_empty()).then_some(further).into(),
        capacity: without(&read.capacity, |name| {
            name.starts_with(GPU_RESOURCE) || name.starts_with(RESOURCE_PREFIX)
        }),
        ..read
    }
}

fn of_pool(overlay: &NodeOverlayModel, live: Live<'_>, facts: &Facts) -> Option<NodeOverlayModel> {
    let (pool, above) = live.above.split_first()?;
    let name: Attr<String> = overlay.nodepool.known()?.name.clone();
    let of_pool = Live {
        own: std::slice::from_ref(pool),
        above,
    };
    let (pool, _) = imported(
        NodePoolModel::named(name, overlay.cluster.clone()),
        of_pool,
        facts,
    );
    let nodepool =
        NodePoolRefModel::decode_object(&pool.encode_object(), &Path::root(), &mut Diagnostics::new());
    let overlay = NodeOverlayModel {
        layout: nodepool.layout.clone(),
        nodepool: nodepool.into(),
        ..overlay.clone()
    };
    gives(&overlay, live.own, facts).then_some(overlay)
}

fn layout_unknown() -> Diagnostic {
    let detail = "The overlays are not what this provider renders for the layout of their pool, or the pool or its node class is \
                  not there or is not ours. Write the layout in the configuration, by nodepool = mig_karpenter_nodepool.NAME: \
                  the plan shows what changes.";
    Diagnostic::warning(
        "The layout of the overlays does not follow from the cluster",
        detail,
    )
    .at(Path::attr("layout"))
}
