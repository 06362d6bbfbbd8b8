//! What a layout means to Kubernetes: labels, taints, the device plugin's configuration, autoscaler tags.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::spec::{Sharing, SharingStrategy, Strategy};
use super::{ID_LENGTH, Layout};
use crate::fingerprint::fingerprint;
use crate::profile::GPU_RESOURCE;

/// Node label: which layout the node was made for.
pub const LAYOUT_LABEL: &str = "mig.eks/layout";

/// Node label by which a device plugin DaemonSet finds its nodes. It names the plugin's configuration rather than the
/// layout: while nodes roll from one layout to the next, both kinds keep their plugin.
pub const DEVICE_PLUGIN_LABEL: &str = "mig.eks/device-plugin";

/// Node label: which of NVIDIA's ways hands the GPUs of a node to pods, here always [`DEVICE_PLUGIN`]. NVIDIA's DRA driver
/// and its device plugin must never serve the same GPUs; by this label another DaemonSet can be kept off these nodes.
pub const DEVICE_MANAGER_LABEL: &str = "mig.eks/device-manager";

/// The value of [`DEVICE_MANAGER_LABEL`].
pub const DEVICE_PLUGIN: &str = "device-plugin";

/// Node label by which NVIDIA's own charts (feature discovery, DCGM exporter) select nodes.
pub const GPU_PRESENT_LABEL: &str = "nvidia.com/gpu.present";

/// Node label by which the control daemon of MPS finds its nodes.
pub const MPS_LABEL: &str = "nvidia.com/mps.capable";

/// Taint of a node that joined although its GPUs could not be cut.
pub const PARTITION_FAILED_TAINT: &str = "mig.eks/partition-failed";

/// What the tags begin with by which the Cluster Autoscaler knows a group's nodes before there is one.
pub const NODE_TEMPLATE_TAGS: &str = "k8s.io/cluster-autoscaler/node-template/";

/// A node taint, in Kubernetes' words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Taint {
    /// Key.
    pub key: String,
    /// Value. Never empty: EKS drops a node group's valueless taints on their way to the Cluster Autoscaler.
    pub value: String,
    /// `NoSchedule`; EKS' API spells it `NO_SCHEDULE`.
    pub effect: String,
}

/// The device plugin's `migStrategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginStrategy {
    /// No GPU of the layout is cut.
    None,
    /// See [`Strategy::Mixed`].
    Mixed,
    /// See [`Strategy::Single`].
    Single,
}

impl PluginStrategy {
    /// The plugin's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mixed => "mixed",
            Self::Single => "single",
        }
    }
}

/// A configuration of the device plugin. Layouts with equal ones share a DaemonSet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PluginConfig {
    /// The value of [`DEVICE_PLUGIN_LABEL`], and the key in the ConfigMap.
    pub name: String,
    /// The plugin's `migStrategy`.
    pub strategy: PluginStrategy,
    /// How GPUs or slices are shared.
    pub sharing: Option<SharingStrategy>,
    /// The file, as YAML.
    pub file: String,
}

/// A taint that a pool may have beside the layout's, so that no pod comes but those that ask for slices: claims of DRA for
/// whole GPUs tolerate the layout's own.
pub const SLICES_TAINT: &str = "mig.eks/slices";

impl Taint {
    /// The taint of every node with GPUs of a layout.
    pub fn gpu_present() -> Self {
        Self {
            key: GPU_RESOURCE.to_owned(),
            value: "present".to_owned(),
            effect: "NoSchedule".to_owned(),
        }
    }
}

impl Layout {
    /// Labels of every node of this layout.
    pub fn labels(&self) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::from([
            (LAYOUT_LABEL.to_owned(), self.id()),
            (DEVICE_PLUGIN_LABEL.to_owned(), self.plugin_config().name),
            (GPU_PRESENT_LABEL.to_owned(), "true".to_owned()),
        ]);
        if self
            .sharing()
            .is_some_and(|sharing| sharing.strategy == SharingStrategy::Mps)
        {
            labels.insert(MPS_LABEL.to_owned(), "true".to_owned());
        }
        labels
    }

    /// Taints of every node of this layout: the one that NVIDIA's charts tolerate by default, so that only pods that
    /// want GPUs are scheduled here.
    pub fn taints(&self) -> Vec<Taint> {
        vec![Taint::gpu_present()]
    }

    /// The device plugin's configuration for nodes of this layout.
    pub fn plugin_config(&self) -> PluginConfig {
        let strategy = match self.strategy() {
            _ if !self.is_cut() => PluginStrategy::None,
            Strategy::Mixed => PluginStrategy::Mixed,
            Strategy::Single => PluginStrategy::Single,
        };
        let mut file = format!("version: v1\nflags:\n  migStrategy: {}\n", strategy.as_str());
        let Some(sharing) = self.sharing() else {
            return PluginConfig {
                name: strategy.as_str().to_owned(),
                strategy,
                sharing: None,
                file,
            };
        };
        file.push_str(&self.sharing_section(sharing));
        let name = format!("{}-{}", strategy.as_str(), &fingerprint(&file)[..ID_LENGTH]);
        PluginConfig {
            name,
            strategy,
            sharing: Some(sharing.strategy),
            file,
        }
    }

    fn sharing_section(&self, sharing: Sharing) -> String {
        let key = match sharing.strategy {
            SharingStrategy::TimeSlicing => "timeSlicing",
            SharingStrategy::Mps => "mps",
        };
        let names: BTreeSet<String> = self
            .nodes()
            .flat_map(|node| node.resources(self.strategy(), None).into_keys())
            .collect();
        // More than one replica gives a pod no more compute, so such a request can only be a mistake.
        let mut text = format!("sharing:\n  {key}:\n    failRequestsGreaterThanOne: true\n    resources:\n");
        for name in names {
            text.push_str(&format!(
                "      - name: {name}\n        replicas: {}\n",
                sharing.replicas
            ));
        }
        text
    }

    /// Extended resources of a node of that instance type as the Cluster Autoscaler must be told of them.
    ///
    /// `nvidia.com/gpu` is always listed, also as 0: the autoscaler would otherwise count the physical GPUs and buy
    /// nodes for pods that want whole ones.
    pub(crate) fn template_resources(&self, instance_type: &str) -> Option<BTreeMap<String, u64>> {
        let mut resources = self.resources(instance_type)?;
        resources.entry(GPU_RESOURCE.to_owned()).or_insert(0);
        Some(resources)
    }

    /// Tags of an Auto Scaling group of that instance type, by which the Cluster Autoscaler knows what a node will have
    /// before there is one. None where the layout does not name the type.
    ///
    /// [`crate::node_group`] has the tags of a group with labels and taints of its own, or with several instance types.
    pub fn node_template_tags(&self, instance_type: &str) -> Option<BTreeMap<String, String>> {
        let template = NodeTemplate {
            resources: quantities(self.template_resources(instance_type)?),
            labels: self.labels(),
            taints: self.taints(),
        };
        Some(template.tags())
    }
}

/// Counts as quantities.
pub(crate) fn quantities(resources: BTreeMap<String, u64>) -> BTreeMap<String, String> {
    let text = |(name, count): (String, u64)| (name, count.to_string());
    resources.into_iter().map(text).collect()
}

/// A node that is not there yet, as tags tell the Cluster Autoscaler of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NodeTemplate {
    /// Quantity by resource.
    pub(crate) resources: BTreeMap<String, String>,
    /// Labels of the node.
    pub(crate) labels: BTreeMap<String, String>,
    /// Taints of the node, one for each key: a tag is one.
    pub(crate) taints: Vec<Taint>,
}

impl NodeTemplate {
    pub(crate) fn tags(self) -> BTreeMap<String, String> {
        let resources = self
            .resources
            .into_iter()
            .map(|(name, quantity)| (format!("resources/{name}"), quantity));
        let labels = self
            .labels
            .into_iter()
            .map(|(key, value)| (format!("label/{key}"), value));
        let taint = |taint: Taint| {
            (
                format!("taint/{}", taint.key),
                format!("{}:{}", taint.value, taint.effect),
            )
        };
        let tags = resources.chain(labels).chain(self.taints.into_iter().map(taint));
        tags.map(|(key, value)| (format!("{NODE_TEMPLATE_TAGS}{key}"), value))
            .collect()
    }
}
