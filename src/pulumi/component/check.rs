//! What is wrong with the inputs of a pool of slices that none of its children sees.

use tfplug::{Diagnostics, Model, Path, Value};

use super::model::SlicePoolInputs;

/// Who brings up the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Karpenter,
    NodeGroup,
}

/// Inputs that a kind has no use for, and what to do instead.
const OF_NODE_GROUP: [(&str, &str); 5] = [
    (
        "ami_family",
        "Leave it out: ami_alias names the family and the release.",
    ),
    ("release_version", "Give ami_alias instead."),
    (
        "min_size",
        "Leave it out: Karpenter launches nodes as pods ask for slices.",
    ),
    (
        "launch_template_args",
        "Leave it out: Karpenter makes launch templates itself.",
    ),
    ("node_group_args", "Leave it out, or give nodepool_args."),
];
const OF_KARPENTER: [(&str, &str); 7] = [
    (
        "fallback",
        "Leave it out: a node group has one layout. Make a pool for each.",
    ),
    ("subnet_tags", "Give subnet_ids instead."),
    ("security_group_tags", "Give security_group_ids instead."),
    ("ami_alias", "Give ami_family and release_version instead."),
    ("nodeclass_args", "Leave it out, or give launch_template_args."),
    ("nodepool_args", "Leave it out, or give node_group_args."),
    (
        "nodeoverlay_args",
        "Leave it out: a node group's tags tell the Cluster Autoscaler of its slices.",
    ),
];
/// Inputs that hold properties of children.
const ARGS: [&str; 6] = [
    "nodeclass_args",
    "nodepool_args",
    "nodeoverlay_args",
    "launch_template_args",
    "node_group_args",
    "device_plugin_args",
];

/// The kind, and what does not go with it.
pub(super) fn kind(inputs: &SlicePoolInputs, findings: &mut Diagnostics) -> Kind {
    let given = inputs.to_value();
    args(&given, findings);
    match inputs.kind.as_str() {
        Some("nodeGroup") => {
            useless(&given, "kind: \"nodeGroup\"", &OF_KARPENTER, findings);
            of_node_group(inputs, findings);
            Kind::NodeGroup
        }
        // The attribute's own check knows no other.
        _ => {
            useless(&given, "kind: \"karpenter\"", &OF_NODE_GROUP, findings);
            of_karpenter(&given, findings);
            Kind::Karpenter
        }
    }
}

fn useless(given: &Value, kind: &str, inputs: &[(&str, &str)], findings: &mut Diagnostics) {
    for (name, instead) in inputs.iter().filter(|(name, _)| !given.get(name).is_null()) {
        findings.error_at(Path::attr(*name), format!("Does not go with {kind}"), *instead);
    }
}

fn of_karpenter(given: &Value, findings: &mut Diagnostics) {
    let missing = |name: &str| given.get(name).is_null();
    if missing("ami_alias") && missing("nodeclass_args") {
        let detail = "Give the release of the image, such as al2023@v20261003. Another one rolls all nodes.";
        findings.error_at(Path::attr("ami_alias"), "Karpenter needs an image", detail);
    }
    for (ids, tags, what) in [
        ("subnet_ids", "subnet_tags", "subnets"),
        ("security_group_ids", "security_group_tags", "security groups"),
    ] {
        match (missing(ids), missing(tags)) {
            (true, true) if missing("nodeclass_args") => {
                let detail = format!("Give {ids} or {tags}.");
                findings.error_at(Path::attr(ids), format!("Karpenter needs {what}"), detail);
            }
            (false, false) => {
                let detail = format!("Give {ids} or {tags}, not both.");
                findings.error_at(Path::attr(tags), format!("The {what} are named twice"), detail);
            }
            _ => {}
        }
    }
}

fn of_node_group(inputs: &SlicePoolInputs, findings: &mut Diagnostics) {
    let nameless = inputs
        .cluster
        .known()
        .is_some_and(|cluster| cluster.name.is_null());
    if inputs.cluster.is_null() || nameless {
        let detail = "Give the name of the EKS cluster: cluster.name. Its region, if it is not the provider's, is cluster.region.";
        findings.error_at(Path::attr("cluster"), "A node group needs a cluster", detail);
    }
    for (is_missing, name, what) in [
        (inputs.subnet_ids.is_null(), "subnet_ids", "subnets"),
        (inputs.max_size.is_null(), "max_size", "a size"),
    ] {
        if is_missing && inputs.node_group_args.is_null() {
            let detail = format!("Give {name}.");
            findings.error_at(Path::attr(name), format!("A node group needs {what}"), detail);
        }
    }
    let types = inputs.capacity_types.known().map_or(&[][..], Vec::as_slice);
    if types.len() > 1 {
        let detail = "Give one of on-demand, reserved and spot, and make a pool for each.";
        let at = Path::attr("capacity_types");
        findings.error_at(at, "A node group has one way of buying instances", detail);
    }
}

/// Properties of children are objects.
fn args(given: &Value, findings: &mut Diagnostics) {
    for name in ARGS {
        let value = match given.get(name) {
            Value::Dynamic(typed) => &typed.1,
            other => other,
        };
        if !matches!(value, Value::Null | Value::Map(_)) {
            let found = value.kind_name();
            let detail =
                format!("Found {found}. Give an object of properties, as the child's own type has them.");
            findings.error_at(Path::attr(name), "Not an object", detail);
        }
    }
}
