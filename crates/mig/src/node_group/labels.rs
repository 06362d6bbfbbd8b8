//! Labels of a group's nodes.

use std::collections::BTreeMap;

use super::{Accepted, accepted, collector};
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};
use crate::layout::{DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, Layout};
use crate::manifests::kubernetes::is_qualified_name;
use crate::profile::GPU_RESOURCE;

/// The label by which the Cluster Autoscaler knows a node with GPUs on AWS. It then waits for `nvidia.com/gpu` on the node,
/// which a node that offers only slices never has (kubernetes/autoscaler issue 8095).
pub const ACCELERATOR_LABEL: &str = "k8s.amazonaws.com/accelerator";

/// Characters of a label's key as EKS counts them, and of its value.
const LONGEST: usize = 63;

/// Namespaces below `kubernetes.io` that kubelet may use, and the labels beside them. Source: kubelet's refusal of
/// `--node-labels`, by which EKS hands on the labels of a group.
const KUBELET_NAMESPACES: [&str; 2] = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const KUBELET_LABELS: [&str; 11] = [
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// The labels of a managed node group: the layout's and the user's own. Paths begin with a label's key.
///
/// Sources: `CreateNodegroup` of the EKS API for the lengths; kubelet for labels below `kubernetes.io` and `k8s.io`, with
/// which nodes do not join (terraform-aws-modules/terraform-aws-eks issue 3346); aws/containers-roadmap issue 1451 for
/// `eks.amazonaws.com`.
pub fn labels(
    layout: &Layout,
    own: &BTreeMap<String, String>,
) -> Result<Accepted<BTreeMap<String, String>>, Vec<Finding>> {
    let mut findings = collector();
    let ours = of_layout(layout);
    findings.labels("", own);
    for (key, value) in own {
        let place = FieldPath::default().key(key);
        lengths(&mut findings, &place, key, value);
        contradiction(&mut findings, &place, key, value, &ours);
        if is_qualified_name(key) {
            reserved(&mut findings, &place, key);
        }
    }
    accelerator(&mut findings, layout, own);
    accepted(findings, || {
        let mut all = own.clone();
        all.extend(ours);
        all
    })
}

/// Labels of every node of the layout in a group.
pub(super) fn of_layout(layout: &Layout) -> BTreeMap<String, String> {
    let mut labels = layout.labels();
    labels.insert(DEVICE_MANAGER_LABEL.to_owned(), DEVICE_PLUGIN.to_owned());
    labels
}

fn lengths(findings: &mut Collector, place: &FieldPath, key: &str, value: &str) {
    if key.len() > LONGEST && is_qualified_name(key) {
        let detail = format!(
            "It has {} characters, with its prefix. EKS accepts {LONGEST}. Shorten it.",
            key.len()
        );
        findings.fault(place, format!("The key of the label {key} is too long"), detail);
    }
    if value.is_empty() {
        let detail = "EKS accepts no label without a value. Give one, such as true.";
        findings.fault(place, format!("The label {key} has no value"), detail);
    }
}

/// A label of the layout with another value.
pub(super) fn contradiction(
    findings: &mut Collector,
    place: &FieldPath,
    key: &str,
    value: &str,
    ours: &BTreeMap<String, String>,
) {
    if let Some(wanted) = ours.get(key).filter(|wanted| *wanted != value) {
        let detail = format!(
            "It follows from the layout, where it is {wanted:?}, and other parts find the nodes by it. Leave it out."
        );
        findings.fault(place, format!("The label {key} cannot be {value:?}"), detail);
    }
}

fn reserved(findings: &mut Collector, place: &FieldPath, key: &str) {
    let namespace = key.split_once('/').map_or("", |(namespace, _)| namespace);
    let below = |domain: &str| {
        namespace
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let kubelets = KUBELET_LABELS.contains(&key) || KUBELET_NAMESPACES.into_iter().any(below);
    let summary = format!("The label {key} cannot be set");
    if ["kubernetes.io", "k8s.io"].into_iter().any(below) && !kubelets {
        let detail = format!(
            "kubelet ends where it is given a label of that domain, so that no node would join. It may set labels of {}. \
             Choose a key of your own domain.",
            KUBELET_NAMESPACES.join(" and ")
        );
        findings.fault(place, summary, detail);
    } else if below("eks.amazonaws.com") {
        findings.fault(
            place,
            summary,
            "EKS keeps that domain to itself. Choose a key of your own domain.",
        );
    }
}

/// The label that stops the Cluster Autoscaler, on nodes that never have a whole GPU.
pub(super) fn accelerator(findings: &mut Collector, layout: &Layout, labels: &BTreeMap<String, String>) {
    if !labels.contains_key(ACCELERATOR_LABEL) {
        return;
    }
    let Some(node) = layout.nodes().find(|node| {
        let resources = layout.resources(node.instance_type()).unwrap_or_default();
        !resources.contains_key(GPU_RESOURCE)
    }) else {
        return;
    };
    let reason = format!(
        "By this label the Cluster Autoscaler takes a node for one with {GPU_RESOURCE}, and a node of {} has none, only \
         slices. While such a node is on its way, no group of the cluster grows, and the node never counts as ready.",
        node.instance_type()
    );
    let ways = [
        Remedy::Words("leave the label out".to_owned()),
        Remedy::write("strategy", "single"),
    ];
    let place = FieldPath::default().key(ACCELERATOR_LABEL);
    findings.fault(
        place,
        format!("The label {ACCELERATOR_LABEL} stops the Cluster Autoscaler"),
        Advice::new(reason, ways),
    );
}

#[cfg(test)]
mod tests;
