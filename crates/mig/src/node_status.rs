//! What a node really has, beside what its layout says.
//!
//! Input is plain: a reader of Kubernetes fills [`NodeFacts`], also from a partial object. [`judge`] compares them with the
//! layouts that are expected and says for each node a [`NodeState`], the [`Reason`]s as facts, and one sentence. It reads no
//! clock: the time now is a part of [`Expected`].
//!
//! Only a node that had time enough is wrong. A node that boots, that is going away, or of which Kubernetes knows nothing at
//! the moment is none of it.

mod dra;
mod facts;
mod feature_discovery;
mod judge;
mod reason;
mod resources;

use std::collections::BTreeMap;

use serde::Serialize;

pub use dra::{DRA_DRIVER, DraDevice, FoundSlice};
pub use facts::{Condition, Expected, NodeClaimFacts, NodeFacts, Ready, Tristate};
pub use reason::Reason;

/// Seconds that a node may take from its start until its slices show, where nothing else is said: 15 minutes, after which
/// Karpenter and the Cluster Autoscaler give a node up as well.
pub const DEFAULT_BOOT_SECONDS: i64 = 900;

/// What is known of a node's slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// It has exactly what its layout says.
    Right,
    /// It had time enough and has something else.
    Wrong,
    /// It is still starting.
    Booting,
    /// It is cordoned or being deleted. What it has does not matter any more.
    Draining,
    /// Nothing can be said, or nothing is expected of it.
    Unknown,
}

impl NodeState {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 5] = [
        Self::Right,
        Self::Wrong,
        Self::Booting,
        Self::Draining,
        Self::Unknown,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Booting => "booting",
            Self::Draining => "draining",
            Self::Unknown => "unknown",
        }
    }
}

/// What a node says of one resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Count {
    /// All devices, healthy or not.
    pub capacity: u64,
    /// Healthy devices, which pods can get.
    pub allocatable: u64,
}

/// The verdict on one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeStatus {
    /// Its name.
    pub name: String,
    /// What is known of its slices.
    pub state: NodeState,
    /// The layout that its label declares.
    pub layout: Option<String>,
    /// EC2's name of its type.
    pub instance_type: Option<String>,
    /// Resources of a node of that layout and type; empty where they are not known.
    pub expected: BTreeMap<String, u64>,
    /// Resources of GPUs and slices that the node has, also those of which it has none left.
    pub found: BTreeMap<String, Count>,
    /// The slices with their places, where NVIDIA's DRA driver publishes all of them.
    pub placements: Option<Vec<FoundSlice>>,
    /// Whether it joined although its GPUs could not be cut.
    pub partition_failed: bool,
    /// The GPU's name by feature discovery.
    pub gpu_product: Option<String>,
    /// The driver's version by feature discovery.
    pub driver: Option<String>,
    /// Why it is in that state, and what else is noteworthy.
    pub reasons: Vec<Reason>,
    /// The same in one sentence.
    pub sentence: String,
}

/// The verdict on one node.
pub fn judge(node: &NodeFacts, expected: &Expected<'_>) -> NodeStatus {
    judge::judge(node, expected)
}

#[cfg(test)]
mod tests;
