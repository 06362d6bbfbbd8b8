//! Kubernetes objects as values, in the order in which they are applied.

pub mod device_plugin;
mod fault;
mod kubernetes;

pub use device_plugin::{DevicePlugin, DevicePluginOptions};
pub use fault::ManifestFault;
pub use kubernetes::{ResourceRequirements, Toleration};
