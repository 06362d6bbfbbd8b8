//! Schema and result of `data.mig_node_status`.

use std::collections::BTreeMap;

use tfplug::schema::validators::not_empty;
use tfplug::{Attr, Model};

use crate::duration;
use crate::models::{ClusterModel, LayoutModel};

/// What slices the nodes of a cluster really have, compared with their layouts, by what Kubernetes says of them.
///
/// A node that boots, drains or is not ready yet is not wrong, and no nodes are no fault: groups scale to zero. The
/// command `drift` says the same for pipelines.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeStatusData {
    /// The cluster; the provider's `kubernetes` if left out.
    pub cluster: Attr<ClusterModel>,
    /// The layouts that its nodes should have. Each node says by its label `mig.eks/layout` which one it was made for.
    #[attr(required, validate = not_empty())]
    pub layouts: Attr<Vec<LayoutModel>>,
    /// How long a node may take until its slices show, such as `15m` (if left out). After that it counts as wrong.
    #[attr(validate = duration::between("1m", "24h"))]
    pub boot_timeout: Attr<String>,
    /// The nodes with GPUs of these layouts, by name.
    #[attr(computed)]
    pub nodes: Attr<BTreeMap<String, NodeVerdict>>,
    /// How many of them are in each state; each state is there, also with 0.
    #[attr(computed)]
    pub counts: Attr<BTreeMap<String, i64>>,
}

/// What is known of a node.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeVerdict {
    /// `right`, `wrong`, `booting`, `draining` or `unknown`.
    #[attr(computed)]
    pub state: Attr<String>,
    /// Why, in a sentence.
    #[attr(computed)]
    pub reason: Attr<String>,
    /// The layout that its label `mig.eks/layout` names.
    #[attr(computed)]
    pub layout: Attr<String>,
    /// Instance type.
    #[attr(computed)]
    pub instance_type: Attr<String>,
    /// What pods should be able to request of it, by resource name; empty where its layout is not known.
    #[attr(computed)]
    pub expected: Attr<BTreeMap<String, i64>>,
    /// What pods can request of it.
    #[attr(computed)]
    pub found: Attr<BTreeMap<String, i64>>,
    /// Where its slices lie, if NVIDIA's DRA driver publishes them.
    #[attr(computed)]
    pub placements: Attr<Vec<FoundSliceData>>,
    /// Whether it joined although its GPUs could not be cut.
    #[attr(computed)]
    pub partition_failed: Attr<bool>,
    /// GPU, by NVIDIA's feature discovery.
    #[attr(computed)]
    pub gpu_product: Attr<String>,
    /// NVIDIA's driver, by its feature discovery.
    #[attr(computed)]
    pub driver_version: Attr<String>,
}

/// A slice and where it lies.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct FoundSliceData {
    /// Minor number of the GPU.
    #[attr(computed)]
    pub gpu: Attr<i64>,
    /// Profile; null for a whole GPU.
    #[attr(computed)]
    pub profile: Attr<String>,
    /// First memory slice.
    #[attr(computed)]
    pub start: Attr<i64>,
}
