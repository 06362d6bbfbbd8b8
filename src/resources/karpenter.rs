//! What the resources of Karpenter have in common: their life, by which the three differ only in their values.

mod dra;
mod found;
mod imported;
mod offers;
mod parts;
mod remote;
mod roll;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde_json::Value as Json;
use tfplug::{
    Attr, Context, CreateRequest, DeleteRequest, Diagnostic, Diagnostics, ImportTarget, Model, Path, Plan,
    ReadRequest, Resource, UpdateRequest, async_trait,
};

pub(crate) use dra::{never_initialised, wrong_node};
pub(crate) use found::{Found, attribute_of, attribute_path, timeout, wait_time};
pub use imported::Live;
pub(crate) use imported::{given, gives, imported, json_text, rest, without};
pub use offers::Places;
pub use parts::{
    AliasModel, NodeClassRefModel, NodePoolRefModel, RequirementModel, ReservationModel, TaintModel,
};
pub(crate) use parts::{check_agreement, followed, followed_layout, part};
pub(crate) use roll::changed_fields;

use crate::connections::Connections;
use crate::facts::{Facts, SharedFacts};
use crate::models::ClusterModel;
use crate::resources::manifests::remote::{self as objects, Provenance};
use crate::resources::manifests::{self, Key, ManifestModel, Renderable};

/// What Helm calls the gate without which Karpenter reads no overlay.
pub(crate) const OVERLAY_GATE: &str = "settings.featureGates.nodeOverlay=true";

/// What names an object of Karpenter for ever.
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
    /// When the layout or the options are at fault.
    fn refine<T>(plan: &mut Plan<Self, T>, facts: &Facts) -> Result<Diagnostics, Diagnostics>;

    /// The name; null while it is not given.
    fn name(&self) -> &Attr<String>;

    /// Values of which nothing is known but name and cluster, for an import.
    fn named(name: Attr<String>, cluster: Attr<ClusterModel>) -> Self;

    /// The same with the attributes that live objects were made from, and what may surprise. Where they do not follow for
    /// certain they are null, with a warning.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>);
}

/// What the shared life of the resources asks of one.
pub trait KarpenterObject: KarpenterModel + ManifestModel {
    /// What is looked for after an apply.
    fn settling(&self) -> Settling;

    /// The fields of an object whose change makes Karpenter replace nodes, `userData` or `template.spec.taints`.
    fn rolling(before: &Json, after: &Json) -> Vec<String>;

    /// What this one is nothing without, which Karpenter does not miss aloud.
    fn need(&self) -> Option<Need> {
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

/// One of the resources of Karpenter.
pub struct Karpenter<M> {
    facts: SharedFacts,
    model: PhantomData<fn() -> M>,
}

impl<M> Karpenter<M> {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self {
            facts,
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Karpenter<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Karpenter").field("facts", &self.facts).finish()
    }
}

#[async_trait]
impl<M: KarpenterObject> Resource for Karpenter<M> {
    type Provider = Connections;
    type Model = M;
    type Identity = KarpenterIdentity;
    type Private = Provenance;

    fn type_name(&self) -> &'static str {
        M::TYPE
    }

    fn validate(&self, config: &M, diags: &mut Diagnostics) {
        if let Attr::Known(cluster) = config.cluster() {
            cluster.validate(&Path::attr("cluster"), diags);
        }
        let mut findings = Diagnostics::new();
        config
            .clone()
            .without_references()
            .objects(&self.facts.get(), &mut findings);
        // The plan gives the warnings.
        diags.extend(findings.into_iter().filter(Diagnostic::is_error));
    }

    async fn plan(
        &self,
        cx: &Context<Connections>,
        plan: &mut Plan<M, Provenance>,
    ) -> Result<(), Diagnostics> {
        let mut faults = Diagnostics::new();
        plan.config.check_references(&mut faults);
        if faults.has_errors() {
            return Err(faults);
        }
        M::refine(plan, &self.facts.get())?
            .into_iter()
            .for_each(|warning| cx.warn(warning));
        let before = plan
            .prior
            .as_ref()
            .and_then(|prior| prior.manifests().known().cloned());
        objects::replace_if_moved(cx, plan).await?;
        objects::try_out(cx, &plan.planned, before.as_ref()).await?;
        remote::warn_of_rolling(cx, &plan.planned, before.as_ref()).await;
        remote::warn_of_missing_types(cx, &plan.planned, before.as_ref()).await;
        remote::warn_of_device_classes(cx, &plan.planned, before.as_ref()).await;
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<Connections>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let CreateRequest { planned, slot, .. } = request;
        let connection = objects::create(cx, &planned, slot).await?;
        remote::warn_if_missing(cx, &connection, &planned).await;
        let settled = remote::settle(cx, &connection, &planned).await;
        settled.map_err(objects::after_creation)
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<M>, Diagnostics> {
        let is_import = request.state.manifests().is_null();
        let seen = objects::read(cx, request.state, request.private).await?;
        match seen {
            Some(seen) if is_import => Ok(Some(remote::describe(cx, seen, &self.facts.get()).await)),
            seen => Ok(seen),
        }
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let UpdateRequest {
            prior, planned, slot, ..
        } = request;
        let connection = objects::update(cx, &prior, &planned, slot).await?;
        remote::warn_if_missing(cx, &connection, &planned).await;
        remote::settle(cx, &connection, &planned).await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        objects::delete(cx, &request.state, &request.private).await
    }

    fn identity(&self, state: &M) -> Option<KarpenterIdentity> {
        let (cluster_name, region) = match state.cluster() {
            Attr::Known(cluster) => (cluster.name.clone(), cluster.region.clone()),
            Attr::Unknown => (Attr::Unknown, Attr::Unknown),
            Attr::Null => (Attr::Null, Attr::Null),
        };
        Some(KarpenterIdentity {
            name: state.name().clone(),
            cluster_name,
            region,
        })
    }

    /// By `NAME` in the provider's cluster, or `CLUSTER/NAME` or `CLUSTER@REGION/NAME` in an EKS cluster.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<KarpenterIdentity>,
    ) -> Result<M, Diagnostics> {
        let (name, cluster, region) = match target {
            ImportTarget::Identity(identity) => (identity.name, identity.cluster_name, identity.region),
            ImportTarget::Id(text) => {
                let (cluster, name) = match text.split_once('/') {
                    Some((cluster, name)) => (Some(cluster), name),
                    None => (None, text.as_str()),
                };
                if name.is_empty() || name.contains('/') || cluster == Some("") {
                    return Err(manifests::bad_id(&text, "NAME").into());
                }
                let (cluster, region) = manifests::cluster_of_id(cluster);
                (name.into(), cluster, region)
            }
        };
        Ok(M::named(name, manifests::cluster_of_identity(cluster, region)))
    }
}
