//! Karpenter's objects for layouts: whether their controller takes them.

use mig::drift::detect::{self, KarpenterFacts, Presence};
use mig::drift::{Place, Section};
use mig::layout::LAYOUT_LABEL;
use serde_json::Value as Json;

use super::cluster::not_checked;
use crate::kube::nodes::condition;
use crate::kube::{KubeApi, KubeError, KubeErrorKind, Listing, Resource, kinds, list_objects};

/// What was listed of each kind.
struct Listed {
    pools: Vec<Json>,
    classes: Vec<Json>,
    overlays: Vec<Json>,
}

/// The pools whose nodes have a layout, their classes, and the overlays that offer slices.
pub(super) async fn look(api: &dyn KubeApi, place: &Place, now: i64) -> Section {
    let mut section = Section::default();
    let all = [kinds::NODE_POOL, kinds::EC2_NODE_CLASS, kinds::NODE_OVERLAY];
    let [pools, classes, overlays] = all.map(|kind| objects(api, kind));
    let (pools, classes, overlays) = futures::join!(pools, classes, overlays);
    let mut pools = found(pools, place, "NodePool", &mut section);
    pools.retain(has_layout);
    // Without one the other kinds are no business of ours.
    if pools.is_empty() {
        return section;
    }
    let listed = Listed {
        pools,
        classes: found(classes, place, "EC2NodeClass", &mut section),
        overlays: found(overlays, place, "NodeOverlay", &mut section),
    };
    for (kind, of, object) in listed.judged() {
        let facts = KarpenterFacts {
            kind: kind.to_owned(),
            name: name(object),
            presence: Presence::Present,
            edits: Vec::new(),
            condition: condition(object, of),
        };
        section.join(detect::karpenter(place, &facts, now));
    }
    section
}

impl Listed {
    /// Kind, condition and object of everything that concerns slices.
    fn judged(&self) -> impl Iterator<Item = (&'static str, &'static str, &Json)> {
        let class = |pool: &Json| {
            Some(
                pool.pointer("/spec/template/spec/nodeClassRef/name")?
                    .as_str()?
                    .to_owned(),
            )
        };
        let names: Vec<String> = self.pools.iter().filter_map(class).collect();
        let classes = self
            .classes
            .iter()
            .filter(move |class| names.contains(&name(class)));
        let overlays = self.overlays.iter().filter(|overlay| offers_slices(overlay));
        let pools = self.pools.iter().map(|pool| ("NodePool", "Ready", pool));
        pools
            .chain(classes.map(|class| ("EC2NodeClass", "Ready", class)))
            .chain(overlays.map(|overlay| ("NodeOverlay", "ValidationSucceeded", overlay)))
    }
}

fn has_layout(pool: &Json) -> bool {
    let labels = pool.pointer("/spec/template/metadata/labels");
    labels.is_some_and(|labels| labels.get(LAYOUT_LABEL).is_some())
}

fn offers_slices(overlay: &Json) -> bool {
    let capacity = overlay.pointer("/spec/capacity").and_then(Json::as_object);
    capacity.is_some_and(|capacity| capacity.keys().any(|name| name.starts_with("nvidia.com/")))
}

fn name(object: &Json) -> String {
    let name = object.pointer("/metadata/name").and_then(Json::as_str);
    name.unwrap_or_default().to_owned()
}

/// All objects of a kind that the cluster need not have.
async fn objects(api: &dyn KubeApi, resource: Resource) -> Result<Vec<Json>, KubeError> {
    match list_objects(api, &Listing::all(resource)).await {
        Err(error) if error.kind == KubeErrorKind::CrdMissing => Ok(Vec::new()),
        listed => listed,
    }
}

/// What was listed; what could not be is told.
fn found(
    listed: Result<Vec<Json>, KubeError>,
    place: &Place,
    kind: &str,
    section: &mut Section,
) -> Vec<Json> {
    listed.unwrap_or_else(|error| {
        section.join(not_checked(place, kind, &error));
        Vec::new()
    })
}
