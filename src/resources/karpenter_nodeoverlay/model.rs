//! Schema, configuration, plan and state of `mig_karpenter_nodeoverlay`.

use std::collections::BTreeMap;
use std::time::Duration;

use mig::manifests::karpenter::{choices, labels};
use serde_json::Value as Json;
use tfplug::schema::validators::declared_between;
use tfplug::{Attr, Diagnostic, Model, Path};

use crate::facts::Facts;
use crate::kube::{Resource, kinds};
use crate::models::{ClusterModel, LayoutModel};
use crate::resources::karpenter::{
    KarpenterObject, Need, NodePoolRefModel, RequirementModel, Settling, attribute_of, never_initialised,
    timeout, wait_time,
};
use crate::resources::manifests::{Key, ManifestModel, Manifests};

/// Karpenter's NodeOverlay objects of a pool: what each of its nodes will offer, so that a pod that asks for a slice
/// brings one up. One object for each group of instance types that offer the same.
///
/// Karpenter reads overlays only with its feature gate on: Helm value `settings.featureGates.nodeOverlay=true`. A change
/// of an overlay rolls no node.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(json_in = "spec")]
pub struct NodeOverlayModel {
    /// The pool: `mig_karpenter_nodepool.NAME` whole.
    #[attr(required, reference, no_json)]
    pub nodepool: Attr<NodePoolRefModel>,
    /// What the objects' names begin with; the pool's name if left out.
    #[attr(optional, computed, replace, depends_on("nodepool"), no_json)]
    pub name: Attr<String>,
    /// The cluster; the pool's, or else the provider's `kubernetes`, if left out. Another cluster
    /// replaces the object; another way to reach the same cluster does not.
    #[attr(applying, optional, computed, depends_on("nodepool"), no_json)]
    pub cluster: Attr<ClusterModel>,
    /// The layout of the pool's nodes; the pool's if left out.
    #[attr(optional, computed, depends_on("nodepool"), no_json)]
    pub layout: Attr<LayoutModel>,
    /// Labels of the objects.
    #[attr(json = "metadata.labels")]
    pub labels: Attr<BTreeMap<String, String>>,
    /// Annotations of the objects.
    #[attr(json = "metadata.annotations")]
    pub annotations: Attr<BTreeMap<String, String>>,
    /// Weight of the first object; the others follow upwards. Derived from the pool's name if left out.
    #[attr(validate = declared_between(choices::OVERLAY_WEIGHT.0, choices::OVERLAY_WEIGHT.1))]
    pub weight: Attr<i64>,
    /// Further requirements, which narrow the nodes that are described.
    pub requirements: Attr<Vec<RequirementModel>>,
    /// Further extended resources of each node: quantity by name.
    pub capacity: Attr<BTreeMap<String, String>>,
    /// Price in US dollars per hour that Karpenter uses; not together with `price_adjustment`.
    pub price: Attr<String>,
    /// What Karpenter adds to the price that it knows, such as `+10%` or `-0.5`.
    pub price_adjustment: Attr<String>,
    /// Take over fields that other managers hold, instead of reporting the conflict.
    #[attr(applying, default = false, no_json)]
    pub force_conflicts: Attr<bool>,
    /// How long an apply waits until Karpenter has read the overlays; `0s` does not wait.
    #[attr(applying, default = "30s", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub acceptance_timeout: Attr<String>,
    /// How long an apply waits for the cluster to know NodeOverlay, whose chart the same apply may install.
    #[attr(applying, default = "2m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub crd_timeout: Attr<String>,
    /// The fields of each object that are managed here, as JSON, by `KIND/NAME`.
    #[attr(computed)]
    pub manifests: Attr<BTreeMap<String, String>>,
    /// The name.
    #[attr(computed, stable)]
    pub id: Attr<String>,
}

impl ManifestModel for NodeOverlayModel {
    const TYPE: &'static str = "mig_karpenter_nodeoverlay";
    const MISSING_KIND: &'static str = "It comes with Karpenter from 1.7 on: install or upgrade the Helm chart karpenter, \
        or karpenter-crd where the CRDs are kept apart, and set the value settings.featureGates.nodeOverlay=true. Where \
        this apply installs it, let this resource depend on it, or raise crd_timeout.";

    fn cluster(&self) -> &Attr<ClusterModel> {
        &self.cluster
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
        self.name.as_str().unwrap_or_default().to_owned()
    }

    fn roots(&self) -> Vec<Key> {
        Vec::new()
    }

    fn listed(&self) -> Option<Resource> {
        Some(kinds::NODE_OVERLAY)
    }

    /// By its name, and since it was made here: other pools' names may begin alike.
    fn is_part(&self, live: &Json) -> bool {
        Self::name_of(live).is_some_and(|name| name == self.object_id())
    }

    fn attribute_of(field: &str) -> Path {
        attribute_of::<Self>(field)
    }

    fn crd_timeout(&self) -> Duration {
        timeout(&self.crd_timeout, 120)
    }
}

/// The first instance type that an overlay describes, by which it is named.
fn first_type(live: &Json) -> Option<&str> {
    let all = live.pointer("/spec/requirements")?.as_array()?;
    let types = all
        .iter()
        .find(|requirement| requirement["key"] == labels::INSTANCE_TYPE)?;
    types.pointer("/values/0")?.as_str()
}

impl KarpenterObject for NodeOverlayModel {
    const KIND: Resource = kinds::NODE_OVERLAY;

    /// What its name begins with, before the first of its instance types.
    fn name_of(live: &Json) -> Option<String> {
        let name = live.pointer("/metadata/name")?.as_str()?;
        let start = name
            .strip_suffix(&first_type(live)?.replace('.', "-"))?
            .strip_suffix('-')?;
        (!start.is_empty()).then(|| start.to_owned())
    }

    fn is_rendered(live: &Json, _: &Facts) -> bool {
        let capacity = live.pointer("/spec/capacity").and_then(Json::as_object);
        capacity.is_some_and(|capacity| capacity.keys().any(|name| name.starts_with("nvidia.com/")))
    }

    fn settling(&self) -> Settling {
        match timeout(&self.acceptance_timeout, 30) {
            Duration::ZERO => Settling::Nothing,
            time => Settling::Acceptance(time),
        }
    }

    fn rolling(_: &Json, _: &Json) -> Vec<String> {
        Vec::new()
    }

    fn with_device_classes(object: &Json, classes: &[Json]) -> Option<Diagnostic> {
        never_initialised(object, classes)
    }

    fn need(&self) -> Option<Need> {
        Some(Need {
            key: Key::new("NodePool", self.nodepool.known()?.name.as_str()?)?,
            attribute: "nodepool",
            without: "Karpenter accepts the overlay without a word, and it describes no node.",
        })
    }
}
