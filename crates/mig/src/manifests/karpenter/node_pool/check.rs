//! Everything about a pool that can be known before it is applied.

use std::collections::BTreeSet;

use super::model::{NodePoolOptions, NodeTaint};
use super::{disruption, render};
use crate::catalog::Catalog;
use crate::layout::{DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, Layout};
use crate::manifests::karpenter::labels::{self, CAPACITY_TYPE, GPU_NAME, Object};
use crate::manifests::karpenter::node_facts::{self, NodeFacts};
use crate::manifests::karpenter::place::{Findings, Place};
use crate::manifests::karpenter::{AWS_GROUP, choices, duration, metadata, requirement};
use crate::manifests::kubernetes::{TAINT_EFFECTS, is_name_part, is_qualified_name};

const MOST_LABELS: usize = 90;

/// Seconds below which nodes would be replaced hardly sooner than they are ready.
const SHORT_LIFE: u64 = 3_600;

pub(super) fn check(findings: &mut Findings, layout: &Layout, options: &NodePoolOptions, catalog: &Catalog) {
    metadata::check_name(findings, Place::of("name"), &options.name);
    findings.labels(Place::of("labels"), &options.labels);
    findings.annotations(Place::of("annotations"), &options.annotations);
    node_class(findings, options);
    let nodes = node_facts::of_layout(layout, catalog);
    choice(findings, options, &nodes);
    let place = Place::of("requirements");
    requirement::check(
        findings,
        &place,
        &options.requirements,
        &with_capacity_type(&nodes, options),
        Object::Pool,
    );
    node_metadata(findings, layout, options);
    taints(findings, layout, options);
    times(findings, options);
    disruption::check(findings, &options.disruption);
    scale(findings, options);
}

fn node_class(findings: &mut Findings, options: &NodePoolOptions) {
    let (place, class) = (Place::of("nodeclass"), &options.nodeclass);
    metadata::check_name(findings, place.attr("name"), &class.name);
    if class.group == "eks.amazonaws.com" {
        findings.fault(
            place.attr("group"),
            "EKS Auto Mode cannot cut GPUs",
            "Its NodeClass accepts neither user data nor an image of one's own, its device plugin cannot be configured, and it \
             has no NodeOverlay, so no node of it ever offers a slice. Run Karpenter yourself, with an EC2NodeClass of the \
             group karpenter.k8s.aws.",
        );
    } else if class.group != AWS_GROUP {
        findings.fault(
            place.attr("group"),
            format!("{:?} is not the group of a class with our user data", class.group),
            format!("It is {AWS_GROUP}."),
        );
    } else if class.kind != "EC2NodeClass" {
        findings.fault(
            place.attr("kind"),
            format!("{:?} is not a node class of {AWS_GROUP}", class.kind),
            "It is EC2NodeClass.",
        );
    }
}

/// What is chosen beside the layout: capacity types, zones, GPU names.
fn choice(findings: &mut Findings, options: &NodePoolOptions, nodes: &[NodeFacts]) {
    let place = Place::of("capacity_types");
    if options.capacity_types.is_empty() {
        findings.fault(
            &place,
            "No capacity type is left",
            "Give on-demand, reserved or spot.",
        );
    }
    for (index, word) in options.capacity_types.iter().enumerate() {
        findings.word(&place.index(index), Some(word), &choices::CAPACITY_TYPES);
    }
    for (index, zone) in options.zones.iter().enumerate() {
        if zone.is_empty() || !is_name_part(zone) {
            let summary = format!("{zone:?} is not an availability zone");
            findings.fault(
                Place::of("zones").index(index),
                summary,
                "It is a name such as us-east-1a.",
            );
        }
    }
    let nameless: Vec<&str> = nodes
        .iter()
        .filter(|node| !node.labels.contains_key(GPU_NAME))
        .map(|node| node.instance_type.as_str())
        .collect();
    if options.require_gpu_name && !nameless.is_empty() {
        findings.fault(
            Place::of("require_gpu_name"),
            format!("Karpenter's GPU name of {} is not known", nameless.join(", ")),
            "Leave it out: the instance types are required anyway.",
        );
    }
}

/// Requirements on the capacity type must leave one of those that the pool has.
fn with_capacity_type(nodes: &[NodeFacts], options: &NodePoolOptions) -> Vec<NodeFacts> {
    let pairs = nodes.iter().flat_map(|node| {
        options
            .capacity_types
            .iter()
            .map(move |capacity| (node, capacity))
    });
    pairs
        .map(|(node, capacity)| {
            let mut node = node.clone();
            node.labels.insert(CAPACITY_TYPE, capacity.clone());
            node
        })
        .collect()
}

fn node_metadata(findings: &mut Findings, layout: &Layout, options: &NodePoolOptions) {
    let place = Place::of("node_labels");
    findings.labels(&place, &options.node_labels);
    findings.annotations(Place::of("node_annotations"), &options.node_annotations);
    findings.at_most(&place, options.node_labels.len(), MOST_LABELS);
    let mut own = layout.labels();
    own.insert(DEVICE_MANAGER_LABEL.to_owned(), DEVICE_PLUGIN.to_owned());
    for key in options.node_labels.keys().filter(|key| is_qualified_name(key)) {
        if own.contains_key(key) {
            let detail = "It follows from the layout, and other parts find the nodes by it.";
            findings.fault(place.key(key), format!("The label {key} cannot be set"), detail);
        } else {
            labels::check_key(findings, &place.key(key), key, Object::Pool);
        }
    }
}

fn taints(findings: &mut Findings, layout: &Layout, options: &NodePoolOptions) {
    let own = render::own_taints(layout);
    let mut seen: BTreeSet<(&str, &str)> = own
        .iter()
        .map(|taint| (taint.key.as_str(), taint.effect.as_str()))
        .collect();
    for (name, list) in [
        ("taints", &options.taints),
        ("startup_taints", &options.startup_taints),
    ] {
        for (index, taint) in list.iter().enumerate() {
            let place = Place::of(name).index(index);
            check_taint(findings, &place, taint);
            if !seen.insert((&taint.key, &taint.effect)) {
                findings.fault(
                    &place,
                    format!("The taint {}:{} is there twice", taint.key, taint.effect),
                    "Karpenter accepts a key with an effect once among taints and startup_taints; the layout's own taint is \
                     there already.",
                );
            }
        }
    }
}

fn check_taint(findings: &mut Findings, place: &Place, taint: &NodeTaint) {
    if !is_qualified_name(&taint.key) {
        findings.fault(
            place.attr("key"),
            format!("{:?} is not a taint key", taint.key),
            "It is NAME or PREFIX/NAME, like a label's key.",
        );
    }
    let value = taint.value.as_ref();
    if let Some(value) = value.filter(|value| value.is_empty() || !is_name_part(value)) {
        findings.fault(
            place.attr("value"),
            format!("{value:?} is not a taint value"),
            "It has 1 to 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit; or leave it out.",
        );
    }
    findings.word(&place.attr("effect"), Some(&taint.effect), &TAINT_EFFECTS);
}

fn times(findings: &mut Findings, options: &NodePoolOptions) {
    let place = Place::of("expire_after");
    match duration::check(findings, &place, &options.expire_after, true) {
        Some(0) => findings.fault(
            &place,
            "Nodes would be replaced as soon as they are there",
            "Give a time such as 720h, or \"Never\".",
        ),
        Some(seconds) if seconds < SHORT_LIFE => findings.warn(
            &place,
            format!("Nodes live {} only", options.expire_after),
            "Booting and cutting the GPUs takes minutes of that, and expiry does not wait for budgets or pods.",
        ),
        _ => {}
    }
    if let Some(period) = &options.termination_grace_period {
        duration::check(findings, &Place::of("termination_grace_period"), period, false);
    }
}

fn scale(findings: &mut Findings, options: &NodePoolOptions) {
    findings.range(&Place::of("weight"), options.weight, choices::POOL_WEIGHT);
    findings.range(&Place::of("replicas"), options.replicas, (0, i64::from(i32::MAX)));
    if options.replicas.is_some() && options.weight.is_some() {
        findings.fault(
            Place::of("weight"),
            "A pool with replicas has no weight",
            "No pod chooses it: its nodes are there anyway. Leave one of both out.",
        );
    }
}
