//! The plugin's own DaemonSet.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::DevicePluginVersion;
use super::options::DevicePluginOptions;
use crate::fingerprint::fingerprint;
use crate::layout::{DEVICE_PLUGIN_LABEL, PluginConfig, PluginStrategy, SharingStrategy};
use crate::manifests::MANAGED_BY;
use crate::manifests::kubernetes::Toleration;
use crate::profile::GPU_RESOURCE;

/// Where kubelet listens for plugins.
const KUBELET_SOCKETS: &str = "/var/lib/kubelet/device-plugins";

const CONFIG_FOLDER: &str = "/etc/nvidia-device-plugin";

/// Where the MPS daemon and its clients meet, on the node.
pub(super) const MPS_ROOT: &str = "/run/nvidia/mps";

/// The fields that have an option, each with all that it holds.
pub(super) const FIELDS: [&str; 10] = [
    "selector",
    "template.metadata.labels",
    "template.spec.containers[nvidia-device-plugin].env",
    "template.spec.containers[nvidia-device-plugin].imagePullPolicy",
    "template.spec.containers[nvidia-device-plugin].resources",
    "template.spec.imagePullSecrets",
    "template.spec.nodeSelector",
    "template.spec.priorityClassName",
    "template.spec.runtimeClassName",
    "template.spec.tolerations",
];

pub(super) fn device_plugin(options: &DevicePluginOptions, config: &PluginConfig) -> Value {
    let mut container = json!({
        "name": "nvidia-device-plugin",
        "image": options.image,
        "command": ["nvidia-device-plugin"],
        "env": env(options, config),
        "securityContext": security_context(options, config),
        "volumeMounts": volume_mounts(config),
    });
    common_fields(options, &mut container);
    let name = format!("{}-{}", options.name, config.name);
    daemon_set(
        options,
        config,
        &name,
        &config.name,
        json!({
            "containers": [container],
            "volumes": volumes(options, config),
        }),
    )
}

/// A DaemonSet on the nodes of a configuration, with what all of ours have in common; `pod` is the rest.
pub(super) fn daemon_set(
    options: &DevicePluginOptions,
    config: &PluginConfig,
    name: &str,
    component: &str,
    mut pod: Value,
) -> Value {
    let mut node_selector = options.node_selector.clone();
    node_selector.insert(DEVICE_PLUGIN_LABEL.to_owned(), config.name.clone());
    pod["serviceAccountName"] = json!(options.name);
    pod["nodeSelector"] = json!(node_selector);
    pod["tolerations"] = json!(tolerations(options));
    optional(&mut pod, "priorityClassName", options.priority_class.as_ref());
    optional(&mut pod, "runtimeClassName", options.runtime_class.as_ref());
    if !options.image_pull_secrets.is_empty() {
        let secrets: Vec<Value> = options
            .image_pull_secrets
            .iter()
            .map(|name| json!({"name": name}))
            .collect();
        pod["imagePullSecrets"] = Value::from(secrets);
    }
    let selector = selector(options, component);
    let mut pod_labels = options.labels.clone();
    pod_labels.extend(selector.clone());
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata(options, name),
        "spec": {
            "selector": {"matchLabels": selector},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {
                    "labels": pod_labels,
                    // The plugin reads its file once: a new file needs new pods.
                    "annotations": {"mig.eks/config-checksum": fingerprint(&config.file)},
                },
                "spec": pod,
            },
        },
    })
}

fn selector(options: &DevicePluginOptions, component: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("app.kubernetes.io/name".to_owned(), options.name.clone()),
        ("app.kubernetes.io/component".to_owned(), component.to_owned()),
    ])
}

pub(super) fn metadata(options: &DevicePluginOptions, name: &str) -> Value {
    let mut labels = options.labels.clone();
    labels.insert("app.kubernetes.io/name".to_owned(), options.name.clone());
    labels.insert(MANAGED_BY.to_owned(), "terraform-provider-mig".to_owned());
    let mut metadata = json!({"name": name, "namespace": options.namespace, "labels": labels});
    if !options.annotations.is_empty() {
        metadata["annotations"] = json!(options.annotations);
    }
    metadata
}

/// From the second version on every taint: the node selector names the layout's nodes, and a node whose plugin waits for
/// a taint to go is one whose slices never come, billed and never removed. A startup taint may even wait for the slices.
fn tolerations(options: &DevicePluginOptions) -> Vec<Toleration> {
    let mut tolerations = match options.render_version {
        DevicePluginVersion::V1 => vec![
            Toleration::exists("CriticalAddonsOnly", None),
            Toleration::exists(GPU_RESOURCE, Some("NoSchedule")),
        ],
        DevicePluginVersion::V2 => vec![Toleration::everything()],
    };
    for toleration in &options.tolerations {
        if !tolerations.contains(toleration) {
            tolerations.push(toleration.clone());
        }
    }
    tolerations
}

/// What every container of ours has beside its own fields.
pub(super) fn common_fields(options: &DevicePluginOptions, container: &mut Value) {
    optional(container, "imagePullPolicy", options.image_pull_policy.as_ref());
    if options.resources != Default::default() {
        container["resources"] = json!(options.resources);
    }
}

fn optional(object: &mut Value, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        object[key] = json!(value);
    }
}

/// The key in the ConfigMap, and the name of the mounted file.
pub(super) fn file_name(config: &PluginConfig) -> String {
    format!("{}.yaml", config.name)
}

/// Variables by name. `MIG_STRATEGY` says what the file says, for those who read the DaemonSet.
pub(super) fn own_env(config: &PluginConfig) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([
        (
            "CONFIG_FILE".to_owned(),
            format!("{CONFIG_FOLDER}/{}", file_name(config)),
        ),
        ("MIG_STRATEGY".to_owned(), config.strategy.as_str().to_owned()),
        (
            "NVIDIA_DRIVER_CAPABILITIES".to_owned(),
            "compute,utility".to_owned(),
        ),
        ("NVIDIA_VISIBLE_DEVICES".to_owned(), "all".to_owned()),
    ]);
    if config.strategy != PluginStrategy::None {
        env.insert("NVIDIA_MIG_MONITOR_DEVICES".to_owned(), "all".to_owned());
    }
    env
}

pub(super) fn env_list(env: BTreeMap<String, String>) -> Vec<Value> {
    env.into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

fn env(options: &DevicePluginOptions, config: &PluginConfig) -> Vec<Value> {
    let mut env = options.env.clone();
    env.extend(own_env(config));
    if config.sharing == Some(SharingStrategy::Mps) {
        env.insert("MPS_ROOT".to_owned(), MPS_ROOT.to_owned());
    }
    env_list(env)
}

/// Reading MIG devices takes SYS_ADMIN (NVIDIA/k8s-device-plugin issues 201, 229), and from container toolkit 1.18.0 to
/// 1.20.0 a privileged container: its default mode leaves the MIG capabilities out of others
/// (NVIDIA/nvidia-container-toolkit issue 1740). Without MIG nothing is needed.
pub(super) fn security_context(options: &DevicePluginOptions, config: &PluginConfig) -> Value {
    match (config.strategy, options.render_version) {
        (PluginStrategy::None, _) => {
            json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}})
        }
        (_, DevicePluginVersion::V1) => json!({"capabilities": {"add": ["SYS_ADMIN"]}}),
        (_, DevicePluginVersion::V2) => json!({"privileged": true}),
    }
}

fn volume_mounts(config: &PluginConfig) -> Vec<Value> {
    let mut mounts = vec![
        json!({"name": "kubelet-device-plugins", "mountPath": KUBELET_SOCKETS}),
        config_mount(),
    ];
    if config.sharing == Some(SharingStrategy::Mps) {
        mounts.extend(mps_mounts());
    }
    mounts
}

pub(super) fn config_mount() -> Value {
    json!({"name": "config", "mountPath": CONFIG_FOLDER, "readOnly": true})
}

pub(super) fn mps_mounts() -> [Value; 2] {
    [
        json!({"name": "mps-root", "mountPath": "/mps"}),
        json!({"name": "mps-shm", "mountPath": "/dev/shm"}),
    ]
}

fn volumes(options: &DevicePluginOptions, config: &PluginConfig) -> Vec<Value> {
    let sockets = json!({"path": KUBELET_SOCKETS, "type": "Directory"});
    let mut volumes = vec![
        json!({"name": "kubelet-device-plugins", "hostPath": sockets}),
        config_volume(options),
    ];
    if config.sharing == Some(SharingStrategy::Mps) {
        volumes.extend(mps_volumes());
    }
    volumes
}

pub(super) fn config_volume(options: &DevicePluginOptions) -> Value {
    json!({"name": "config", "configMap": Map::from_iter([("name".to_owned(), json!(options.name))])})
}

pub(super) fn mps_volumes() -> [Value; 2] {
    [
        json!({"name": "mps-root", "hostPath": {"path": MPS_ROOT, "type": "DirectoryOrCreate"}}),
        json!({"name": "mps-shm", "hostPath": {"path": format!("{MPS_ROOT}/shm")}}),
    ]
}
