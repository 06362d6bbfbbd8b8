//! `mig_karpenter_nodepool`: which nodes Karpenter may launch for a layout, and within which limits.

mod imported;
mod model;
mod plan;

pub(crate) use imported::layout_of_pool;
pub use model::{BudgetModel, DisruptionModel, NodePoolModel};

/// The resource.
pub type NodePoolResource = super::manifests::ManifestResource<NodePoolModel>;
