//! NVIDIA's Kubernetes device plugin, configured for the layouts of a cluster.
//!
//! One DaemonSet per distinct plugin configuration, each on the nodes whose label names that configuration
//! ([`crate::layout::DEVICE_PLUGIN_LABEL`]); what differs only in its slices shares one.

mod daemon_set;
mod feature_discovery;
mod mps;
mod options;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub use options::DevicePluginOptions;

use super::extra;
use crate::boot::RenderVersion;
use crate::finding::{Collector, Finding};
use crate::layout::{Layout, PluginConfig, SharingStrategy};

/// The newest release that was read (2026-09-22); from v0.20.0 on profiles with a suffix have their own resource.
pub const DEFAULT_IMAGE: &str = "nvcr.io/nvidia/k8s-device-plugin:v0.20.1";

/// The image that goes with a version of the nodes' rendering, for those who keep no state that tells the one in use:
/// it never changes for a version.
pub const fn image_of_version(version: RenderVersion) -> &'static str {
    match version {
        RenderVersion::V1 | RenderVersion::V2 | RenderVersion::V3 => {
            "nvcr.io/nvidia/k8s-device-plugin:v0.20.1"
        }
    }
}

/// Which objects are rendered. Kept in state; pods restart when it changes, so it changes only when a user asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DevicePluginVersion {
    /// The first.
    V1,
    /// Privileged where GPUs are cut, and every taint tolerated.
    #[default]
    V2,
}

impl DevicePluginVersion {
    /// All of them, the newest last.
    pub const ALL: [DevicePluginVersion; 2] = [Self::V1, Self::V2];

    /// The number that users see.
    pub fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// The version of that number, if there is one.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| i64::from(version.number()) == number)
    }

    /// The one that goes with a version of the nodes' rendering.
    pub fn of_nodes(version: RenderVersion) -> Self {
        match version {
            RenderVersion::V1 | RenderVersion::V2 => Self::V1,
            RenderVersion::V3 => Self::V2,
        }
    }
}

/// Renders the objects.
pub struct DevicePlugin;

impl DevicePlugin {
    /// ServiceAccount, ConfigMap, then the DaemonSets by name; or everything that is wrong, all at once. Equal input
    /// gives equal objects.
    pub fn render(layouts: &[Layout], options: &DevicePluginOptions) -> Result<Vec<Value>, Vec<Finding>> {
        let faults = options::check(layouts, options);
        if !faults.is_empty() {
            return Err(faults);
        }
        let configs: BTreeSet<PluginConfig> = layouts.iter().map(Layout::plugin_config).collect();
        let mut objects = vec![service_account(options), config_map(options, &configs)];
        let mut faults = Vec::new();
        for config in &configs {
            if config.sharing == Some(SharingStrategy::Mps) {
                objects.push(mps::control_daemon(options, config));
            }
            let mut plugin = daemon_set::device_plugin(options, config);
            // The DaemonSets of all configurations have the same fields, so each gives the same faults.
            faults = extra_faults(&mut plugin, options);
            objects.push(plugin);
            if options.feature_discovery {
                objects.push(feature_discovery::feature_discovery(options, config));
            }
        }
        if faults.is_empty() {
            Ok(objects)
        } else {
            Err(faults)
        }
    }
}

/// Merges the further fields; those that it cannot have are faults.
fn extra_faults(daemon_set: &mut Value, options: &DevicePluginOptions) -> Vec<Finding> {
    let refused = extra::merge(&mut daemon_set["spec"], &options.extra, &daemon_set::FIELDS);
    let mut findings = Collector::default();
    for refusal in refused {
        findings.fault("extra", refusal.summary(), refusal.detail());
    }
    findings.faults
}

fn service_account(options: &DevicePluginOptions) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": daemon_set::metadata(options, &options.name),
        // The plugin talks to kubelet by a socket, never to the API server.
        "automountServiceAccountToken": false,
    })
}

fn config_map(options: &DevicePluginOptions, configs: &BTreeSet<PluginConfig>) -> Value {
    let files: serde_json::Map<String, Value> = configs
        .iter()
        .map(|config| (daemon_set::file_name(config), Value::from(config.file.clone())))
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": daemon_set::metadata(options, &options.name),
        "data": files,
    })
}

#[cfg(test)]
mod tests;
