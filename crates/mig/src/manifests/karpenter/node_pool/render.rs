//! From checked options to the object.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::model::{NodePoolOptions, NodeTaint};
use crate::boot::RenderVersion;
use crate::catalog::Catalog;
use crate::layout::{DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, DEVICE_PLUGIN_LABEL, Layout};
use crate::manifests::extra;
use crate::manifests::karpenter::labels::{ARCH, CAPACITY_TYPE, GPU_NAME, INSTANCE_TYPE, ZONE};
use crate::manifests::karpenter::node_facts::{self, NodeFacts};
use crate::manifests::karpenter::{AmiFamily, Requirement, metadata};

pub(super) fn object(
    layout: &Layout,
    options: &NodePoolOptions,
    limits: BTreeMap<String, String>,
    catalog: &Catalog,
) -> Value {
    let mut spec = json!({
        "disruption": options.disruption,
        "template": template(layout, options, catalog),
    });
    if !limits.is_empty() {
        spec["limits"] = json!(limits);
    }
    if let Some(weight) = options.weight {
        spec["weight"] = json!(weight);
    }
    if let Some(replicas) = options.replicas {
        spec["replicas"] = json!(replicas);
    }
    extra::complete(&mut spec, &options.given);
    json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": metadata::render(&options.name, &options.labels, &options.annotations),
        "spec": spec,
    })
}

fn template(layout: &Layout, options: &NodePoolOptions, catalog: &Catalog) -> Value {
    let mut labels = own_labels(layout, options.ami_family, options.render_version);
    labels.extend(options.node_labels.clone());
    let mut metadata = json!({"labels": labels});
    if !options.node_annotations.is_empty() {
        metadata["annotations"] = json!(options.node_annotations);
    }
    let mut requirements = own_requirements(layout, options, catalog);
    requirements.extend(options.requirements.clone());
    let mut taints = own_taints(layout);
    taints.extend(options.taints.clone());
    let mut spec = json!({
        "expireAfter": options.expire_after,
        "nodeClassRef": options.nodeclass,
        "requirements": requirements,
        "taints": taints,
    });
    if !options.startup_taints.is_empty() {
        spec["startupTaints"] = json!(options.startup_taints);
    }
    if let Some(period) = &options.termination_grace_period {
        spec["terminationGracePeriod"] = json!(period);
    }
    json!({"metadata": metadata, "spec": spec})
}

/// The layout's labels. Bottlerocket's own device plugin serves its nodes: ours beside it would register the same
/// resource twice.
pub(super) fn own_labels(
    layout: &Layout,
    family: AmiFamily,
    version: RenderVersion,
) -> BTreeMap<String, String> {
    let mut labels = layout.labels();
    if version >= RenderVersion::V3 {
        labels.insert(DEVICE_MANAGER_LABEL.to_owned(), DEVICE_PLUGIN.to_owned());
    }
    if family == AmiFamily::Bottlerocket {
        labels.remove(DEVICE_PLUGIN_LABEL);
    }
    labels
}

pub(super) fn own_taints(layout: &Layout) -> Vec<NodeTaint> {
    let taints = layout.taints().into_iter();
    taints
        .map(|taint| NodeTaint {
            key: taint.key,
            value: Some(taint.value),
            effect: taint.effect,
        })
        .collect()
}

/// What the layout says of its nodes, in a fixed order.
fn own_requirements(layout: &Layout, options: &NodePoolOptions, catalog: &Catalog) -> Vec<Requirement> {
    let nodes = node_facts::of_layout(layout, catalog);
    let types = layout.nodes().map(|node| node.instance_type());
    let mut requirements = vec![
        Requirement::is_in(INSTANCE_TYPE, types),
        Requirement::is_in(ARCH, values(&nodes, ARCH)),
        Requirement::is_in(CAPACITY_TYPE, sorted(&options.capacity_types)),
    ];
    if !options.zones.is_empty() {
        requirements.push(Requirement::is_in(ZONE, sorted(&options.zones)));
    }
    if options.require_gpu_name {
        requirements.push(Requirement::is_in(GPU_NAME, values(&nodes, GPU_NAME)));
    }
    requirements
}

fn values(nodes: &[NodeFacts], key: &str) -> BTreeSet<String> {
    nodes
        .iter()
        .filter_map(|node| node.labels.get(key).cloned())
        .collect()
}

fn sorted(words: &[String]) -> BTreeSet<String> {
    words.iter().cloned().collect()
}
