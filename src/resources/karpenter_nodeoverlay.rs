//! `mig_karpenter_nodeoverlay`: what the nodes of a pool will have, so that pods that ask for slices bring them up.

mod imported;
mod model;
mod plan;

pub use model::NodeOverlayModel;

/// The resource.
pub type NodeOverlayResource = super::manifests::ManifestResource<NodeOverlayModel>;
