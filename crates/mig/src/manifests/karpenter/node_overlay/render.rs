//! From checked options to the objects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::NodeOverlayOptions;
use crate::fingerprint::fingerprint;
use crate::layout::Layout;
use crate::manifests::extra;
use crate::manifests::karpenter::labels::{INSTANCE_TYPE, NODE_POOL};
use crate::manifests::karpenter::{Requirement, metadata};
use crate::profile::GPU_RESOURCE;

/// Weights that the overlays of one pool may take from its own first one on. A layout has fewer types than that.
pub(super) const WEIGHTS_PER_POOL: i64 = 100;

/// First weights: 1, 101, ... 9801.
const FIRST_WEIGHTS: u64 = 99;

/// Instance types whose nodes offer the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// By name, never empty.
    pub(super) instance_types: Vec<String>,
    /// Extended resources; `nvidia.com/gpu` always among them.
    pub(super) capacity: BTreeMap<String, u64>,
}

/// All types of a layout, by the first of each group.
pub(super) fn groups(layout: &Layout) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for node in layout.nodes() {
        let capacity = capacity(layout, node.instance_type());
        match groups.iter_mut().find(|group| group.capacity == capacity) {
            Some(group) => group.instance_types.push(node.instance_type().to_owned()),
            None => groups.push(Group {
                instance_types: vec![node.instance_type().to_owned()],
                capacity,
            }),
        }
    }
    groups
}

/// Whole GPUs are always listed, also as 0: Karpenter otherwise counts the physical ones and sends pods there that want one.
fn capacity(layout: &Layout, instance_type: &str) -> BTreeMap<String, u64> {
    let mut capacity = layout.resources(instance_type).unwrap_or_default();
    capacity.entry(GPU_RESOURCE.to_owned()).or_insert(0);
    capacity
}

/// The object's name: the pool's, and the group's first type.
pub(super) fn name(options: &NodeOverlayOptions, group: &Group) -> String {
    let prefix = options.name_prefix.as_ref().unwrap_or(&options.nodepool);
    let first = group.instance_types.first().map_or("", String::as_str);
    format!("{prefix}-{}", first.replace('.', "-"))
}

/// The first weight of a pool. Overlays of equal weight that say different things of a node cancel one another, so pools
/// start far apart; those of two pools never meet anyway, since each names its pool.
pub(super) fn first_weight(options: &NodeOverlayOptions) -> i64 {
    options.weight.unwrap_or_else(|| {
        let hash = u64::from_str_radix(&fingerprint(&options.nodepool), 16).unwrap_or(0);
        1 + WEIGHTS_PER_POOL * i64::try_from(hash % FIRST_WEIGHTS).unwrap_or(0)
    })
}

pub(super) fn objects(options: &NodeOverlayOptions, groups: &[Group]) -> Vec<Value> {
    let weights = first_weight(options)..;
    let pairs = groups.iter().zip(weights);
    pairs
        .map(|(group, weight)| object(options, group, weight))
        .collect()
}

fn object(options: &NodeOverlayOptions, group: &Group, weight: i64) -> Value {
    let mut capacity: BTreeMap<String, String> = options.capacity.clone();
    let own = group
        .capacity
        .iter()
        .map(|(name, count)| (name.clone(), count.to_string()));
    capacity.extend(own);
    let mut requirements = vec![
        Requirement::is_in(NODE_POOL, [options.nodepool.clone()]),
        Requirement::is_in(INSTANCE_TYPE, group.instance_types.clone()),
    ];
    requirements.extend(options.requirements.clone());
    let mut spec = json!({
        "capacity": capacity,
        "requirements": requirements,
        "weight": weight,
    });
    if let Some(price) = &options.price {
        spec["price"] = json!(price);
    }
    if let Some(adjustment) = &options.price_adjustment {
        spec["priceAdjustment"] = json!(adjustment);
    }
    extra::complete(&mut spec, &options.given);
    json!({
        "apiVersion": "karpenter.sh/v1alpha1",
        "kind": "NodeOverlay",
        "metadata": metadata::render(&name(options, group), &options.labels, &options.annotations),
        "spec": spec,
    })
}
