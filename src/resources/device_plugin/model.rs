//! Schema, configuration, plan and state of `mig_device_plugin`.

use std::collections::BTreeMap;

use mig::manifests::{PULL_POLICIES, TAINT_EFFECTS, TOLERATION_OPERATORS};
use tfplug::schema::validators::{self, declared_one_of};
use tfplug::{Attr, Diagnostic, Model, Path};

use super::object;
use crate::models::{ClusterModel, LayoutModel};
use crate::resources::manifests::{Key, ManifestModel, Manifests};

/// NVIDIA's device plugin, which makes the slices of a cluster's nodes known to Kubernetes: a ServiceAccount, a
/// ConfigMap, and a DaemonSet for each way in which the layouts need the plugin configured, on the nodes of those
/// layouts. Applied server-side; only fields that are declared here are managed.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct DevicePluginModel {
    /// The cluster; the provider's `kubernetes` if left out. Another cluster replaces the objects; another way to
    /// reach the same cluster does not.
    #[attr(applying)]
    pub cluster: Attr<ClusterModel>,
    /// The layouts of the nodes that the plugin serves.
    #[attr(required, validate = validators::not_empty())]
    pub layouts: Attr<Vec<LayoutModel>>,
    /// Name of ServiceAccount and ConfigMap, and what the DaemonSets' names begin with.
    #[attr(default = "mig-device-plugin", replace)]
    pub name: Attr<String>,
    /// An existing namespace.
    #[attr(default = "kube-system", replace)]
    pub namespace: Attr<String>,
    /// Image, with tag or digest; for new plugins `nvcr.io/nvidia/k8s-device-plugin` in the newest version that the provider knows. An
    /// upgrade of the provider keeps the image in use. Nodes must be able to pull it: name a registry of your own for private clusters.
    #[attr(optional, computed, stable)]
    pub image: Attr<String>,
    /// When the image is pulled.
    #[attr(validate = declared_one_of(&PULL_POLICIES))]
    pub image_pull_policy: Attr<String>,
    /// Names of Secrets with which the image is pulled.
    pub image_pull_secrets: Attr<Vec<String>>,
    /// Tolerations of the DaemonSets in addition to their own. From `render_version` 2 on they tolerate every taint: their node
    /// selector names the layouts' nodes, and a taint that keeps the plugin away, be it a startup taint, keeps the slices
    /// away with it. In version 1 they tolerate `nvidia.com/gpu:NoSchedule` and `CriticalAddonsOnly`.
    pub tolerations: Attr<Vec<TolerationModel>>,
    /// Labels that nodes must have beside the layouts'.
    pub node_selector: Attr<BTreeMap<String, String>>,
    /// PriorityClass; empty for the default priority.
    #[attr(default = "system-node-critical")]
    pub priority_class_name: Attr<String>,
    /// RuntimeClass. On EKS images NVIDIA's runtime is the default one, so none is needed.
    pub runtime_class_name: Attr<String>,
    /// Requests and limits of each container.
    pub resources: Attr<ResourcesModel>,
    /// Label the nodes by what their GPUs and slices are (`nvidia.com/gpu.product`, `nvidia.com/mig-1g.10gb.count`), by NVIDIA's
    /// feature discovery. It needs Node Feature Discovery on the cluster, whose workers tolerate the layouts' taint and make
    /// the labels.
    #[attr(default = false)]
    pub feature_discovery: Attr<bool>,
    /// Further environment variables of the plugin.
    pub env: Attr<BTreeMap<String, String>>,
    /// Labels of all objects and pods.
    pub labels: Attr<BTreeMap<String, String>>,
    /// Annotations of all objects.
    pub annotations: Attr<BTreeMap<String, String>>,
    /// Further fields of the spec of the plugin's DaemonSets as a JSON object, for those that have no attribute here:
    /// `jsonencode({ minReadySeconds = 10 })`. Containers and volumes are merged by name. They are managed with what is
    /// rendered; a field that is rendered or has an attribute is refused. The DaemonSets of MPS and feature discovery do not get
    /// them.
    pub extra: Attr<String>,
    /// Take over fields that other managers hold, instead of reporting the conflict.
    #[attr(applying, default = false)]
    pub force_conflicts: Attr<bool>,
    /// Wait until the DaemonSets' pods are available on all nodes that they are for.
    #[attr(applying, default = false)]
    pub wait_for_rollout: Attr<bool>,
    /// How long `wait_for_rollout` waits, such as `10m`.
    #[attr(applying, default = "10m", validate = crate::duration::between("1s", "24h"), same_meaning = crate::duration::same)]
    pub rollout_timeout: Attr<String>,
    /// Version of the rendering of the objects: 1, or 2 (new ones). A new provider keeps the version in use, so that an
    /// upgrade restarts nothing. Version 2 tolerates every taint, and its containers are privileged where GPUs are cut: the
    /// NVIDIA container toolkit from 1.18.0 to 1.20.0, which images of EKS have, shows slices to no other container. A
    /// namespace that enforces Pod Security needs the level `privileged` in both versions.
    #[attr(applying, optional, computed, stable)]
    pub render_version: Attr<i64>,
    /// The fields of each object that are managed here, as JSON, by `KIND/NAME`.
    #[attr(
        computed,
        depends_on(
            "layouts",
            "image",
            "image_pull_policy",
            "image_pull_secrets",
            "tolerations",
            "node_selector",
            "priority_class_name",
            "runtime_class_name",
            "resources",
            "feature_discovery",
            "env",
            "labels",
            "annotations",
            "extra",
            "render_version"
        )
    )]
    pub manifests: Attr<BTreeMap<String, String>>,
    /// `NAMESPACE/NAME`.
    #[attr(computed, stable)]
    pub id: Attr<String>,
}

/// A toleration, in Kubernetes' words.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TolerationModel {
    /// Key of the taint; without one every key is tolerated, and the operator is `Exists`.
    pub key: Attr<String>,
    /// How the taint is compared; `Equal` if left out.
    #[attr(validate = declared_one_of(&TOLERATION_OPERATORS))]
    pub operator: Attr<String>,
    /// Value of the taint, under `Equal`.
    pub value: Attr<String>,
    /// Effect of the taint; all of them if left out.
    #[attr(validate = declared_one_of(&TAINT_EFFECTS))]
    pub effect: Attr<String>,
}

/// Requests and limits of a container.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ResourcesModel {
    /// What it is scheduled by: quantity by resource.
    pub requests: Attr<BTreeMap<String, String>>,
    /// What it may use: quantity by resource.
    pub limits: Attr<BTreeMap<String, String>>,
}

/// What names a device plugin permanently.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct DevicePluginIdentity {
    /// Namespace.
    #[attr(required)]
    pub namespace: Attr<String>,
    /// Name.
    #[attr(required)]
    pub name: Attr<String>,
    /// EKS cluster; the provider's `kubernetes` if left out.
    pub cluster_name: Attr<String>,
    /// Region of the EKS cluster.
    pub region: Attr<String>,
}

impl ManifestModel for DevicePluginModel {
    const TYPE: &'static str = "mig_device_plugin";
    const PARTS: &'static str = "layouts";

    fn cluster(&self) -> &Attr<ClusterModel> {
        &self.cluster
    }

    fn namespace(&self) -> Option<&str> {
        self.namespace.as_str()
    }

    fn manifests(&self) -> &Attr<Manifests> {
        &self.manifests
    }

    fn with_manifests(&self, manifests: Manifests) -> Self {
        Self {
            manifests: manifests.into(),
            ..self.clone()
        }
    }

    fn force(&self) -> bool {
        self.force_conflicts.known() == Some(&true)
    }

    fn object_id(&self) -> String {
        self.id.as_str().unwrap_or_default().to_owned()
    }

    fn roots(&self) -> Vec<Key> {
        object::roots(self.name.as_str().unwrap_or_default())
    }

    fn undone_by_others(
        &self,
        key: &Key,
        desired: &serde_json::Value,
        live: &serde_json::Value,
    ) -> Option<Diagnostic> {
        object::turned_off(key, desired, live)
    }

    fn attribute_of(field: &str) -> Path {
        object::attribute(field).map_or_else(Path::root, Path::attr)
    }

    fn branches(&self, root: &Key, live: &serde_json::Value) -> Vec<Key> {
        match root.resource().kind {
            "ConfigMap" => object::daemon_sets(root.name(), live),
            _ => Vec::new(),
        }
    }
}
