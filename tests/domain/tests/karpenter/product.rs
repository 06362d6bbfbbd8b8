//! The product's objects for a layout, as a user would have them.

use std::collections::BTreeMap;

use mig::manifests::karpenter::node_pool::NodeClassRef;
use mig::manifests::karpenter::{
    NodeClass, NodeClassOptions, NodeOverlay, NodeOverlayOptions, NodePool, NodePoolOptions, Rendered,
};
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::{Value, json};

use super::cluster::CLUSTER;

/// The type of all nodes here.
pub(crate) const TYPE: &str = "p5.48xlarge";

/// The label by which the pods of a test find the nodes of that test.
pub(crate) const LABEL: &str = "example.com/test";

/// A layout of one instance type with the same slices on each of its eight H100.
pub(crate) fn layout(strategy: &str, slices: &[(&str, u32)]) -> Layout {
    let slices: BTreeMap<&str, u32> = slices.iter().copied().collect();
    let spec = json!({ "instance_types": [TYPE], "slices": slices, "strategy": strategy });
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

/// What the device plugin tells of a node that was cut as its layout says.
pub(crate) fn devices(layout: &Layout) -> BTreeMap<String, u64> {
    layout.resources(TYPE).unwrap()
}

/// What it tells of a node that was not cut at all.
pub(crate) fn uncut() -> BTreeMap<String, u64> {
    BTreeMap::from([("nvidia.com/gpu".to_owned(), 8)])
}

/// How one pool differs from the product's defaults.
#[derive(Default)]
pub(crate) struct Wishes {
    /// The value of [`LABEL`] on its nodes; the pool's name if none is given.
    pub(crate) label: Option<&'static str>,
    pub(crate) weight: Option<i64>,
    /// Most slices of a profile in all nodes of the pool.
    pub(crate) slice_limits: BTreeMap<String, i64>,
    /// Most nodes of the pool.
    pub(crate) nodes: Option<u32>,
    pub(crate) deadline_seconds: Option<u32>,
}

/// Node class, pool and overlays of one name, in the order in which they are applied.
pub(crate) fn objects(name: &str, layout: &Layout, wishes: &Wishes) -> Vec<Value> {
    let catalog = Catalog::builtin();
    let class = NodeClass::render(layout, &class_options(name, wishes), catalog);
    let pool = NodePool::render(layout, &pool_options(name, wishes), catalog);
    let overlay_options = NodeOverlayOptions {
        nodepool: name.to_owned(),
        ..NodeOverlayOptions::default()
    };
    let overlays = NodeOverlay::render(layout, &overlay_options, catalog);
    let all = [class, pool, overlays].map(|rendered: Result<Rendered, _>| rendered.unwrap().objects);
    all.concat()
}

fn class_options(name: &str, wishes: &Wishes) -> NodeClassOptions {
    let discovery = json!([{"tags": {"karpenter.sh/discovery": CLUSTER}}]);
    let defaults = NodeClassOptions::default();
    NodeClassOptions {
        object: json!({"metadata": {"name": name}, "spec": {
            "role": format!("KarpenterNodeRole-{CLUSTER}"),
            "amiSelectorTerms": [{"alias": "al2023@v20261003"}],
            "subnetSelectorTerms": discovery,
            "securityGroupSelectorTerms": discovery,
        }}),
        deadline_seconds: wishes.deadline_seconds.unwrap_or(defaults.deadline_seconds),
        ..defaults
    }
}

fn pool_options(name: &str, wishes: &Wishes) -> NodePoolOptions {
    NodePoolOptions {
        name: name.to_owned(),
        nodeclass: NodeClassRef::named(name),
        weight: wishes.weight,
        slice_limits: wishes.slice_limits.clone(),
        limits: wishes
            .nodes
            .map(|nodes| BTreeMap::from([("nodes".to_owned(), nodes.to_string())])),
        node_labels: BTreeMap::from([(LABEL.to_owned(), wishes.label.unwrap_or(name).to_owned())]),
        // moto launches what is asked for first, and has no reservations.
        capacity_types: vec!["on-demand".to_owned()],
        ..NodePoolOptions::default()
    }
}
