//! The verdict: first whose node it is, then whether it had its time, then what it has.

use std::collections::BTreeMap;

use super::facts::{Expected, NodeFacts, Tristate};
use super::{NodeState, NodeStatus, Reason, dra, feature_discovery, resources};
use crate::layout::{
    DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, DEVICE_PLUGIN_LABEL, LAYOUT_LABEL, Layout, PARTITION_FAILED_TAINT,
    Strategy,
};

/// What mig-manager is told, and what it says.
const MIG_CONFIG_LABEL: &str = "nvidia.com/mig.config";
const MIG_STATE_LABEL: &str = "nvidia.com/mig.config.state";

/// Taints of what takes nodes away.
const GOING: [&str; 4] = [
    "karpenter.sh/disrupted",
    "karpenter.sh/disruption",
    "ToBeDeletedByClusterAutoscaler",
    "aws-node-termination-handler/spot-itn",
];

type Verdict = (NodeState, Vec<Reason>);

pub(super) fn judge(node: &NodeFacts, expected: &Expected<'_>) -> NodeStatus {
    let layout = node.label(LAYOUT_LABEL).map(str::to_owned);
    let known = layout.as_ref().and_then(|id| expected.layouts.get(id));
    let wanted = known.and_then(|layout| wanted(node, layout));
    let found = node.gpu_resources();
    let (state, mut reasons) = verdict(node, expected, known, wanted.as_ref());
    if layout.is_some() && state != NodeState::Draining {
        reasons.extend(foreign(node));
    }
    let placements = node.dra_devices.as_deref().and_then(dra::placements);
    let sentence = sentence(state, &reasons);
    NodeStatus {
        name: node.name.clone(),
        state,
        layout,
        instance_type: node.instance_type().map(str::to_owned),
        expected: wanted.unwrap_or_default(),
        found,
        placements,
        partition_failed: partition_failed(node).is_some(),
        gpu_product: node.gpu_product(),
        driver: node.driver(),
        reasons,
        sentence,
    }
}

/// The resources of the layout's node of that type. Without a type they are known where all types have the same.
fn wanted(node: &NodeFacts, layout: &Layout) -> Option<BTreeMap<String, u64>> {
    if let Some(instance_type) = node.instance_type() {
        return layout.resources(instance_type);
    }
    let mut all = layout.nodes().map(|node| layout.resources(node.instance_type()));
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

fn verdict(
    node: &NodeFacts,
    expected: &Expected<'_>,
    layout: Option<&Layout>,
    wanted: Option<&BTreeMap<String, u64>>,
) -> Verdict {
    if let Some(going) = going(node) {
        return (NodeState::Draining, vec![going]);
    }
    if let Some(value) = partition_failed(node) {
        return (NodeState::Wrong, vec![Reason::PartitionFailed { value }]);
    }
    let (Some(layout), Some(wanted)) = (layout, wanted) else {
        return not_comparable(node, layout);
    };
    if let Some(verdict) = not_ready(node, expected) {
        return verdict;
    }
    let stale = resources::stale(wanted, &node.gpu_resources());
    let mut reasons = differences(node, layout, wanted);
    reasons.extend(not_initialized(node));
    match reasons.is_empty() {
        true => (NodeState::Right, stale),
        _ if !expected.is_over(node.started()) => (NodeState::Booting, vec![starting(node, expected)]),
        _ if expected.plugin_rolls => (NodeState::Unknown, vec![Reason::PluginRolls]),
        _ => (NodeState::Wrong, [reasons, stale].concat()),
    }
}

/// A node whose resources are not known from a layout.
fn not_comparable(node: &NodeFacts, layout: Option<&Layout>) -> Verdict {
    let instance_type = node.instance_type().map(str::to_owned);
    match (node.label(LAYOUT_LABEL), layout, instance_type) {
        (Some(_), Some(_), Some(instance_type)) => (
            NodeState::Wrong,
            vec![Reason::OtherInstanceType { instance_type }],
        ),
        (Some(_), Some(_), None) => (NodeState::Unknown, vec![Reason::InstanceTypeUnknown]),
        (Some(id), None, _) => {
            let layout = id.to_owned();
            (NodeState::Unknown, vec![Reason::OldLayout { layout }])
        }
        (None, _, _) if node.labels.contains_key(DEVICE_PLUGIN_LABEL) => {
            (NodeState::Wrong, vec![Reason::LayoutLabelMissing])
        }
        (None, _, _) => (NodeState::Unknown, vec![Reason::NotOurs]),
    }
}

fn going(node: &NodeFacts) -> Option<Reason> {
    if node.deleted.is_some() {
        return Some(Reason::Deleted);
    }
    let taint = node
        .taints
        .iter()
        .find(|taint| GOING.contains(&taint.key.as_str()));
    if let Some(taint) = taint {
        let by = format!("the taint {} takes it away", taint.key);
        return Some(Reason::Cordoned { by });
    }
    node.unschedulable.then(|| Reason::Cordoned {
        by: "it is cordoned".to_owned(),
    })
}

/// The value of the taint of a node that joined without its slices.
fn partition_failed(node: &NodeFacts) -> Option<String> {
    let taint = node
        .taints
        .iter()
        .find(|taint| taint.key == PARTITION_FAILED_TAINT)?;
    Some(taint.value.clone()).map(|value| if value == "true" { String::new() } else { value })
}

fn not_ready(node: &NodeFacts, expected: &Expected<'_>) -> Option<Verdict> {
    if node.ready.status == Tristate::True {
        return None;
    }
    let since = node.started();
    if !expected.is_over(node.created) {
        return Some((NodeState::Booting, vec![starting(node, expected)]));
    }
    let reason = Reason::NotReady {
        why: node.ready.message.clone(),
        seconds: expected.now.saturating_sub(since).max(0),
    };
    let state = if expected.is_over(since) {
        NodeState::Wrong
    } else {
        NodeState::Unknown
    };
    Some((state, vec![reason]))
}

fn starting(node: &NodeFacts, expected: &Expected<'_>) -> Reason {
    Reason::Starting {
        seconds: expected.now.saturating_sub(node.started()).max(0),
    }
}

fn differences(node: &NodeFacts, layout: &Layout, wanted: &BTreeMap<String, u64>) -> Vec<Reason> {
    let found = node.gpu_resources();
    let differences = resources::differences(node, layout, wanted, &found);
    let nothing = resources::nothing_of(wanted, &found);
    let only_counts = |reason: &Reason| matches!(reason, Reason::OtherCount { .. });
    if nothing && differences.iter().all(only_counts) {
        return vec![Reason::NothingRegistered];
    }
    if differences.is_empty() {
        return evidence(node, layout);
    }
    differences
}

/// What shows another cut than the one that the device plugin counted at its start.
fn evidence(node: &NodeFacts, layout: &Layout) -> Vec<Reason> {
    let of_type = node.instance_type().and_then(|name| layout.node(name));
    let Some(of_type) = of_type else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    if layout.strategy() == Strategy::Mixed {
        reasons.extend(feature_discovery::disagreements(node, of_type));
    }
    let found = node.dra_devices.as_deref().and_then(dra::placements);
    if let Some(found) = found {
        reasons.extend(dra::differ(of_type, &found));
    }
    reasons
}

fn not_initialized(node: &NodeFacts) -> Option<Reason> {
    let claim = node.node_claim.as_ref()?;
    let condition = claim.initialized.as_ref()?;
    (condition.status != Tristate::True).then(|| Reason::NotInitialized {
        claim: claim.name.clone(),
        why: condition.message.clone(),
    })
}

/// Others that cut or hand out the same GPUs. The label that the operator leaves on a node for its MIG manager is no sign
/// that one is at work (NVIDIA/gpu-operator, issue 701); its configuration is.
fn foreign(node: &NodeFacts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let (config, state) = (node.label(MIG_CONFIG_LABEL), node.label(MIG_STATE_LABEL));
    if config.is_some() || state.is_some() {
        reasons.push(Reason::ForeignMigManager {
            config: config.unwrap_or("of its own").to_owned(),
            state: state.unwrap_or_default().to_owned(),
        });
    }
    let manager = node.label(DEVICE_MANAGER_LABEL).unwrap_or(DEVICE_PLUGIN);
    let devices = node.dra_devices.as_ref().map_or(0, Vec::len);
    if devices > 0 && manager == DEVICE_PLUGIN {
        reasons.push(Reason::ForeignDraDriver { devices });
    }
    reasons
}

fn sentence(state: NodeState, reasons: &[Reason]) -> String {
    match reasons.first() {
        None => "The node has what its layout says.".to_owned(),
        Some(reason) if state == NodeState::Right => {
            format!("The node has what its layout says. {}", reason.sentence())
        }
        Some(reason) => reason.sentence(),
    }
}
