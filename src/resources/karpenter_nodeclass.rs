//! `mig_karpenter_nodeclass`: what a node of Karpenter boots, with the user data that cuts its GPUs.

mod imported;
mod model;
mod plan;
mod spec;

pub use model::NodeClassModel;
pub use spec::{AmiSelectorTermModel, SecurityGroupSelectorTermModel, SubnetSelectorTermModel};

/// The resource.
pub type NodeClassResource = super::manifests::ManifestResource<NodeClassModel>;
