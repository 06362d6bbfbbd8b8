//! Nodes and their slices: D1, D2, D7, D9 and D10.

use std::collections::BTreeMap;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::{NodeAt, NotChecked, Section, WhyNot};
use crate::layout::LAYOUT_LABEL;
use crate::node_status::{Expected, NodeFacts, NodeState, NodeStatus, Reason, judge};

/// Judges the nodes of one cluster. No node at all is unknown, not drift.
pub fn nodes(place: &Place, nodes: &[NodeFacts], expected: &Expected<'_>) -> Section {
    if nodes.is_empty() {
        let none = Object::new(place, "Node", "");
        return Section::not_checked(
            none,
            WhyNot::None,
            "There are no nodes, so there are no slices to look at.",
        );
    }
    nodes
        .iter()
        .map(|node| one(place, judge(node, expected)))
        .collect()
}

fn one(place: &Place, status: NodeStatus) -> Section {
    let object = Object::new(place, "Node", &status.name);
    let ours = status.layout.is_some() || status.state == NodeState::Wrong;
    let mut section = Section::default();
    let findings = findings(&object, &status);
    if ours && status.state == NodeState::Unknown && findings.is_empty() {
        section.not_checked.push(NotChecked {
            object,
            why: WhyNot::Unknown,
            detail: status.sentence.clone(),
        });
    } else if ours {
        section.checked.insert(object);
    }
    section.findings = findings;
    section.nodes.push(NodeAt {
        place: place.clone(),
        status,
    });
    section
}

/// At most one for the slices, and one for each other class.
fn findings(object: &Object, status: &NodeStatus) -> Vec<Drift> {
    let mut findings = Vec::new();
    let first = status.reasons.iter().find(|reason| is_fault(reason));
    if let Some(reason) = first.filter(|_| status.state == NodeState::Wrong) {
        findings.push(slices(object, status, reason));
    }
    for class in [DriftClass::D7, DriftClass::D9, DriftClass::D10] {
        let of_class: Vec<&Reason> = status
            .reasons
            .iter()
            .filter(|reason| besides(reason) == Some(class))
            .collect();
        if let Some(first) = of_class.first() {
            findings.push(beside(class, object, status, first, &of_class));
        }
    }
    findings
}

/// The class of a reason that is noteworthy whatever the slices are.
fn besides(reason: &Reason) -> Option<DriftClass> {
    match reason {
        Reason::Stale { .. } => Some(DriftClass::D7),
        Reason::ForeignMigManager { .. } | Reason::ForeignDraDriver { .. } => Some(DriftClass::D9),
        Reason::OldLayout { .. } => Some(DriftClass::D10),
        _ => None,
    }
}

fn is_fault(reason: &Reason) -> bool {
    besides(reason).is_none()
}

fn slices(object: &Object, status: &NodeStatus, reason: &Reason) -> Drift {
    let class = match reason {
        Reason::NotReady { .. } | Reason::NothingRegistered | Reason::NotInitialized { .. } => DriftClass::D2,
        _ => DriftClass::D1,
    };
    let (cause, next_step) = advice(reason);
    let words = Words {
        expected: expectation(status, reason),
        found: discovery(status, reason),
        cause,
        next_step,
    };
    Drift::new(class, object.clone(), reason.code(), words)
}

fn beside(class: DriftClass, object: &Object, status: &NodeStatus, first: &Reason, all: &[&Reason]) -> Drift {
    let sentences: Vec<String> = all.iter().map(|reason| reason.sentence()).collect();
    let (cause, next_step) = advice(first);
    let expected = match first {
        Reason::OldLayout { .. } => "a layout that is declared".to_owned(),
        Reason::Stale { .. } => format!("only {}", list(&status.expected)),
        _ => "only the boot script cuts these GPUs, and only the device plugin hands them out".to_owned(),
    };
    let words = Words {
        expected,
        found: sentences.join(" "),
        cause,
        next_step,
    };
    Drift::new(class, object.clone(), first.code(), words)
}

fn expectation(status: &NodeStatus, reason: &Reason) -> String {
    match reason {
        Reason::PlacementsDiffer { expected, .. } => format!("GPUs with {}", grouped(expected)),
        Reason::LayoutLabelMissing => format!("the label {LAYOUT_LABEL}"),
        Reason::OtherInstanceType { .. } => "an instance type of the layout".to_owned(),
        Reason::NotReady { .. } => "a Ready node".to_owned(),
        Reason::NotInitialized { .. } => "an initialized node".to_owned(),
        Reason::DiscoveryDisagrees { label, expected, .. } => format!("{expected} in {label}"),
        _ if status.expected.is_empty() => "the slices of its layout".to_owned(),
        _ => list(&status.expected),
    }
}

fn discovery(status: &NodeStatus, reason: &Reason) -> String {
    let unhealthy = |name: &String| {
        let count = status.found.get(name).copied().unwrap_or_default();
        match count.capacity - count.allocatable.min(count.capacity) {
            0 => format!("{} {name}", count.capacity),
            _ => format!(
                "{} {name}, of which {} are healthy",
                count.capacity, count.allocatable
            ),
        }
    };
    match reason {
        Reason::PlacementsDiffer { found, .. } => format!("GPUs with {}", grouped(found)),
        Reason::DiscoveryDisagrees { found, label, .. } => format!("{found} in {label}"),
        // The number of seconds differs from node to node, and the fault does not.
        Reason::NotReady { why, .. } if why.is_empty() => "it is not Ready".to_owned(),
        Reason::NotReady { why, .. } => format!("it is not Ready: {why}"),
        Reason::NotInitialized { why, .. } if why.is_empty() => "it is not initialized".to_owned(),
        Reason::NotInitialized { why, .. } => format!("it is not initialized: {why}"),
        Reason::OtherInstanceType { .. } | Reason::LayoutLabelMissing | Reason::PartitionFailed { .. } => {
            reason.sentence()
        }
        _ if status.found.is_empty() => "no slice and no GPU".to_owned(),
        _ => status.found.keys().map(unhealthy).collect::<Vec<_>>().join(", "),
    }
}

fn list(resources: &BTreeMap<String, u64>) -> String {
    let parts: Vec<String> = resources
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    parts.join(", ")
}

/// Equal GPUs once, with their number.
fn grouped(gpus: &[String]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for gpu in gpus {
        *counts.entry(gpu).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(gpu, count)| format!("{count} x ({gpu})"))
        .collect();
    parts.join(", ")
}

/// The likely cause and the next step.
fn advice(reason: &Reason) -> (&'static str, &'static str) {
    of_starts(reason)
        .or_else(|| of_identity(reason))
        .or_else(|| of_sharing(reason))
        .unwrap_or_else(|| of_cuts(reason))
}

fn of_starts(reason: &Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::NotReady { .. } => (
            "kubelet stopped, or the instance did.",
            "Look at the instance's state and console output. Replace the node if it does not come back.",
        ),
        Reason::NothingRegistered => (
            "The device plugin does not run on the node, or found no device when it started.",
            "Look whether the node has a pod of the device plugin, and read that pod's log. Check that the node has the \
             plugin's label and no taint that the plugin does not tolerate.",
        ),
        Reason::NotInitialized { .. } => (
            "A resource or a startup taint that Karpenter waits for never changed. Karpenter neither replaces nor removes \
             such a node, and it costs its full price.",
            "Read the conditions of the node's claim. Remove the cause, then delete the node so that a new one starts.",
        ),
        Reason::PartitionFailed { .. } => (
            "The boot script could not cut the GPUs as declared. The node joined nevertheless, since on_failure is join_tainted.",
            "Read /var/log/mig-partition.log on the node, which names the step. Then replace the node.",
        ),
        _ => return None,
    })
}

fn of_identity(reason: &Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::LayoutLabelMissing => (
            "Someone removed the label, or the node was created with only some of the labels.",
            "Replace the node. A label that is added by hand says nothing about how the GPUs are cut.",
        ),
        Reason::OtherInstanceType { .. } => (
            "The group or pool brings up an instance type that its layout was not made for.",
            "Add the instance type to the layout, or take it out of the group or pool.",
        ),
        _ => return None,
    })
}

fn of_sharing(reason: &Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::OtherSharing { .. } | Reason::SharedName { .. } => (
            "The device plugin on the node has another configuration than the layout's.",
            "Look which device plugin runs on the node and which configuration the node's labels choose. Only the \
             layout's may run there.",
        ),
        Reason::OtherStrategy { .. } => (
            "The device plugin on the node runs with another MIG strategy than the layout's.",
            "Look which device plugin runs on the node. Only the layout's may run there.",
        ),
        Reason::Unhealthy { .. } => (
            "The device plugin considers these devices unhealthy, or has just stopped. A GPU that reported a fatal error (XID) \
             is the usual cause.",
            "Search the node's kernel log for Xid, and read the device plugin's log. Replace the node if a GPU has failed.",
        ),
        Reason::ForeignMigManager { .. } | Reason::ForeignDraDriver { .. } => (
            "A GPU operator, a MIG manager or a DRA driver selects these nodes as well. Two owners cut or hand out the same \
             GPUs, and neither knows of the other.",
            "Keep the other program off these nodes by its node selector, for instance by the label \
             mig.eks/device-manager.",
        ),
        _ => return None,
    })
}

fn of_cuts(reason: &Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Stale { .. } => (
            "The GPUs were repartitioned while kubelet ran. It keeps the old name until it restarts.",
            "Nothing has to be done. A new node does not have the name.",
        ),
        Reason::OldLayout { .. } => (
            "The layout was changed and this node has not been replaced yet, or the layout is not among those declared \
             here.",
            "Wait until the nodes have rolled. Replace the node if that takes too long.",
        ),
        Reason::DiscoveryDisagrees { .. } => (
            "The GPUs were repartitioned under a running device plugin, which counts only when it starts.",
            "Replace the node. Pods on it may hold slices that do not exist any more.",
        ),
        Reason::PlacementsDiffer { .. } => (
            "Someone, or another program, repartitioned the GPUs after boot.",
            "Replace the node, which then cuts its GPUs as declared.",
        ),
        _ => (
            "The GPUs were cut by hand or by another program after boot, a GPU was lost, or another device plugin serves \
             the node.",
            "Compare nvidia-smi -L on the node with the layout. Replace the node, which then cuts its GPUs as declared.",
        ),
    }
}
