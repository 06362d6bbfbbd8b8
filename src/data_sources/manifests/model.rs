//! Configuration and result of `data.mig_manifests`.

use std::collections::BTreeMap;

use tfplug::{Attr, Model};

use crate::resources::device_plugin::DevicePluginModel;
use crate::resources::karpenter_nodeclass::NodeClassModel;
use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
use crate::resources::karpenter_nodepool::NodePoolModel;
use crate::resources::manifests::WithoutApplying;

/// The objects of `mig_karpenter_nodeclass`, `mig_karpenter_nodepool`, `mig_karpenter_nodeoverlay` and
/// `mig_device_plugin` as YAML, for those who apply them by Argo CD, Flux or `kubectl apply --server-side`. The same objects as
/// the resources apply, with the same checks. Needs neither cluster nor credentials.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ManifestsData {
    #[attr(flatten)]
    pub(super) given: ManifestsInput,
    /// All objects as one stream, in the order in which they are to be applied. The same configuration gives the same
    /// bytes in every release of the provider.
    #[attr(computed)]
    pub yaml: Attr<String>,
    /// Each object by itself, by the name of a file for it: `nodepool-NAME.yaml`.
    #[attr(computed)]
    pub files: Attr<BTreeMap<String, String>>,
}

/// What is to be rendered.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ManifestsInput {
    /// Version of the rendering, from 1 to 3; 3 for new objects. A data source has no state that could keep the version in use, so
    /// that it is named here: with another one, objects change and nodes roll.
    #[attr(required)]
    pub render_version: Attr<i64>,
    /// Nodes for Karpenter: class, pool and overlays, of which each follows from the one before.
    pub pools: Attr<Vec<PoolInput>>,
    /// The device plugin.
    pub device_plugin: Attr<WithoutApplying<DevicePluginModel>>,
}

/// A pool of nodes for Karpenter. What is left out is not rendered.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct PoolInput {
    /// The class of the nodes, as `mig_karpenter_nodeclass` accepts it.
    pub nodeclass: Attr<WithoutApplying<NodeClassModel>>,
    /// The pool, as `mig_karpenter_nodepool` accepts it. `{}` follows from the class.
    pub nodepool: Attr<WithoutApplying<NodePoolModel>>,
    /// What its nodes offer, as `mig_karpenter_nodeoverlay` accepts it. `{}` follows from the pool.
    pub nodeoverlay: Attr<WithoutApplying<NodeOverlayModel>>,
}
