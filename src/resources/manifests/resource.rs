//! The life of a resource on Kubernetes: all of them plan, apply, read, import and delete their objects in this way.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value as Json;
use tfplug::{
    Attr, Context, CreateRequest, DeleteRequest, Diagnostic, Diagnostics, ImportTarget, Model, Path, Plan,
    ReadRequest, Resource, UpdateRequest, async_trait,
};

use super::remote::{self, Provenance};
use super::{Importable, bad_id, cluster_of_id, cluster_of_identity};
use crate::connections::Connections;
use crate::facts::{Facts, SharedFacts};
use crate::kube::Connection;
use crate::models::ClusterModel;

/// What the life of one resource has of its own.
#[async_trait]
pub trait ManifestLife: Importable + fmt::Debug {
    /// What names the object permanently.
    type Identity: Model;

    /// The form of the import ID within a cluster, such as `NAMESPACE/NAME`.
    const ID: &'static str;

    /// Completes a plan: the objects, where they are known.
    ///
    /// # Errors
    /// When the layout or the options are invalid.
    fn refine(plan: &mut Plan<Self, Provenance>, facts: &Facts) -> Result<Diagnostics, Diagnostics>;

    /// The identity; `cluster_name` and `region` are those of the cluster.
    fn identity(&self, cluster_name: Attr<String>, region: Attr<String>) -> Self::Identity;

    /// Values of which nothing is known but the parts of an import ID, as many as [`ManifestLife::ID`] has, and the cluster.
    fn named(parts: &[Attr<String>], cluster: Attr<ClusterModel>) -> Self;

    /// What an identity names.
    fn parts(identity: Self::Identity) -> Named;

    /// Warns at plan of what is on the cluster, or is not, so that the objects will not do what they are for.
    async fn warn_at_plan(cx: &Context<Connections>, planned: &Self, prior: Option<&Self>, facts: &Facts);

    /// Looks what became of applied objects, as far as the user asked for that.
    ///
    /// # Errors
    /// When they do not come to what was waited for.
    async fn settle(
        cx: &Context<Connections>,
        connection: &Connection,
        planned: &Self,
    ) -> Result<(), Diagnostics>;

    /// Further live objects by which an import finds what its own were made from; the nearest first.
    async fn tied(cx: &Context<Connections>, connection: &Connection, own: &[Json]) -> Vec<Json>;
}

/// What is imported.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    /// The parts of the import ID within the cluster.
    pub parts: Vec<Attr<String>>,
    /// The EKS cluster; null for the provider's.
    pub cluster_name: Attr<String>,
    /// Its region.
    pub region: Attr<String>,
}

/// A resource whose remote objects are Kubernetes objects.
pub struct ManifestResource<M> {
    facts: SharedFacts,
    model: PhantomData<fn() -> M>,
}

impl<M> ManifestResource<M> {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self {
            facts,
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for ManifestResource<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ManifestResource")
            .field("facts", &self.facts)
            .finish()
    }
}

#[async_trait]
impl<M: ManifestLife> Resource for ManifestResource<M> {
    type Provider = Connections;
    type Model = M;
    type Identity = M::Identity;
    type Private = Provenance;

    fn type_name(&self) -> &'static str {
        M::TYPE
    }

    fn validate(&self, config: &M, diags: &mut Diagnostics) {
        if let Attr::Known(cluster) = config.cluster() {
            cluster.validate(&Path::attr("cluster"), diags);
        }
        let mut findings = Diagnostics::new();
        // What is deferred or invalid is judged by the errors alone.
        let _ = config
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
        let facts = self.facts.get();
        M::refine(plan, &facts)?
            .into_iter()
            .for_each(|warning| cx.warn(warning));
        let before = plan.prior.as_ref();
        let before = before.and_then(|prior| prior.manifests().known().cloned());
        remote::replace_if_moved(cx, plan).await?;
        remote::try_out(cx, &plan.planned, before.as_ref()).await?;
        M::warn_at_plan(cx, &plan.planned, plan.prior.as_ref(), &facts).await;
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<Connections>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let CreateRequest { planned, slot, .. } = request;
        let connection = remote::create(cx, &planned, slot).await?;
        let settled = M::settle(cx, &connection, &planned).await;
        settled.map_err(remote::after_creation)
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<M>, Diagnostics> {
        remote::read_or_import(cx, request.state, request.private, &self.facts.get()).await
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let UpdateRequest {
            prior, planned, slot, ..
        } = request;
        let connection = remote::update(cx, &prior, &planned, slot).await?;
        M::settle(cx, &connection, &planned).await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        remote::delete(cx, &request.state, &request.private).await
    }

    fn identity(&self, state: &M) -> Option<M::Identity> {
        let (cluster_name, region) = match state.cluster() {
            Attr::Known(cluster) => (cluster.name.clone(), cluster.region.clone()),
            Attr::Unknown => (Attr::Unknown, Attr::Unknown),
            Attr::Null => (Attr::Null, Attr::Null),
        };
        Some(state.identity(cluster_name, region))
    }

    /// By [`ManifestLife::ID`] in the provider's cluster, or with `CLUSTER/` or `CLUSTER@REGION/` before it in an EKS
    /// cluster.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<M::Identity>,
    ) -> Result<M, Diagnostics> {
        let named = match target {
            ImportTarget::Identity(identity) => M::parts(identity),
            ImportTarget::Id(text) => by_text(&text, M::ID)?,
        };
        let cluster = cluster_of_identity(named.cluster_name, named.region);
        Ok(M::named(&named.parts, cluster))
    }
}

/// What an import ID names.
fn by_text(text: &str, form: &str) -> Result<Named, Diagnostic> {
    let expected = form.split('/').count();
    let parts: Vec<&str> = text.split('/').collect();
    let more = parts.len().checked_sub(expected);
    let (Some(more @ 0..=1), false) = (more, parts.iter().any(|part| part.is_empty())) else {
        return Err(bad_id(text, form));
    };
    let (cluster, own) = parts.split_at(more);
    let (cluster_name, region) = cluster_of_id(cluster.first().copied());
    Ok(Named {
        parts: own.iter().map(|part| Attr::from(*part)).collect(),
        cluster_name,
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids_name_the_object_and_its_cluster() {
        let read = |text: &str, form: &str| {
            let named = by_text(text, form).ok()?;
            let parts: Vec<_> = named
                .parts
                .iter()
                .filter_map(|part| Some(part.as_str()?.to_owned()))
                .collect();
            let word = |attr: &Attr<String>| attr.as_str().unwrap_or("-").to_owned();
            Some(format!(
                "{} {} {}",
                parts.join("+"),
                word(&named.cluster_name),
                word(&named.region)
            ))
        };
        let cases = [
            ("a", "NAME", Some("a - -")),
            ("prod/a", "NAME", Some("a prod -")),
            ("prod@eu-west-1/a", "NAME", Some("a prod eu-west-1")),
            ("kube-system/a", "NAMESPACE/NAME", Some("kube-system+a - -")),
            (
                "prod@eu-west-1/kube-system/a",
                "NAMESPACE/NAME",
                Some("kube-system+a prod eu-west-1"),
            ),
            ("", "NAME", None),
            ("prod/", "NAME", None),
            ("/a", "NAME", None),
            ("x/prod/a", "NAME", None),
            ("a", "NAMESPACE/NAME", None),
            ("w/x/y/z", "NAMESPACE/NAME", None),
            ("prod//a", "NAMESPACE/NAME", None),
        ];
        for (text, form, expected) in cases {
            assert_eq!(read(text, form).as_deref(), expected, "{text}");
        }
    }
}
