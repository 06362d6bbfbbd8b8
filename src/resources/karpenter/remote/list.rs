//! All objects of a kind in a cluster.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, ListResult, ListResults};

use crate::connections::{ClusterChoice, Connections};
use crate::facts::Facts;
use crate::kube::{self, Cancellable, ClusterSpec, KubeErrorKind, Listing};
use crate::resources::karpenter::{KarpenterIdentity, KarpenterObject};
use crate::resources::manifests::remote::{FIELD_MANAGER, Provenance, connect, failure, read_or_import};
use crate::resources::manifests::{ManifestLife, ManifestResource, cluster_of_identity};

/// Resources that are read at the same time.
const AT_ONCE: usize = 10;

type Found<M> = ListResult<ManifestResource<M>>;

/// Which objects are listed.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The EKS cluster; the provider's `kubernetes` if null.
    pub(crate) cluster_name: &'a Attr<String>,
    /// Its region; the provider's if null.
    pub(crate) region: &'a Attr<String>,
    /// Also those that are not ours.
    pub(crate) all: bool,
    /// With the object as an import and a read give it.
    pub(crate) whole: bool,
}

/// Pushes the wanted resources, in the order of their names.
pub(crate) async fn list<M: KarpenterObject>(
    cx: &Context<Connections>,
    wanted: &Wanted<'_>,
    facts: &Facts,
    results: &ListResults<'_, ManifestResource<M>>,
) -> Result<(), Diagnostics> {
    let names: Vec<String> = names::<M>(cx, wanted, facts).await?.into_iter().collect();
    for some in names.chunks(AT_ONCE) {
        let all = some.iter().map(|name| result::<M>(cx, wanted, name, facts));
        for one in join_all(all).await {
            if let Some(one) = one? {
                results.push(one).await;
            }
        }
    }
    Ok(())
}

/// The names of the resources: several overlays are one.
async fn names<M: KarpenterObject>(
    cx: &Context<Connections>,
    wanted: &Wanted<'_>,
    facts: &Facts,
) -> Result<BTreeSet<String>, Diagnostics> {
    let spec = spec(cx, wanted)?;
    let connection = connect(cx, &spec).await?;
    let api = Cancellable::new(connection.api(), cx.cancel());
    let found: Vec<Json> = match kube::list(&api, &Listing::all(M::KIND)).await {
        Ok(found) => found,
        Err(error) if error.kind == KubeErrorKind::CrdMissing => {
            cx.warn(not_served(M::KIND.kind, &spec.to_string()));
            Vec::new()
        }
        Err(error) => {
            let summary = format!("{} cannot be listed", M::KIND.kind);
            return Err(failure::<M>(&summary, &error).into());
        }
    };
    let ours = found
        .iter()
        .filter(|live| wanted.all || is_applied(live) || M::is_rendered(live, facts));
    Ok(ours.filter_map(M::name_of).collect())
}

/// The cluster that is looked in.
fn spec(cx: &Context<Connections>, wanted: &Wanted<'_>) -> Result<Box<ClusterSpec>, Diagnostics> {
    let cluster = cluster_of_identity(wanted.cluster_name.clone(), wanted.region.clone());
    match cx.provider()?.cluster(&cluster)? {
        ClusterChoice::Known(spec) => Ok(spec),
        ClusterChoice::Unreadable(why) => Err(why),
        ClusterChoice::Unknown => {
            let detail = "A part of the provider block is known only after apply. Apply what it comes from, and list then.";
            Err(Diagnostic::error("The cluster cannot be asked yet", detail).into())
        }
    }
}

/// Whether this provider has applied the object.
fn is_applied(live: &Json) -> bool {
    let entries = live.pointer("/metadata/managedFields").and_then(Json::as_array);
    entries
        .into_iter()
        .flatten()
        .any(|entry| entry["manager"] == FIELD_MANAGER)
}

fn not_served(kind: &str, cluster: &str) -> Diagnostic {
    let detail = format!(
        "{cluster} does not serve {kind}, so it has none. Karpenter, or its chart karpenter-crd, brings the kind."
    );
    Diagnostic::warning(format!("The cluster does not know {kind}"), detail)
}

/// A resource; none where it was deleted since it was listed.
async fn result<M: KarpenterObject>(
    cx: &Context<Connections>,
    wanted: &Wanted<'_>,
    name: &str,
    facts: &Facts,
) -> Result<Option<Found<M>>, Diagnostics> {
    let identity = KarpenterIdentity {
        name: name.into(),
        cluster_name: wanted.cluster_name.clone(),
        region: wanted.region.clone(),
    };
    let listed = ListResult::new(identity, name);
    if !wanted.whole {
        return Ok(Some(listed));
    }
    let cluster = cluster_of_identity(wanted.cluster_name.clone(), wanted.region.clone());
    let stored = <M as ManifestLife>::named(&[name.into()], cluster);
    let seen = read_or_import(cx, stored, &mut Provenance::default(), facts).await?;
    Ok(seen.map(|seen| listed.with_resource(seen)))
}
