//! What the resources of Karpenter have in common beyond the life of all resources on Kubernetes.

mod dra;
mod found;
mod lost;
mod offers;
mod parts;
mod remote;
mod roll;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Model, Plan, async_trait};

pub(crate) use dra::{never_initialised, wrong_node};
pub(crate) use found::{Found, attribute_of, attribute_path, timeout, wait_time};
pub use offers::Places;
pub use parts::{
    AliasModel, NodeClassRefModel, NodePoolRefModel, RequirementModel, ReservationModel, TaintModel,
};
pub(crate) use parts::{check_agreement, followed, followed_layout, part};
pub(crate) use remote::{Wanted, list};
pub(crate) use roll::changed_fields;

use crate::connections::Connections;
use crate::facts::Facts;
use crate::kube::{Connection, Resource};
use crate::models::ClusterModel;
use crate::resources::manifests::remote::Provenance;
use crate::resources::manifests::{Importable, Key, ManifestLife, Named, Renderable};

/// What Helm calls the gate without which Karpenter reads no overlay.
pub(crate) const OVERLAY_GATE: &str = "settings.featureGates.nodeOverlay=true";

/// What names an object of Karpenter permanently.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct KarpenterIdentity {
    /// Name.
    #[attr(required)]
    pub name: Attr<String>,
    /// EKS cluster; the provider's `kubernetes` if left out.
    pub cluster_name: Attr<String>,
    /// Region of the EKS cluster.
    pub region: Attr<String>,
}

/// What is looked for once the objects are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// Nothing.
    Nothing,
    /// The condition `Ready` of each.
    Ready(Duration),
    /// Whether Karpenter reads overlays and takes these.
    Acceptance(Duration),
}

/// The values of one of the resources. Everything here is pure.
pub trait KarpenterModel: Renderable + fmt::Debug {
    /// Gives what is known already: the objects.
    ///
    /// # Errors
    /// When the layout or the options are invalid.
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics>;

    /// The name; null while it is not given.
    fn name(&self) -> &Attr<String>;

    /// Values of which nothing is known but name and cluster, for an import.
    fn named(name: Attr<String>, cluster: Attr<ClusterModel>) -> Self;
}

/// What the shared life of the resources asks of one.
pub trait KarpenterObject: KarpenterModel + Importable {
    /// The kind of its objects.
    const KIND: Resource;

    /// The name under which the resource of a live object is imported; none where no resource has such an object.
    fn name_of(live: &Json) -> Option<String> {
        Some(live.pointer("/metadata/name")?.as_str()?.to_owned())
    }

    /// Whether a live object is of our rendering, whoever applied it.
    fn is_rendered(live: &Json, facts: &Facts) -> bool;

    /// What is looked for after an apply.
    fn settling(&self) -> Settling;

    /// The fields of an object whose change makes Karpenter replace nodes, `userData` or `template.spec.taints`.
    fn rolling(before: &Json, after: &Json) -> Vec<String>;

    /// Another object that this one depends on. Karpenter does not report it when it is missing.
    fn need(&self) -> Option<Need> {
        None
    }

    /// The resources that its nodes have, where they follow from it and are known.
    fn resources(&self, facts: &Facts) -> Option<BTreeSet<String>> {
        let _ = facts;
        None
    }

    /// What the DeviceClasses of the cluster mean for an object of this kind, if anything.
    fn with_device_classes(object: &Json, classes: &[Json]) -> Option<Diagnostic> {
        let _ = (object, classes);
        None
    }

    /// Where an object of this kind wants nodes of which types, if it says so.
    fn places(object: &Json) -> Option<Places> {
        let _ = object;
        None
    }
}

/// Another object, by whose name this one is tied to it.
#[derive(Debug)]
pub struct Need {
    /// The object.
    pub(crate) key: Key,
    /// The attribute that names it.
    pub(crate) attribute: &'static str,
    /// What becomes of this one while it is not there.
    pub(crate) without: &'static str,
}

#[async_trait]
impl<M: KarpenterObject> ManifestLife for M {
    type Identity = KarpenterIdentity;

    const ID: &'static str = "NAME";

    fn refine(plan: &mut Plan<Self, Provenance>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        <M as KarpenterModel>::refine(plan, facts)
    }

    fn identity(&self, cluster_name: Attr<String>, region: Attr<String>) -> KarpenterIdentity {
        KarpenterIdentity {
            name: self.name().clone(),
            cluster_name,
            region,
        }
    }

    fn named(parts: &[Attr<String>], cluster: Attr<ClusterModel>) -> Self {
        let name = parts.first().cloned().unwrap_or_default();
        <M as KarpenterModel>::named(name, cluster)
    }

    fn parts(identity: KarpenterIdentity) -> Named {
        Named {
            parts: vec![identity.name],
            cluster_name: identity.cluster_name,
            region: identity.region,
        }
    }

    async fn warn_at_plan(cx: &Context<Connections>, planned: &Self, prior: Option<&Self>, facts: &Facts) {
        let before = prior.and_then(|prior| prior.manifests().known());
        remote::warn_of_rolling(cx, planned, before, facts).await;
        remote::warn_of_missing_types(cx, planned, before).await;
        remote::warn_of_device_classes(cx, planned, before).await;
    }

    async fn settle(
        cx: &Context<Connections>,
        connection: &Connection,
        planned: &Self,
    ) -> Result<(), Diagnostics> {
        remote::warn_if_missing(cx, connection, planned).await;
        remote::settle(cx, connection, planned).await
    }

    async fn tied(cx: &Context<Connections>, connection: &Connection, own: &[Json]) -> Vec<Json> {
        remote::tied::<M>(cx, connection, own).await
    }
}
