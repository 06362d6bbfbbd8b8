//! What a reader of Kubernetes says of a node, and what is expected.

use std::collections::BTreeMap;

use super::dra::DraDevice;
use super::{Count, DEFAULT_BOOT_SECONDS};
use crate::layout::{Layout, Taint};
use crate::profile::{GPU_RESOURCE, RESOURCE_PREFIX};

const INSTANCE_TYPE_LABEL: &str = "node.kubernetes.io/instance-type";
const PRODUCT_LABEL: &str = "nvidia.com/gpu.product";
const DRIVER_LABEL: &str = "nvidia.com/cuda.driver-version.full";
/// The same in three labels, of releases before 0.17.
const OLD_DRIVER_LABELS: [&str; 3] = [
    "nvidia.com/cuda.driver.major",
    "nvidia.com/cuda.driver.minor",
    "nvidia.com/cuda.driver.rev",
];

/// What a Kubernetes condition says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tristate {
    /// `True`
    True,
    /// `False`
    False,
    /// `Unknown`, or there is no such condition.
    #[default]
    Unknown,
}

/// A condition of a Kubernetes object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Its status.
    pub status: Tristate,
    /// The controller's word for why.
    pub reason: String,
    /// The controller's sentence.
    pub message: String,
    /// When the status last changed, in seconds since 1970.
    pub since: Option<i64>,
}

/// The node's condition `Ready`.
pub type Ready = Condition;

/// What Karpenter says of the claim that a node was made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeClaimFacts {
    /// Its name.
    pub name: String,
    /// The condition `Initialized`, where there is one.
    pub initialized: Option<Condition>,
    /// The name of the class that it was made by.
    pub class: String,
    /// The image of its instance, by ID; none before it is launched.
    pub image: Option<String>,
    /// The condition `Drifted`, where there is one: Karpenter knows that the node is not as its pool and class say, and replaces it.
    pub drifted: Option<Condition>,
}

/// One node as Kubernetes shows it. What a partial object does not have stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// `metadata.name`
    pub name: String,
    /// `metadata.labels`
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`
    pub annotations: BTreeMap<String, String>,
    /// `spec.taints`
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`
    pub unschedulable: bool,
    /// `metadata.deletionTimestamp`, in seconds since 1970.
    pub deleted: Option<i64>,
    /// `metadata.creationTimestamp`, in seconds since 1970.
    pub created: i64,
    /// The condition `Ready`.
    pub ready: Ready,
    /// `status.capacity`: whole numbers only.
    pub capacity: BTreeMap<String, u64>,
    /// `status.allocatable`: whole numbers only.
    pub allocatable: BTreeMap<String, u64>,
    /// `spec.providerID`
    pub provider_id: Option<String>,
    /// EC2's name of its type, where something other than the label says it.
    pub instance_type: Option<String>,
    /// Its claim, where Karpenter made it and the claim could be read.
    pub node_claim: Option<NodeClaimFacts>,
    /// What NVIDIA's DRA driver publishes for this node; none where that was not read.
    pub dra_devices: Option<Vec<DraDevice>>,
}

impl NodeFacts {
    /// The value of a label that says something.
    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.labels
            .get(key)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn instance_type(&self) -> Option<&str> {
        let label = self.label(INSTANCE_TYPE_LABEL);
        self.instance_type.as_deref().or(label)
    }

    pub(super) fn gpu_product(&self) -> Option<String> {
        self.label(PRODUCT_LABEL).map(str::to_owned)
    }

    pub(super) fn driver(&self) -> Option<String> {
        if let Some(version) = self.label(DRIVER_LABEL) {
            return Some(version.to_owned());
        }
        let parts: Option<Vec<&str>> = OLD_DRIVER_LABELS.iter().map(|key| self.label(key)).collect();
        parts.map(|parts| parts.join("."))
    }

    /// Resources that stand for GPUs or slices; others of NVIDIA's are no business of a layout.
    pub(super) fn gpu_resources(&self) -> BTreeMap<String, Count> {
        let mut found: BTreeMap<String, Count> = BTreeMap::new();
        for (name, count) in self.capacity.iter().filter(|(name, _)| is_gpu_resource(name)) {
            found.entry(name.clone()).or_default().capacity = *count;
        }
        for (name, count) in self.allocatable.iter().filter(|(name, _)| is_gpu_resource(name)) {
            let found = found.entry(name.clone()).or_default();
            found.allocatable = *count;
            // A partial object may lack capacity, which is never less.
            found.capacity = found.capacity.max(*count);
        }
        found
    }

    /// When its present run began: it was made, or came back after a reboot.
    pub(super) fn started(&self) -> i64 {
        self.ready.since.unwrap_or(self.created).max(self.created)
    }
}

fn is_gpu_resource(name: &str) -> bool {
    let plain = name.strip_suffix(super::resources::SHARED).unwrap_or(name);
    plain == GPU_RESOURCE || plain.starts_with(RESOURCE_PREFIX)
}

/// What is expected of the nodes of one cluster.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Layouts by the value of the label `mig.eks/layout`.
    pub layouts: &'a BTreeMap<String, Layout>,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// Seconds that a node may take until its slices show; [`DEFAULT_BOOT_SECONDS`].
    pub boot_seconds: i64,
    /// Whether the device plugin is being replaced right now: nodes have no slices for some seconds.
    pub plugin_rolls: bool,
}

impl<'a> Expected<'a> {
    /// These layouts, with the usual times.
    pub fn new(layouts: &'a BTreeMap<String, Layout>, now: i64) -> Self {
        Self {
            layouts,
            now,
            boot_seconds: DEFAULT_BOOT_SECONDS,
            plugin_rolls: false,
        }
    }

    /// Whether a thing that began then has had its time.
    pub(super) fn is_over(&self, began: i64) -> bool {
        self.now.saturating_sub(began) >= self.boot_seconds
    }
}
