//! Configuration and result of `data.mig_layout`.

use std::collections::BTreeMap;

use tfplug::{Attr, Model};

use crate::models::LayoutModel;

/// Checks a layout and shows what follows from it: where each slice lies, what pods can ask for, labels, taints and
/// tags of the nodes, and what no slice uses. Needs neither cluster nor credentials.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct LayoutData {
    #[attr(flatten)]
    pub(super) given: LayoutModel,
    /// EKS image that the nodes will boot, as Karpenter's alias names it: `al2023@v20261003`, `bottlerocket@1.68.0`. A warning
    /// says where its driver is too old for the slices, and what to pin.
    pub ami_alias: Attr<String>,
    /// A language model that pods will serve. `model_memory` says what it needs, `model_fit` of each node which slices hold
    /// it.
    pub model: Attr<LanguageModel>,
    /// The layout as one object, to hand to resources.
    #[attr(computed)]
    pub layout: Attr<LayoutModel>,
    /// Short name of the layout: equal for layouts that make equal nodes. It is the value of the node label
    /// `mig.eks/layout`.
    #[attr(computed)]
    pub id: Attr<String>,
    /// Nodes by instance type.
    #[attr(computed)]
    pub nodes: Attr<BTreeMap<String, NodeData>>,
    /// Labels of every node, in every `render_version`. Nodes of a `mig_launch_template` for Amazon Linux and of a
    /// `mig_karpenter_nodepool` have `mig.eks/device-manager = "device-plugin"` too, from `render_version` 3 on, by which
    /// NVIDIA's DRA driver can be kept off them. It is not here, since pools of your own that copy these labels would roll
    /// their nodes with an upgrade of the provider: add it there when you want it.
    #[attr(computed)]
    pub node_labels: Attr<BTreeMap<String, String>>,
    /// Taints that every node should have. A launch template with `node_config` sets them; otherwise the node group does.
    #[attr(computed)]
    pub node_taints: Attr<Vec<TaintData>>,
    /// The layout as text: GPUs as rows, slices to scale.
    #[attr(computed)]
    pub picture: Attr<String>,
    /// The same picture as an SVG document, for pages and reports.
    #[attr(computed)]
    pub picture_svg: Attr<String>,
    /// Bottlerocket's own settings for the layout, as TOML; null where it cannot express the layout: it cuts all GPUs of
    /// a model evenly into one profile, with `strategy = "single"`. The function `bottlerocket_settings` says why it cannot.
    #[attr(computed)]
    pub bottlerocket_settings: Attr<String>,
    /// The layout in the file format of NVIDIA's mig-parted.
    #[attr(computed)]
    pub mig_parted_config: Attr<String>,
    /// What `model` needs.
    #[attr(computed)]
    pub model_memory: Attr<ModelMemoryData>,
}

/// A language model and how it is served.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LanguageModel")]
pub struct LanguageModel {
    /// Parameters, in billions.
    #[attr(required)]
    pub parameters_b: Attr<f64>,
    /// Bytes of a parameter: 2 for 16 bits, 1 for 8, 0.5 for 4.
    #[attr(required)]
    pub bytes_per_parameter: Attr<f64>,
    /// Tokens of one sequence, prompt and answer together.
    #[attr(required)]
    pub context: Attr<i64>,
    /// Sequences at a time; 1 if left out.
    pub batch: Attr<i64>,
    /// Bytes of key-value cache for a token: 2 x layers x key-value heads x head size x bytes of a number. Left out, it is
    /// estimated for a model whose heads share no keys and values, which is most that it can be.
    pub cache_bytes_per_token: Attr<f64>,
}

/// Memory that a language model needs.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ModelMemoryData {
    /// Weights, in GiB.
    #[attr(computed)]
    pub weights_gib: Attr<f64>,
    /// Key-value cache of all sequences, in GiB.
    #[attr(computed)]
    pub cache_gib: Attr<f64>,
    /// Both, in GiB. A slice holds it if that is at most nine tenths of its memory; the rest is for the CUDA context and
    /// activations.
    #[attr(computed)]
    pub total_gib: Attr<f64>,
}

/// Which slices hold a language model.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ModelFitData {
    /// Whether each profile of the node's slices holds it.
    #[attr(computed)]
    pub slices: Attr<BTreeMap<String, bool>>,
    /// The least profile of this GPU that holds it; null where not even the whole GPU does.
    #[attr(computed)]
    pub least_profile: Attr<String>,
}

/// A node of one instance type.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeData {
    /// NVIDIA's name of the GPU.
    #[attr(computed)]
    pub gpu: Attr<String>,
    /// GPUs of the node.
    #[attr(computed)]
    pub gpu_count: Attr<i64>,
    /// GPUs that stay whole.
    #[attr(computed)]
    pub whole_gpus: Attr<i64>,
    /// What pods can ask for, with counts per node; sharing is counted in.
    #[attr(computed)]
    pub resources: Attr<BTreeMap<String, i64>>,
    /// Slices of the node: count by exact profile.
    #[attr(computed)]
    pub slices: Attr<BTreeMap<String, i64>>,
    /// The GPUs, those that are cut alike together.
    #[attr(computed)]
    pub gpus: Attr<Vec<GpusData>>,
    /// Compute slices of cut GPUs that no slice uses, over the whole node.
    #[attr(computed)]
    pub stranded_compute_slices: Attr<i64>,
    /// Memory slices of cut GPUs that no slice uses, over the whole node.
    #[attr(computed)]
    pub stranded_memory_slices: Attr<i64>,
    /// First driver that does MIG on this GPU.
    #[attr(computed)]
    pub min_driver: Attr<String>,
    /// Tags by which the Cluster Autoscaler knows what a node will have before there is one.
    #[attr(computed)]
    pub node_template_tags: Attr<BTreeMap<String, String>>,
    /// Which slices hold `model`; null without one, and on GPUs without MIG.
    #[attr(computed)]
    pub model_fit: Attr<ModelFitData>,
}

/// GPUs that are cut alike.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct GpusData {
    /// Their indexes, from 0.
    #[attr(computed)]
    pub devices: Attr<Vec<i64>>,
    /// The slices of each of them; none where the GPUs stay whole.
    #[attr(computed)]
    pub placements: Attr<Vec<PlacementData>>,
}

/// One slice.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct PlacementData {
    /// Exact profile.
    #[attr(computed)]
    pub profile: Attr<String>,
    /// NVIDIA's GPU instance profile ID on this GPU.
    #[attr(computed)]
    pub gpu_instance_profile_id: Attr<i64>,
    /// First memory slice, from 0.
    #[attr(computed)]
    pub start: Attr<i64>,
    /// Memory slices.
    #[attr(computed)]
    pub size: Attr<i64>,
    /// Compute slices.
    #[attr(computed)]
    pub compute_slices: Attr<i64>,
}

/// A node taint.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TaintData {
    /// Key.
    #[attr(computed)]
    pub key: Attr<String>,
    /// Value.
    #[attr(computed)]
    pub value: Attr<String>,
    /// Effect, in Kubernetes' words: `NoSchedule`.
    #[attr(computed)]
    pub effect: Attr<String>,
}
