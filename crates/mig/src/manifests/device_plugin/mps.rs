//! The control daemon without which no client can share a GPU by MPS.

use serde_json::{Value, json};

use super::daemon_set::{
    common_fields, config_mount, config_volume, daemon_set, env_list, mps_mounts, mps_volumes, own_env,
};
use super::options::DevicePluginOptions;
use crate::layout::PluginConfig;

/// On the same nodes as the plugin, which waits for it. The init container mounts the shared memory that both use.
pub(super) fn control_daemon(options: &DevicePluginOptions, config: &PluginConfig) -> Value {
    let component = format!("{}-mps", config.name);
    let mut env = env_list(own_env(config));
    // A fieldRef is one atomic value: its default, left out, would show as a change by the API server.
    let node_name = json!({"apiVersion": "v1", "fieldPath": "spec.nodeName"});
    env.push(json!({"name": "NODE_NAME", "valueFrom": {"fieldRef": node_name}}));
    let [root, shm] = mps_mounts();
    let mut mount = json!({
        "name": "mps-mount-shm",
        "image": options.image,
        "command": ["mps-control-daemon", "mount-shm"],
        "securityContext": {"privileged": true},
        "volumeMounts": [{"name": "mps-root", "mountPath": "/mps", "mountPropagation": "Bidirectional"}],
    });
    let mut daemon = json!({
        "name": "mps-control-daemon",
        "image": options.image,
        "command": ["mps-control-daemon"],
        "env": env,
        "securityContext": {"privileged": true},
        "volumeMounts": [config_mount(), root, shm],
    });
    common_fields(options, &mut mount);
    common_fields(options, &mut daemon);
    let [root, shm] = mps_volumes();
    daemon_set(
        options,
        config,
        &format!("{}-{component}", options.name),
        &component,
        json!({
            "hostPID": true,
            "initContainers": [mount],
            "containers": [daemon],
            "volumes": [config_volume(options), root, shm],
        }),
    )
}
