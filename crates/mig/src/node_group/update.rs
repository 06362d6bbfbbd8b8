//! How an update replaces nodes.

use super::collector;
use crate::ec2::Given;
use crate::finding::{FieldPath, Finding};

/// Nodes, and percent of nodes, that an update may replace at once.
const AT_ONCE: (i64, i64) = (1, 100);

/// In which order nodes are replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpdateStrategy {
    /// New ones before old ones.
    #[default]
    Default,
    /// Old ones before new ones, where no more GPUs can be had.
    Minimal,
}

impl UpdateStrategy {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Default, Self::Minimal];

    /// EKS' word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT",
            Self::Minimal => "MINIMAL",
        }
    }

    /// The strategy of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.as_str() == word)
    }
}

/// EKS' `updateConfig`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UpdateConfig<'a> {
    /// Nodes that are replaced at once.
    pub max_unavailable: Given<i64>,
    /// The same as a percentage of the group.
    pub max_unavailable_percentage: Given<i64>,
    /// One of [`UpdateStrategy`].
    pub update_strategy: Given<&'a str>,
}

/// What is wrong with it; paths begin with one of its attributes. Source: `NodegroupUpdateConfig` of the EKS API.
pub fn check_update_config(update: &UpdateConfig<'_>) -> Vec<Finding> {
    let mut findings = collector();
    let (count, percentage) = (update.max_unavailable, update.max_unavailable_percentage);
    let words = UpdateStrategy::ALL.map(UpdateStrategy::as_str);
    findings.range(&FieldPath::of("max_unavailable"), count.known(), AT_ONCE);
    findings.range(
        &FieldPath::of("max_unavailable_percentage"),
        percentage.known(),
        AT_ONCE,
    );
    findings.word(
        &FieldPath::of("update_strategy"),
        update.update_strategy.known(),
        &words,
    );
    if count.is_known() && percentage.is_known() {
        let summary = "max_unavailable and max_unavailable_percentage exclude one another";
        findings.fault(
            "max_unavailable_percentage",
            summary,
            "EKS accepts one of them. Leave out the other.",
        );
    } else if count.is_absent() && percentage.is_absent() {
        let detail = "EKS asks for max_unavailable or max_unavailable_percentage. Without any update_config it replaces one \
                      node at a time.";
        findings.fault("max_unavailable", "How many nodes at once?", detail);
    }
    findings.faults
}

/// What an update changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The version of Kubernetes.
    KubernetesVersion,
    /// The version of the launch template.
    TemplateVersion,
    /// The release of EKS' image.
    Release,
}

impl Change {
    fn words(self) -> &'static str {
        match self {
            Self::KubernetesVersion => "another version of Kubernetes",
            Self::TemplateVersion => "another version of the launch template",
            Self::Release => "another release of the image",
        }
    }
}

/// An update of a group that is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roll<'a> {
    /// Nodes that it has, as far as is known: its desired size.
    pub nodes: Option<i64>,
    /// How nodes are replaced.
    pub update: UpdateConfig<'a>,
    /// Whether pods that do not leave are deleted.
    pub forced: bool,
    /// Whether the nodes are of a Capacity Block.
    pub capacity_block: bool,
    /// What changes. Labels, taints, tags and sizes replace no node.
    pub changes: &'a [Change],
}

const PODS_ARE_DELETED: &str = " Pods that do not leave their node within 15 minutes are deleted.";
const UPDATE_FAILS: &str = " The update fails where pods do not leave their node within 15 minutes.";

/// What an update does to the nodes of a group, in whole sentences; none where it replaces none. Source: EKS user guide,
/// "Understand each phase of node updates"; for Capacity Blocks, "Create a managed node group with Capacity Blocks".
pub fn rolls(roll: &Roll<'_>) -> Option<String> {
    if roll.changes.is_empty() {
        return None;
    }
    let changes: Vec<&str> = roll.changes.iter().map(|change| change.words()).collect();
    let changes = changes.join(" and ");
    let nodes = match roll.nodes {
        Some(0) => {
            return Some(format!(
                "The group gets {changes}. It has no nodes now, so none is replaced."
            ));
        }
        Some(1) => "its only node".to_owned(),
        Some(nodes) => format!("all {nodes} nodes"),
        None => "all nodes".to_owned(),
    };
    let at_once = at_once(roll);
    let mut said = format!(
        "The group gets {changes}. EKS replaces {nodes}{at_once}. {}",
        order(roll)
    );
    said.push_str(if roll.forced {
        PODS_ARE_DELETED
    } else {
        UPDATE_FAILS
    });
    if roll.capacity_block {
        said.push_str(" A group on a Capacity Block is updated at desired size 0, for the block has no room for more nodes.");
    }
    Some(said)
}

/// `, up to 2 at a time`
fn at_once(roll: &Roll<'_>) -> String {
    match (
        roll.update.max_unavailable,
        roll.update.max_unavailable_percentage,
    ) {
        _ if roll.nodes == Some(1) => String::new(),
        (Given::Known(count), _) => match roll.nodes.filter(|nodes| count >= *nodes) {
            Some(_) => ", all at the same time".to_owned(),
            None if count == 1 => ", one at a time".to_owned(),
            None => format!(", up to {count} at a time"),
        },
        (_, Given::Known(percentage)) => {
            format!(", up to {percentage} % of them at a time, and no more than 100")
        }
        (Given::Absent, Given::Absent) => ", one at a time".to_owned(),
        _ => String::new(),
    }
}

fn order(roll: &Roll<'_>) -> &'static str {
    match roll.update.update_strategy.or(UpdateStrategy::Default.as_str()) {
        Some("MINIMAL") => {
            "Old nodes end before new ones are launched, so that no more GPUs are needed and fewer slices are there meanwhile."
        }
        Some(_) => {
            "New nodes are launched before old ones end, up to two more in each Availability Zone, or as many as are replaced \
             at once; the update fails where that many GPUs cannot be had."
        }
        None => "Whether new nodes come before old ones end is not known yet.",
    }
}

#[cfg(test)]
mod tests;
