//! Tags of the user's own that speak to the Cluster Autoscaler.

use std::collections::BTreeMap;

use super::labels::ACCELERATOR_LABEL;
use super::{GroupKind, TaintEffect};
use crate::finding::{Advice, Collector, FieldPath, Remedy};
use crate::layout::{NODE_TEMPLATE_TAGS, NodeTemplate};
use crate::manifests::kubernetes::is_quantity;
use crate::profile::GPU_RESOURCE;

/// Why a text that is no quantity is a fault.
pub(super) const NO_QUANTITY: &str = "The Cluster Autoscaler skips it without a word. A quantity is a number with an optional \
                                      unit, such as 56 or 200Gi.";

/// What all of NVIDIA's resources begin with: a layout says which of them its nodes have.
const NVIDIA: &str = "nvidia.com/";

/// What the nodes of a group really are.
pub(super) struct Template<'a> {
    kind: GroupKind,
    node: &'a NodeTemplate,
    ours: BTreeMap<String, String>,
}

impl<'a> Template<'a> {
    pub(super) fn new(kind: GroupKind, node: &'a NodeTemplate) -> Self {
        Self {
            kind,
            node,
            ours: node.clone().tags(),
        }
    }
}

/// What is wrong with tags about nodes that are not there yet. Paths begin with `tags`.
pub(super) fn check(findings: &mut Collector, template: &Template<'_>, tags: &BTreeMap<String, String>) {
    for (tag, value) in tags {
        let Some((kind, name)) = tag
            .strip_prefix(NODE_TEMPLATE_TAGS)
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let place = FieldPath::of("tags").key(tag);
        if contradicts(findings, &place, template, tag, value) {
            continue;
        }
        match (kind, template.kind) {
            ("resources", _) => resource(findings, &place, template, name, value),
            ("label" | "taint", GroupKind::Managed) => ignored(findings, &place, kind, name),
            ("label", GroupKind::SelfManaged) => label(findings, &place, template, name),
            ("taint", GroupKind::SelfManaged) => taint(findings, &place, name, value),
            _ => {}
        }
    }
}

/// Whether a tag says otherwise than the node is.
fn contradicts(
    findings: &mut Collector,
    place: &FieldPath,
    template: &Template<'_>,
    tag: &str,
    value: &str,
) -> bool {
    let Some(wanted) = template.ours.get(tag).filter(|wanted| *wanted != value) else {
        return false;
    };
    let detail = format!(
        "It follows from the layout and the group, where it is {wanted:?}. By another value the Cluster Autoscaler would buy \
         nodes on which the pods do not fit. Leave the tag out."
    );
    findings.fault(place, format!("The tag {tag} cannot be {value:?}"), detail);
    true
}

fn resource(findings: &mut Collector, place: &FieldPath, template: &Template<'_>, name: &str, value: &str) {
    if !is_quantity(value) {
        findings.fault(place, format!("{value:?} is not a quantity"), NO_QUANTITY);
    }
    if name.starts_with(NVIDIA) && !template.node.resources.contains_key(name) {
        let offered: Vec<&str> = template.node.resources.keys().map(String::as_str).collect();
        let detail = format!(
            "They have {}. The Cluster Autoscaler would buy nodes for pods that want {name}, find that they do not fit, and go \
             on. Leave the tag out.",
            offered.join(", ")
        );
        findings.fault(place, format!("Nodes of this layout have no {name}"), detail);
    }
}

fn ignored(findings: &mut Collector, place: &FieldPath, kind: &str, name: &str) {
    let detail = format!(
        "The Cluster Autoscaler reads labels and taints of a managed node group from the group itself. Leave the tag out, and \
         give the group the {kind} {name} where its nodes shall have it."
    );
    findings.warn(
        place,
        format!("The tag of the {kind} {name} has no effect"),
        detail,
    );
}

fn label(findings: &mut Collector, place: &FieldPath, template: &Template<'_>, name: &str) {
    let gpus = template.node.resources.get(GPU_RESOURCE);
    if name == ACCELERATOR_LABEL && gpus.is_some_and(|gpus| gpus == "0") {
        let detail = format!(
            "By this label the Cluster Autoscaler takes a node for one with {GPU_RESOURCE}, and nodes of this layout have only \
             slices. No group of the cluster would grow while one is on its way. Leave the tag and the label out."
        );
        findings.fault(
            place,
            format!("The label {ACCELERATOR_LABEL} stops the Cluster Autoscaler"),
            detail,
        );
    }
}

/// `VALUE:NoSchedule`
fn taint(findings: &mut Collector, place: &FieldPath, name: &str, value: &str) {
    let (text, word) = value.split_once(':').unwrap_or((value, ""));
    if TaintEffect::of_kubernetes(word).is_some() {
        return;
    }
    let reason = "The Cluster Autoscaler ignores a taint that is not written as VALUE:NoSchedule, VALUE:NoExecute or \
                  VALUE:PreferNoSchedule, and buys nodes for pods that do not tolerate it.";
    let meant = TaintEffect::meant(word).map(|meant| format!("write {text}:{}", meant.kubernetes()));
    let ways: Vec<Remedy> = meant.into_iter().map(Remedy::Words).collect();
    findings.fault(
        place,
        format!("{value:?} is not the taint {name} of a node"),
        Advice::new(reason, ways),
    );
}
