//! Kubernetes objects as values, in the order in which they are applied.

pub mod device_plugin;
mod extra;
pub mod gpu_actor;
pub mod karpenter;
pub(crate) mod kubernetes;
mod pod;
pub mod scheduling;
pub mod yaml;

pub use device_plugin::{DevicePlugin, DevicePluginOptions};
pub use extra::Extra;
pub use kubernetes::{PULL_POLICIES, ResourceRequirements, TAINT_EFFECTS, TOLERATION_OPERATORS, Toleration};
pub use pod::{PodError, slice_pod};

/// The label of all objects that names this provider.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
