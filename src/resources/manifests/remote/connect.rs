//! The way to a resource's cluster, and failures on it as the user sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path, Plan};

use super::super::ManifestModel;
use super::super::object::Key;
use crate::connections::{ClusterChoice, Connections};
use crate::kube::{ClusterSpec, Connection, KubeError, KubeErrorKind, Place};
use crate::models::ClusterModel;

/// The name under which our fields are managed.
pub(crate) const FIELD_MANAGER: &str = "terraform-provider-mig";

/// The resource's cluster; at apply all of it is known.
pub(super) fn cluster(
    cx: &Context<Connections>,
    cluster: &Attr<ClusterModel>,
) -> Result<Box<ClusterSpec>, Diagnostics> {
    match cx.provider()?.cluster(cluster)? {
        ClusterChoice::Known(spec) => Ok(spec),
        ClusterChoice::Unreadable(why) => Err(why),
        ClusterChoice::Unknown => Err(Diagnostic::bug("The cluster is still unknown at apply.").into()),
    }
}

/// A connection to it.
pub(crate) async fn connect(
    cx: &Context<Connections>,
    spec: &ClusterSpec,
) -> Result<Arc<Connection>, Diagnostics> {
    let connection = cx.provider()?.connect(spec, cx.cancel()).await;
    connection.map_err(|error| unusable(&error).into())
}

/// What is remembered beside the state. The region in which the cluster was last seen: a cluster without a region is in the
/// provider's, which may change. The UIDs of our objects: a later object of the same name may belong to another tool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    uids: BTreeMap<String, String>,
    /// What the API server is known by, where a kubeconfig led to it: the same file by another path, or the context that was
    /// the current one and is named now, leads to the same cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
}

impl Provenance {
    /// The same, with the region where the cluster is now.
    pub(super) async fn moved_to(
        self,
        cx: &Context<Connections>,
        spec: &ClusterSpec,
    ) -> Result<Self, Diagnostics> {
        let region = region_now(cx, spec).await?;
        let server = spec.place().server_id();
        Ok(Self {
            region,
            server,
            ..self
        })
    }

    /// The UID of an object of ours, if it was ever seen.
    pub(super) fn uid(&self, key: &Key) -> Option<&str> {
        self.uids.get(&key.text()).map(String::as_str)
    }

    /// Notes an object of ours.
    pub(super) fn saw(&mut self, key: &Key, live: &Json) {
        if let Some(uid) = uid_of(live) {
            self.uids.insert(key.text(), uid.to_owned());
        }
    }

    /// Notes that it is gone.
    pub(super) fn forget(&mut self, key: &Key) {
        self.uids.remove(&key.text());
    }

    /// Whether a live object is another one than ours was.
    pub(super) fn is_another(&self, key: &Key, live: &Json) -> bool {
        self.uid(key).is_some_and(|uid| uid_of(live) != Some(uid))
    }
}

/// An object's UID.
pub(super) fn uid_of(live: &Json) -> Option<&str> {
    live.pointer("/metadata/uid").and_then(Json::as_str)
}

async fn region_now(cx: &Context<Connections>, spec: &ClusterSpec) -> Result<Option<String>, Diagnostics> {
    Ok(match spec {
        ClusterSpec::Eks { region: None, .. } => cx.provider()?.default_region().await,
        _ => None,
    })
}

/// Plans new objects where the cluster is another one. Another way to reach the same one moves nothing, and neither does one that
/// is not known yet: a new object of Karpenter would take all its nodes with it.
pub(crate) async fn replace_if_moved<M: ManifestModel>(
    cx: &Context<Connections>,
    plan: &mut Plan<M, Provenance>,
) -> Result<(), Diagnostics> {
    let Some(prior) = &plan.prior else {
        return Ok(());
    };
    let clusters = (prior.cluster(), plan.planned.cluster());
    if moved(cx, clusters, &plan.private).await?.is_some() {
        plan.require_replace(Path::attr("cluster"));
    }
    Ok(())
}

/// Refuses a change in another cluster than the one that has the objects, which a plan that did not know the cluster yet may come to. It is
/// the second lock: a host that plans again before it applies has refused it already.
pub(super) async fn refuse_if_moved<M: ManifestModel>(
    cx: &Context<Connections>,
    (prior, planned): (&M, &M),
    provenance: &Provenance,
) -> Result<(), Diagnostics> {
    let clusters = (prior.cluster(), planned.cluster());
    let Some(Moved { from, to }) = moved(cx, clusters, provenance).await? else {
        return Ok(());
    };
    let from = from.map_or_else(
        || "a cluster that is not named any more".to_owned(),
        |from| from.to_string(),
    );
    let detail = format!(
        "The objects of {} are in {from}, and `cluster` names {to} now. Nothing was changed. Run the command again: it then \
         replaces them.",
        planned.object_id()
    );
    Err(
        Diagnostic::error("The cluster turned out to be another one", detail)
            .at(Path::attr("cluster"))
            .into(),
    )
}

/// Two clusters that are known to differ.
struct Moved {
    /// Where the objects are; nothing where neither they nor the provider block name a cluster any more.
    from: Option<Place>,
    to: Place,
}

async fn moved(
    cx: &Context<Connections>,
    (before, after): (&Attr<ClusterModel>, &Attr<ClusterModel>),
    provenance: &Provenance,
) -> Result<Option<Moved>, Diagnostics> {
    if before == after {
        return Ok(None);
    }
    let provider = cx.provider()?;
    let now = provider.default_region().await;
    let then = provenance.region.as_deref().or(now.as_deref());
    let place = |cluster, region| {
        let place: Place = provider.place(cluster)?;
        place.in_region(region).located()
    };
    let Some(to) = place(after, now.as_deref()) else {
        return Ok(None);
    };
    let from = place(before, then);
    let server = to.server_id();
    let same_server = server.is_some() && server == provenance.server;
    let differs = match &from {
        Some(from) => *from != to && !same_server,
        None => provider.names_no_cluster(before),
    };
    Ok(differs.then_some(Moved { from, to }))
}

/// A connection to it, or nothing where the EKS cluster is gone, and all of its objects with it. A cluster that is
/// looked for in another region than before is not gone.
pub(super) async fn connect_if_there(
    cx: &Context<Connections>,
    spec: &ClusterSpec,
    provenance: &Provenance,
) -> Result<Option<Arc<Connection>>, Diagnostics> {
    match cx.provider()?.connect(spec, cx.cancel()).await {
        Ok(connection) => Ok(Some(connection)),
        Err(error) if error.kind == KubeErrorKind::ClusterNotFound => {
            match (&provenance.region, region_now(cx, spec).await?) {
                (Some(before), Some(now)) if *before != now => Err(elsewhere(before, &now, &error).into()),
                _ => Ok(None),
            }
        }
        Err(error) => Err(unusable(&error).into()),
    }
}

/// A failed call as the user sees it.
pub(crate) fn failure<M: ManifestModel>(summary: &str, error: &KubeError) -> Diagnostic {
    Diagnostic::error(summary, error.to_string()).at(blamed::<M>(error))
}

fn elsewhere(before: &str, now: &str, error: &KubeError) -> Diagnostic {
    let detail = format!(
        "{error}\n\nThe objects were made in {before}; the provider's region is {now} now. Set it back, or give the \
         cluster its region."
    );
    Diagnostic::error("The cluster is looked for in another region", detail).at(Path::attr("cluster"))
}

fn unusable(error: &KubeError) -> Diagnostic {
    Diagnostic::error("The cluster cannot be used", error.to_string()).at(Path::attr("cluster"))
}

/// The attribute that a failure is most likely about.
fn blamed<M: ManifestModel>(error: &KubeError) -> Path {
    match &error.kind {
        KubeErrorKind::NamespaceMissing => Path::attr("namespace"),
        KubeErrorKind::Conflict(_) => Path::attr("force_conflicts"),
        KubeErrorKind::Invalid(fields) => fields
            .first()
            .map_or_else(Path::root, |field| M::attribute_of(&field.field)),
        KubeErrorKind::Unauthorized
        | KubeErrorKind::Unreachable
        | KubeErrorKind::Connection
        | KubeErrorKind::Aws(_) => Path::attr("cluster"),
        _ => Path::root(),
    }
}

/// Whether the object is not there. Without its namespace no object is.
pub(super) fn is_absent(error: &KubeError) -> bool {
    error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing
}

#[cfg(test)]
mod tests {
    use tfplug::CallContext;

    use super::*;
    use crate::resources::device_plugin::DevicePluginModel;

    fn at(host: Attr<String>) -> DevicePluginModel {
        let cluster = ClusterModel {
            host,
            ..ClusterModel::default()
        };
        DevicePluginModel {
            cluster: cluster.into(),
            ..DevicePluginModel::default()
        }
    }

    #[tokio::test]
    async fn a_change_in_another_cluster_is_refused() {
        let cx = Context::new(
            Some(Arc::new(Connections::of_environment())),
            CallContext::default(),
        );
        let here = at("https://a.example".into());
        let change =
            async |to: &DevicePluginModel| refuse_if_moved(&cx, (&here, to), &Provenance::default()).await;
        assert!(change(&here).await.is_ok());
        assert!(change(&at(Attr::Unknown)).await.is_ok(), "unknown is not another");
        let refused = change(&at("https://b.example".into())).await.unwrap_err();
        let told = refused.iter().next().unwrap();
        assert_eq!(told.path, Path::attr("cluster"));
        assert!(
            told.detail.contains("the cluster at https://a.example")
                && told.detail.contains("https://b.example"),
            "{told}"
        );
    }
}
