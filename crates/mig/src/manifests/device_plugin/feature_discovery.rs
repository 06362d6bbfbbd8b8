//! NVIDIA's feature discovery, which labels nodes by what their GPUs and slices are.

use serde_json::{Value, json};

use super::daemon_set::{
    common_fields, config_mount, config_volume, daemon_set, env_list, own_env, security_context,
};
use super::options::DevicePluginOptions;
use crate::layout::PluginConfig;

/// Where Node Feature Discovery's worker looks for labels that others found.
const FEATURES: &str = "/etc/kubernetes/node-feature-discovery/features.d";

/// From the plugin's own image and file, on the same nodes. It hands its labels to Node Feature Discovery by a file: the
/// other way, by the API, would give a pod on every node the right to write labels of all.
pub(super) fn feature_discovery(options: &DevicePluginOptions, config: &PluginConfig) -> Value {
    let component = format!("{}-gfd", config.name);
    let mut env = own_env(config);
    env.insert("GFD_USE_NODE_FEATURE_API".to_owned(), "false".to_owned());
    let mut container = json!({
        "name": "gpu-feature-discovery",
        "image": options.image,
        "command": ["gpu-feature-discovery"],
        "env": env_list(env),
        "securityContext": security_context(options, config),
        "volumeMounts": [
            {"name": "features", "mountPath": FEATURES},
            config_mount(),
            {"name": "sys", "mountPath": "/sys", "readOnly": true},
        ],
    });
    common_fields(options, &mut container);
    let volumes = json!([
        {"name": "features", "hostPath": {"path": FEATURES, "type": "DirectoryOrCreate"}},
        config_volume(options),
        {"name": "sys", "hostPath": {"path": "/sys", "type": "Directory"}},
    ]);
    daemon_set(
        options,
        config,
        &format!("{}-{component}", options.name),
        &component,
        json!({"containers": [container], "volumes": volumes}),
    )
}
