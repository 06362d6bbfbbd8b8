//! Karpenter's objects for layouts: whether their controller takes them, and the images that they pin.

use std::collections::{BTreeMap, BTreeSet};

use mig::drift::detect::{self, KarpenterFacts, Pin, Presence, overlay_gate, pins};
use mig::drift::{Place, Section};
use mig::layout::LAYOUT_LABEL;
use mig::manifests::gpu_actor::feature_gate;
use mig::node_status::{NodeFacts, Tristate};
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

/// What was seen of Karpenter.
#[derive(Default)]
pub(super) struct Karpenter {
    pub(super) section: Section,
    /// The images of each class that names its images, by ID.
    pinned: BTreeMap<String, BTreeSet<String>>,
}

/// The pools whose nodes have a layout, their classes, and the overlays that offer slices.
pub(super) async fn look(api: &dyn KubeApi, place: &Place, now: i64) -> Karpenter {
    let mut section = Section::default();
    let all = [kinds::NODE_POOL, kinds::EC2_NODE_CLASS, kinds::NODE_OVERLAY];
    let [pools, classes, overlays] = all.map(|kind| objects(api, kind));
    let (pools, classes, overlays) = futures::join!(pools, classes, overlays);
    let mut pools = found(pools, place, "NodePool", &mut section);
    pools.retain(has_layout);
    // Without one the other kinds are no business of ours.
    if pools.is_empty() {
        return Karpenter {
            section,
            ..Karpenter::default()
        };
    }
    let mut overlays = found(overlays, place, "NodeOverlay", &mut section);
    overlays.retain(offers_slices);
    let listed = Listed {
        pools,
        classes: found(classes, place, "EC2NodeClass", &mut section),
        overlays,
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
    section.join(listed.gate(api, place).await);
    let pinned = listed
        .classes()
        .filter_map(|class| Some((name(class), pinned_images(class)?)));
    Karpenter {
        pinned: pinned.collect(),
        section,
    }
}

impl Karpenter {
    /// Judges the images of nodes whose class pins them. What Karpenter itself is about to replace is left to it for a day.
    pub(super) fn images(&self, place: &Place, nodes: &[NodeFacts], now: i64) -> Section {
        let pin = |node: &NodeFacts| {
            let claim = node.node_claim.as_ref()?;
            let drifted = claim
                .drifted
                .as_ref()
                .filter(|drifted| drifted.status == Tristate::True);
            let recent = |since: i64| now.saturating_sub(since) < REPLACING_SECONDS;
            Some(Pin {
                kind: "Node".to_owned(),
                name: node.name.clone(),
                pinned: self.pinned.get(&claim.class)?.clone(),
                found: claim.image.clone(),
                rolls: node.deleted.is_some()
                    || drifted.is_some_and(|drifted| drifted.since.is_none_or(recent)),
            })
        };
        let all: Vec<Pin> = nodes.iter().filter_map(pin).collect();
        pins(place, &all)
    }
}

/// Seconds for which a node may be left that Karpenter knows not to be as declared: a day. Budgets and pods may hold it up.
const REPLACING_SECONDS: i64 = 24 * 3600;

/// The images of a class, as its controller found them; none where the class follows the newest ones, or the controller has not said it of
/// the class as it is now.
fn pinned_images(class: &Json) -> Option<BTreeSet<String>> {
    let terms = class.pointer("/spec/amiSelectorTerms")?.as_array()?;
    let is_pinned = |term: &Json| {
        let text = |key: &str| term.get(key).and_then(Json::as_str);
        let by_alias = text("alias").is_some_and(|alias| alias.contains('@') && !alias.ends_with("@latest"));
        by_alias || text("id").is_some()
    };
    let seen = condition(class, "AMIsReady")?.status == Tristate::True;
    if !seen || !terms.iter().all(is_pinned) {
        return None;
    }
    let images = class.pointer("/status/amis")?.as_array()?;
    let id = |image: &Json| Some(image.get("id")?.as_str()?.to_owned());
    Some(images.iter().filter_map(id).collect())
}

impl Listed {
    /// Kind, condition and object of everything that concerns slices.
    fn judged(&self) -> impl Iterator<Item = (&'static str, &'static str, &Json)> {
        let pools = self.pools.iter().map(|pool| ("NodePool", "Ready", pool));
        let overlays = self.overlays.iter();
        pools
            .chain(self.classes().map(|class| ("EC2NodeClass", "Ready", class)))
            .chain(overlays.map(|overlay| ("NodeOverlay", "ValidationSucceeded", overlay)))
    }

    /// The classes that the pools use.
    fn classes(&self) -> impl Iterator<Item = &Json> {
        let class = |pool: &Json| {
            let name = pool.pointer("/spec/template/spec/nodeClassRef/name")?;
            Some(name.as_str()?.to_owned())
        };
        let names: BTreeSet<String> = self.pools.iter().filter_map(class).collect();
        self.classes
            .iter()
            .filter(move |class| names.contains(&name(class)))
    }

    /// Whether Karpenter reads overlays, as its Deployment says.
    async fn gate(&self, api: &dyn KubeApi, place: &Place) -> Section {
        if self.overlays.is_empty() {
            return Section::default();
        }
        let listing = Listing {
            labels: "app.kubernetes.io/name=karpenter",
            ..Listing::all(kinds::DEPLOYMENT)
        };
        match list_objects(api, &listing).await {
            Ok(deployments) => overlay_gate(place, self.overlays.len(), self.is_on(&deployments)),
            Err(error) => not_checked(place, "Deployment", &error),
        }
    }

    /// Karpenter says of an overlay whether it takes it, as it is now, only with its gate on. Where no Deployment names the gate, it is as
    /// Karpenter has it by default, and where there is none, Karpenter runs elsewhere.
    fn is_on(&self, deployments: &[Json]) -> Option<bool> {
        let containers = deployments.iter().flat_map(|deployment| {
            let containers = deployment.pointer("/spec/template/spec/containers");
            containers.and_then(Json::as_array).into_iter().flatten()
        });
        let named: Vec<bool> = containers
            .filter_map(|container| feature_gate(container, "NodeOverlay"))
            .collect();
        if let Some(on) = named.iter().copied().reduce(|one, other| one || other) {
            return Some(on);
        }
        let mut said = self.overlays.iter();
        let is_read = said.any(|overlay| condition(overlay, "ValidationSucceeded").is_some());
        (is_read || !deployments.is_empty()).then_some(is_read)
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
