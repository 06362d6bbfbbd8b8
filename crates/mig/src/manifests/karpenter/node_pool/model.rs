//! What a pool can say: every field of `karpenter.sh/v1`, as of Karpenter 1.15.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::boot::RenderVersion;
use crate::manifests::extra::Extra;
use crate::manifests::karpenter::{AWS_GROUP, AmiFamily, Requirement};

/// Nodes of a pool for which nothing else limits it. A node that cannot cut its GPUs never registers, and Karpenter
/// replaces it after 15 minutes, again and again while the cause lasts: the limit bounds what that costs.
pub const DEFAULT_NODES: u32 = 10;

/// How a pool is made.
#[derive(Debug, Clone, PartialEq)]
pub struct NodePoolOptions {
    /// The pool's `spec` in Karpenter's form, as it is given. Fields that nothing here reads are rendered as they stand.
    pub given: Value,
    /// Name of the object; up to 63 letters, since Karpenter makes a label value of it.
    pub name: String,
    /// Labels of the object.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the object.
    pub annotations: BTreeMap<String, String>,
    /// Which defaults are rendered. A new one may roll nodes.
    pub render_version: RenderVersion,
    /// The class of the nodes.
    pub nodeclass: NodeClassRef,
    /// The class's image family. On Bottlerocket, which has a device plugin of its own, nodes do not get the label by
    /// which ours finds them.
    pub ami_family: AmiFamily,
    /// `on-demand`, `reserved`, `spot`. Reserved capacity comes from what the class selects.
    pub capacity_types: Vec<String>,
    /// Availability zones (`us-east-1a`); empty leaves them to the class's subnets.
    pub zones: Vec<String>,
    /// Whether to require the GPU's name too. The instance types say it already; it serves those who read the pool.
    pub require_gpu_name: bool,
    /// Further requirements, which narrow the layout's.
    pub requirements: Vec<Requirement>,
    /// Labels of the nodes beside the layout's. A change rolls nodes.
    pub node_labels: BTreeMap<String, String>,
    /// Annotations of the nodes. A change rolls nodes.
    pub node_annotations: BTreeMap<String, String>,
    /// Taints of the nodes beside the layout's. A change rolls nodes.
    pub taints: Vec<NodeTaint>,
    /// Taints that something takes away from a node when it is ready for pods. A change rolls nodes.
    pub startup_taints: Vec<NodeTaint>,
    /// Age at which a node is replaced, whatever runs on it and whatever the budgets say: `720h`, or `Never`.
    pub expire_after: String,
    /// Time after which a draining node's pods are deleted, past disruption budgets and `do-not-disrupt`; none waits.
    pub termination_grace_period: Option<String>,
    /// Quantity by resource, or `nodes`, that the pool stays within; none limits it to [`DEFAULT_NODES`] nodes unless
    /// `slice_limits` does, an empty one to nothing.
    pub limits: Option<BTreeMap<String, String>>,
    /// The same counted in slices: number by profile, exact or generic (`1g.10gb`, `3g`).
    pub slice_limits: BTreeMap<String, i64>,
    /// When Karpenter may replace nodes of its own accord.
    pub disruption: Disruption,
    /// Preference among pools that fit a pod, 1 to 100, the highest first; none is 0.
    pub weight: Option<i64>,
    /// Fixed number of nodes, whatever pods ask for. Alpha in Karpenter (feature gate StaticCapacity).
    pub replicas: Option<i64>,
    /// Further fields of the spec.
    pub extra: Extra,
    /// Fields that `extra` cannot hold since they have a place of their own, such as `spec.weight`.
    pub own_fields: Vec<String>,
}

impl Default for NodePoolOptions {
    fn default() -> Self {
        Self {
            given: Value::Null,
            name: String::new(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            render_version: RenderVersion::default(),
            nodeclass: NodeClassRef::default(),
            ami_family: AmiFamily::default(),
            capacity_types: vec!["on-demand".to_owned(), "reserved".to_owned()],
            zones: Vec::new(),
            require_gpu_name: false,
            requirements: Vec::new(),
            node_labels: BTreeMap::new(),
            node_annotations: BTreeMap::new(),
            taints: Vec::new(),
            startup_taints: Vec::new(),
            expire_after: "720h".to_owned(),
            termination_grace_period: None,
            limits: None,
            slice_limits: BTreeMap::new(),
            disruption: Disruption::default(),
            weight: None,
            replicas: None,
            extra: Extra::new(),
            own_fields: Vec::new(),
        }
    }
}

/// A node class by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeClassRef {
    /// `karpenter.k8s.aws`
    pub group: String,
    /// `EC2NodeClass`
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl Default for NodeClassRef {
    fn default() -> Self {
        Self {
            group: AWS_GROUP.to_owned(),
            kind: "EC2NodeClass".to_owned(),
            name: String::new(),
        }
    }
}

impl NodeClassRef {
    /// The EC2NodeClass of that name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

/// A taint with Kubernetes' words; its value may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeTaint {
    /// Key.
    pub key: String,
    /// Value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// When Karpenter may replace nodes of its own accord. The defaults suit nodes that take minutes to boot and are scarce:
/// one at a time, and not before a node has been superfluous for ten minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Disruption {
    /// `WhenEmptyOrUnderutilized`, `WhenEmpty` (for long jobs) or `Balanced` (from Karpenter 1.14 on).
    pub consolidation_policy: String,
    /// How long a node must have been superfluous: `10m`, or `Never`.
    pub consolidate_after: String,
    /// How many nodes at a time; an empty list leaves it to Karpenter (10 %).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Budget>,
}

impl Default for Disruption {
    fn default() -> Self {
        Self {
            consolidation_policy: "WhenEmptyOrUnderutilized".to_owned(),
            consolidate_after: "10m".to_owned(),
            budgets: vec![Budget {
                nodes: "1".to_owned(),
                ..Budget::default()
            }],
        }
    }
}

/// How many nodes Karpenter may replace at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// `1`, or `10%`.
    pub nodes: String,
    /// `Underutilized`, `Empty`, `Drifted`, `Unhealthy`; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// When it begins to hold: five fields of cron in UTC, or `@daily` and the like; with `duration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// How long it then holds: `8h`, `1h30m`; with `schedule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
}
