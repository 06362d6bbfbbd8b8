//! What can be chosen about the device plugin, and what cannot.

use std::collections::BTreeMap;

use super::{DEFAULT_IMAGE, DevicePluginVersion};
use crate::finding::{Collector, FieldPath, Finding};
use crate::layout::{DEVICE_PLUGIN_LABEL, Layout, Strategy};
use crate::manifests::MANAGED_BY;
use crate::manifests::extra::Extra;
use crate::manifests::kubernetes::{PULL_POLICIES, ResourceRequirements, Toleration, is_env_name};

/// Room for what follows the name in a DaemonSet's: `-single-0123456789ab-mps`.
const LONGEST_NAME: usize = 39;

/// What the layout decides. The plugin reads its environment before its file, so one of these would win silently.
const OWN_ENV: [&str; 6] = [
    "CONFIG_FILE",
    "MIG_STRATEGY",
    "MPS_ROOT",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_MIG_MONITOR_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
];

/// Labels by which the DaemonSets know their pods.
pub(super) const OWN_LABELS: [&str; 3] = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/component",
    MANAGED_BY,
];

/// How the device plugin is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePluginOptions {
    /// Which objects.
    pub render_version: DevicePluginVersion,
    /// Name of ServiceAccount and ConfigMap, and what the DaemonSets' names begin with.
    pub name: String,
    /// An existing namespace.
    pub namespace: String,
    /// Image with tag or digest.
    pub image: String,
    /// `Always`, `IfNotPresent` or `Never`; none leaves it to Kubernetes.
    pub image_pull_policy: Option<String>,
    /// Names of Secrets in the namespace.
    pub image_pull_secrets: Vec<String>,
    /// Tolerations beside the plugin's own.
    pub tolerations: Vec<Toleration>,
    /// Labels that nodes must have beside the layout's.
    pub node_selector: BTreeMap<String, String>,
    /// PriorityClass; none for the default priority.
    pub priority_class: Option<String>,
    /// RuntimeClass; none where `nvidia` is the node's default runtime, as on EKS images.
    pub runtime_class: Option<String>,
    /// Requests and limits of each container.
    pub resources: ResourceRequirements,
    /// Label the nodes by what their GPUs and slices are. Node Feature Discovery has to be there.
    pub feature_discovery: bool,
    /// Further environment variables of the plugin.
    pub env: BTreeMap<String, String>,
    /// Labels of all objects and pods.
    pub labels: BTreeMap<String, String>,
    /// Annotations of all objects.
    pub annotations: BTreeMap<String, String>,
    /// Further fields of the spec of the plugin's own DaemonSets, not of those of MPS and feature discovery.
    pub extra: Extra,
}

impl Default for DevicePluginOptions {
    fn default() -> Self {
        Self {
            render_version: DevicePluginVersion::default(),
            name: "mig-device-plugin".to_owned(),
            namespace: "kube-system".to_owned(),
            image: DEFAULT_IMAGE.to_owned(),
            image_pull_policy: None,
            image_pull_secrets: Vec::new(),
            tolerations: Vec::new(),
            node_selector: BTreeMap::new(),
            priority_class: Some("system-node-critical".to_owned()),
            runtime_class: None,
            resources: ResourceRequirements::default(),
            feature_discovery: false,
            env: BTreeMap::new(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            extra: Extra::new(),
        }
    }
}

pub(super) fn check(layouts: &[Layout], options: &DevicePluginOptions) -> Vec<Finding> {
    let mut checks = Collector::default();
    if layouts.is_empty() {
        checks.fault(
            "layouts",
            "No layout is given".to_owned(),
            "Give the layouts of the nodes that the plugin serves.",
        );
    }
    checks.dns_label("name", &options.name, LONGEST_NAME);
    checks.dns_label("namespace", &options.namespace, 63);
    checks.image(&options.image);
    check_suffixes(&mut checks, layouts, &options.image);
    for name in options.priority_class.iter() {
        checks.dns_subdomain("priority_class", name);
    }
    for name in options.runtime_class.iter() {
        checks.dns_subdomain("runtime_class", name);
    }
    for name in &options.image_pull_secrets {
        checks.dns_subdomain("image_pull_secrets", name);
    }
    checks.tolerations(&options.tolerations);
    checks.quantities(&options.resources);
    checks.labels("node_selector", &options.node_selector);
    checks.labels("labels", &options.labels);
    checks.annotations("annotations", &options.annotations);
    check_pull_policy(&mut checks, options);
    check_own(&mut checks, options);
    checks.faults
}

/// The first release that distinguishes profiles with a suffix from those without (`1g.10gb+me` from `1g.10gb`;
/// NVIDIA/k8s-device-plugin issue 1462).
const KNOWS_SUFFIXES: (u32, u32) = (0, 20);

fn check_suffixes(checks: &mut Collector, layouts: &[Layout], image: &str) {
    let Some((major, minor)) = release(image).filter(|release| *release < KNOWS_SUFFIXES) else {
        return;
    };
    let mut slices = layouts
        .iter()
        .filter(|layout| layout.strategy() == Strategy::Mixed)
        .flat_map(Layout::nodes)
        .flat_map(|node| node.slices().into_keys());
    if let Some(profile) = slices.find(|profile| profile.attribute.is_some()) {
        let summary = format!("v{major}.{minor} of the device plugin does not know {profile}");
        let detail = format!(
            "It mistakes the slice for one without the suffix, so no node ever has {}. Use an image from v0.20.0 on, such as \
             {DEFAULT_IMAGE}.",
            profile.resource_name()
        );
        checks.fault("image", summary, detail);
    }
}

/// Major and minor number of an image's tag, where it is a release: `...:v0.19.3` and `...:v0.19.3-ubi9`.
fn release(image: &str) -> Option<(u32, u32)> {
    let (_, tag) = image.rsplit_once(":v")?;
    let mut numbers = tag.split(['.', '-', '@']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn check_pull_policy(checks: &mut Collector, options: &DevicePluginOptions) {
    let Some(policy) = &options.image_pull_policy else {
        return;
    };
    if !PULL_POLICIES.contains(&policy.as_str()) {
        let detail = "It is \"Always\", \"IfNotPresent\" or \"Never\".";
        checks.fault(
            "image_pull_policy",
            format!("{policy:?} is not a pull policy"),
            detail,
        );
    }
}

/// What is derived from the layouts cannot be set beside them.
fn check_own(checks: &mut Collector, options: &DevicePluginOptions) {
    for name in options.env.keys() {
        if OWN_ENV.contains(&name.as_str()) {
            let detail =
                "The layout decides it, and the plugin's environment would silently win over its file.";
            checks.fault(
                FieldPath::of("env").key(name),
                format!("{name} cannot be set"),
                detail,
            );
        } else if !is_env_name(name) {
            let detail = "It consists of letters, digits and '_', and does not begin with a digit.";
            checks.fault(
                FieldPath::of("env").key(name),
                format!("{name:?} is not the name of a variable"),
                detail,
            );
        }
    }
    for key in OWN_LABELS.iter().filter(|key| options.labels.contains_key(**key)) {
        let detail = "The DaemonSets find their pods by it. Choose another key.";
        checks.fault(
            FieldPath::of("labels").key(key),
            format!("The label {key} cannot be set"),
            detail,
        );
    }
    if options.node_selector.contains_key(DEVICE_PLUGIN_LABEL) {
        let detail = "Each DaemonSet selects by it the nodes whose layout it is configured for.";
        checks.fault(
            FieldPath::of("node_selector").key(DEVICE_PLUGIN_LABEL),
            format!("{DEVICE_PLUGIN_LABEL} cannot be set"),
            detail,
        );
    }
}
