//! What EKS does to nodes that are not healthy.

use super::{all, collector};
use crate::ec2::Given;
use crate::finding::{Collector, FieldPath, Finding};

const COUNT: (i64, i64) = (1, i32::MAX as i64);
const PERCENTAGE: (i64, i64) = (1, 100);
const MINUTES: (i64, i64) = (0, i32::MAX as i64);

/// What documentation may say of repairs by reboot, which by itself would undo a layout: MIG instances do not outlive a
/// reboot.
pub const REBOOT_KEEPS_THE_LAYOUT: &str = "A repair by Reboot keeps the layout: the node cuts its GPUs again at each boot, \
                                           before kubelet starts.";

/// How a node is repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RepairAction {
    /// Another takes its place.
    Replace,
    /// It boots again, and cuts its GPUs again: see [`REBOOT_KEEPS_THE_LAYOUT`].
    Reboot,
    /// Nothing is done.
    NoAction,
}

impl RepairAction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Replace, Self::Reboot, Self::NoAction];

    /// EKS' word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "Replace",
            Self::Reboot => "Reboot",
            Self::NoAction => "NoAction",
        }
    }
}

/// EKS' `nodeRepairConfig`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeRepair<'a> {
    /// Whether EKS repairs at all; left out, it does not.
    pub enabled: Given<bool>,
    /// Unhealthy nodes above which nothing more is repaired.
    pub max_unhealthy_node_threshold_count: Given<i64>,
    /// The same as a percentage of the group.
    pub max_unhealthy_node_threshold_percentage: Given<i64>,
    /// Nodes that are repaired at once.
    pub max_parallel_nodes_repaired_count: Given<i64>,
    /// The same as a percentage of the unhealthy nodes.
    pub max_parallel_nodes_repaired_percentage: Given<i64>,
    /// What is done otherwise for a reason.
    pub node_repair_config_overrides: Vec<RepairOverride<'a>>,
}

/// What EKS does otherwise where a node reports a reason. EKS asks for all four.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepairOverride<'a> {
    /// A condition of the node, such as `AcceleratedHardwareReady`.
    pub node_monitoring_condition: Given<&'a str>,
    /// Its reason, such as `NvidiaXID64Error`.
    pub node_unhealthy_reason: Given<&'a str>,
    /// Minutes that it must last.
    pub min_repair_wait_time_mins: Given<i64>,
    /// One of [`RepairAction`].
    pub repair_action: Given<&'a str>,
}

/// What is wrong with repairs, or may surprise; paths begin with an attribute of [`NodeRepair`]. Sources:
/// `NodeRepairConfig` and `NodeRepairConfigOverrides` of the EKS API; EKS user guide, "Automatically repair nodes".
pub fn check_node_repair(repair: &NodeRepair<'_>) -> Vec<Finding> {
    let mut findings = collector();
    let unhealthy = (
        repair.max_unhealthy_node_threshold_count,
        repair.max_unhealthy_node_threshold_percentage,
    );
    pair(&mut findings, "max_unhealthy_node_threshold", unhealthy);
    let parallel = (
        repair.max_parallel_nodes_repaired_count,
        repair.max_parallel_nodes_repaired_percentage,
    );
    pair(&mut findings, "max_parallel_nodes_repaired", parallel);
    for (index, found) in repair.node_repair_config_overrides.iter().enumerate() {
        let place = FieldPath::of("node_repair_config_overrides").index(index);
        findings.below(place, |findings| check_override(findings, found));
    }
    if repair.enabled.or(false) == Some(false) && says_more(repair) {
        let detail = "EKS repairs no node of this group, and the other settings have no effect. Set it to true, or leave \
                      them out.";
        findings.warn("enabled", "The repair of nodes is off", detail);
    }
    all(findings)
}

/// A number of nodes, or a percentage of them.
fn pair(findings: &mut Collector, name: &str, (count, percentage): (Given<i64>, Given<i64>)) {
    let (of_count, of_percentage) = (format!("{name}_count"), format!("{name}_percentage"));
    findings.range(&FieldPath::of(&of_count), count.known(), COUNT);
    findings.range(&FieldPath::of(&of_percentage), percentage.known(), PERCENTAGE);
    if count.is_known() && percentage.is_known() {
        let summary = format!("{of_count} and {of_percentage} exclude one another");
        findings.fault(
            of_percentage.as_str(),
            summary,
            "EKS accepts one of them. Leave out the other.",
        );
    }
}

fn check_override(findings: &mut Collector, found: &RepairOverride<'_>) {
    let words = [
        ("node_monitoring_condition", found.node_monitoring_condition),
        ("node_unhealthy_reason", found.node_unhealthy_reason),
        ("repair_action", found.repair_action),
    ];
    let minutes = found.min_repair_wait_time_mins;
    let mut given: Vec<(&str, bool)> = words.map(|(name, word)| (name, word.or("") == Some(""))).to_vec();
    given.push(("min_repair_wait_time_mins", minutes.is_absent()));
    for (name, _) in given.iter().filter(|(_, missing)| *missing) {
        let detail = "EKS asks for all four of an override: condition, reason, minutes and action. Give it.";
        findings.fault(*name, format!("{name} is missing"), detail);
    }
    findings.range(
        &FieldPath::of("min_repair_wait_time_mins"),
        minutes.known(),
        MINUTES,
    );
    let action = found.repair_action.known().filter(|word| !word.is_empty());
    findings.word(
        &FieldPath::of("repair_action"),
        action,
        &RepairAction::ALL.map(RepairAction::as_str),
    );
}

fn says_more(repair: &NodeRepair<'_>) -> bool {
    let numbers = [
        repair.max_unhealthy_node_threshold_count,
        repair.max_unhealthy_node_threshold_percentage,
        repair.max_parallel_nodes_repaired_count,
        repair.max_parallel_nodes_repaired_percentage,
    ];
    numbers.iter().any(Given::is_known) || !repair.node_repair_config_overrides.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(repair: &NodeRepair<'_>) -> Vec<String> {
        let found = check_node_repair(repair);
        found
            .iter()
            .map(|found| format!("{}: {}", found.path(), found.summary()))
            .collect()
    }

    fn whole() -> RepairOverride<'static> {
        RepairOverride {
            node_monitoring_condition: Given::Known("AcceleratedHardwareReady"),
            node_unhealthy_reason: Given::Known("NvidiaXID64Error"),
            min_repair_wait_time_mins: Given::Known(5),
            repair_action: Given::Known("Reboot"),
        }
    }

    #[test]
    fn a_repair_by_reboot_is_fine() {
        let repair = NodeRepair {
            enabled: Given::Known(true),
            max_unhealthy_node_threshold_percentage: Given::Known(10),
            max_parallel_nodes_repaired_count: Given::Known(3),
            node_repair_config_overrides: vec![whole()],
            ..NodeRepair::default()
        };
        assert_eq!(said(&repair), Vec::<String>::new());
        assert_eq!(said(&NodeRepair::default()), Vec::<String>::new());
    }

    #[test]
    fn count_or_percentage() {
        let repair = NodeRepair {
            enabled: Given::Known(true),
            max_unhealthy_node_threshold_count: Given::Known(2),
            max_unhealthy_node_threshold_percentage: Given::Known(101),
            max_parallel_nodes_repaired_count: Given::Known(0),
            max_parallel_nodes_repaired_percentage: Given::Unknown,
            ..NodeRepair::default()
        };
        let expected = [
            "max_unhealthy_node_threshold_percentage: 101 is not possible here",
            "max_unhealthy_node_threshold_percentage: max_unhealthy_node_threshold_count and \
             max_unhealthy_node_threshold_percentage exclude one another",
            "max_parallel_nodes_repaired_count: 0 is not possible here",
        ];
        assert_eq!(said(&repair), expected);
    }

    #[test]
    fn an_override_is_whole() {
        let overrides = vec![
            RepairOverride::default(),
            RepairOverride {
                repair_action: Given::Known("reboot"),
                min_repair_wait_time_mins: Given::Known(-1),
                ..whole()
            },
            RepairOverride {
                node_unhealthy_reason: Given::Unknown,
                ..whole()
            },
        ];
        let repair = NodeRepair {
            enabled: Given::Known(true),
            node_repair_config_overrides: overrides,
            ..NodeRepair::default()
        };
        let found = said(&repair);
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(
            found[3].starts_with("node_repair_config_overrides[0].min_repair_wait_time_mins"),
            "{found:?}"
        );
        assert!(
            found[5].contains("overrides[1].repair_action: \"reboot\""),
            "{found:?}"
        );
    }

    #[test]
    fn settings_of_a_repair_that_is_off_are_warned_of() {
        let repair = NodeRepair {
            max_parallel_nodes_repaired_count: Given::Known(1),
            ..NodeRepair::default()
        };
        assert_eq!(said(&repair), ["enabled: The repair of nodes is off"]);
        let unknown = NodeRepair {
            enabled: Given::Unknown,
            ..repair
        };
        assert_eq!(said(&unknown), Vec::<String>::new());
    }
}
