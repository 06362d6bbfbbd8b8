//! What the objects are now.

use futures::future::join_all;
use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};
use tracing::debug;

use super::super::object::{self, Key, Manifests};
use super::super::{Live, ManifestLife, ManifestModel, imported};
use super::connect::{FIELD_MANAGER, Provenance, connect_if_there, failure, is_absent};
use super::trial::connect_at_plan;
use super::{missing, ownership};
use crate::connections::{ClusterChoice, Connections, Notice};
use crate::facts::Facts;
use crate::kube::{self, Cancellable, ClusterSpec, KubeApi, KubeError, KubeErrorKind, Listing, Resource};

/// A resource as it is now.
struct Seen<M> {
    model: M,
    /// Its objects; none where the cluster is not known yet.
    live: Vec<Json>,
}

/// Looks the objects up, and finds what they were made from where they are in no state yet; `None` if none of them, or no
/// cluster, is there any more.
pub(crate) async fn read_or_import<M: ManifestLife>(
    cx: &Context<Connections>,
    stored: M,
    provenance: &mut Provenance,
    facts: &Facts,
) -> Result<Option<M>, Diagnostics> {
    let is_import = stored.manifests().is_null();
    let Some(seen) = read(cx, stored, provenance).await? else {
        return Ok(None);
    };
    if is_import && !seen.live.is_empty() {
        return Ok(Some(describe(cx, seen, facts).await));
    }
    Ok(Some(seen.model))
}

/// Looks the objects up; `None` if none of them, or no cluster, is there any more.
async fn read<M: ManifestModel>(
    cx: &Context<Connections>,
    stored: M,
    provenance: &mut Provenance,
) -> Result<Option<Seen<M>>, Diagnostics> {
    let hint = match (stored.manifests().known(), stored.cluster()) {
        // What is imported is in no state yet.
        (None, _) => None,
        (Some(_), Attr::Null) => Some(BY_DEFAULT),
        (Some(_), _) => Some(BY_ITSELF),
    };
    let read = read_now(cx, stored, provenance).await;
    read.map_err(|faults| faults.into_iter().map(|fault| with_hint(fault, hint)).collect())
}

/// A refresh knows the state alone. Where the way to the cluster is in it, a configuration that names a better one helps
/// only after an apply.
const BY_ITSELF: &str = "This way to the cluster is the one in the state. If the configuration names another one by now, let \
                         terraform apply -refresh=false store it.";

const BY_DEFAULT: &str = "The state names no cluster, so the objects are in the provider's. If the configuration names one by now, \
                          keep kubernetes in the provider block until an apply has stored it.";

fn with_hint(mut fault: Diagnostic, hint: Option<&str>) -> Diagnostic {
    let about_cluster = fault.path.steps().first() == Path::attr("cluster").steps().first();
    if let Some(hint) = hint.filter(|_| about_cluster) {
        fault.detail = format!("{}\n\n{hint}", fault.detail);
    }
    fault
}

async fn read_now<M: ManifestModel>(
    cx: &Context<Connections>,
    stored: M,
    provenance: &mut Provenance,
) -> Result<Option<Seen<M>>, Diagnostics> {
    let spec = match cx.provider()?.cluster(stored.cluster())? {
        ClusterChoice::Known(spec) => spec,
        ClusterChoice::Unreadable(why) => return Err(why),
        ClusterChoice::Unknown => {
            if cx.provider()?.is_first_report(Notice::NotRead, stored.cluster()) {
                cx.warn(not_read());
            }
            return Ok(Some(Seen {
                model: stored,
                live: Vec::new(),
            }));
        }
    };
    let Some(connection) = connect_if_there(cx, &spec, provenance).await? else {
        if cx.provider()?.is_first_report(Notice::Gone, stored.cluster()) {
            cx.warn(gone_with_cluster(&spec));
        }
        return Ok(None);
    };
    *provenance = std::mem::take(provenance).moved_to(cx, &spec).await?;
    let api = Cancellable::new(connection.api(), cx.cancel());
    let (found, live) = look_up(cx, &api, &stored, provenance).await?;
    Ok((!found.is_empty()).then(|| Seen {
        model: stored.with_manifests(found),
        live,
    }))
}

async fn look_up<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    stored: &M,
    provenance: &mut Provenance,
) -> Result<(Manifests, Vec<Json>), Diagnostics> {
    let known = match stored.manifests().known() {
        Some(manifests) => object::in_order(manifests),
        None => discover(api, stored).await?,
    };
    let answers = join_all(known.iter().map(|(key, _)| get(api, stored, key))).await;
    let (mut found, mut all) = (Manifests::new(), Vec::new());
    for ((key, desired), live) in known.into_iter().zip(answers) {
        let Some(live) = live? else {
            provenance.forget(&key);
            continue;
        };
        if provenance.is_another(&key, &live) {
            let ours = ownership::is_ours(&live);
            cx.warn(made_again(&key, ours));
            if !ours {
                provenance.forget(&key);
                continue;
            }
        }
        provenance.saw(&key, &live);
        if let Some(warning) = stored.undone_by_others(&key, &desired, &live) {
            cx.warn(warning);
        }
        found.insert(key.text(), as_seen(&key, &desired, &live));
        all.push(live);
    }
    Ok((found, all))
}

/// A live object, if it is there.
async fn get<M: ManifestModel>(api: &dyn KubeApi, model: &M, key: &Key) -> Result<Option<Json>, Diagnostics> {
    let found = look_for(api, model, key).await;
    found.map_err(|error| unread::<M>(key, &error).into())
}

/// The same, before a failure is put in words.
pub(super) async fn look_for<M: ManifestModel>(
    api: &dyn KubeApi,
    model: &M,
    key: &Key,
) -> Result<Option<Json>, KubeError> {
    let object = key.object(model.namespace());
    match api.get(&object).await {
        Ok(live) => Ok(Some(live)),
        Err(error) if is_absent(&error) || missing::is_kind_gone(api, &object, &error).await => Ok(None),
        Err(error) => Err(error),
    }
}

/// An object that may or may not be there.
pub(super) fn unread<M: ManifestModel>(key: &Key, error: &KubeError) -> Diagnostic {
    let told = failure::<M>(&format!("{} cannot be read", key.text()), error);
    match error.kind {
        KubeErrorKind::Timeout => told.at(Path::attr("cluster")),
        _ => told,
    }
}

/// Our fields of a live object, in our own writing while they mean the same.
fn as_seen(key: &Key, desired: &Json, live: &Json) -> String {
    let is_import = desired.as_object().is_some_and(serde_json::Map::is_empty);
    let drift = kube::drift(desired, live, FIELD_MANAGER);
    if drift.is_empty() {
        return desired.to_string();
    }
    for change in drift.iter().filter(|_| !is_import) {
        debug!(
            object = key.text(),
            field = change.path,
            "a field is not as it was applied"
        );
    }
    kube::observed(desired, live, FIELD_MANAGER).to_string()
}

/// What is imported, with the attributes that its objects were made from.
async fn describe<M: ManifestLife>(cx: &Context<Connections>, seen: Seen<M>, facts: &Facts) -> M {
    let Some(connection) = connect_at_plan(cx, &seen.model).await else {
        return seen.model;
    };
    let live = Live {
        own: &seen.live,
        above: &M::tied(cx, &connection, &seen.live).await,
    };
    let (described, warnings) = imported(seen.model, live, facts);
    warnings.into_iter().for_each(|warning| cx.warn(warning));
    described
}

/// All objects of a kind, for an import that has less to show without them: none where the cluster does not know the kind, or
/// the right to list it is missing. Any other failure gives none, with a warning.
pub(crate) async fn objects_of_kind<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    kind: Resource,
) -> Vec<Json> {
    let found = kube::list_objects(api, &Listing::all(kind)).await;
    let mut found = found.unwrap_or_else(|error| {
        if !matches!(error.kind, KubeErrorKind::CrdMissing | KubeErrorKind::Forbidden) {
            let failed = failure::<M>(&format!("{} cannot be listed", kind.kind), &error);
            cx.warn(Diagnostic::warning(failed.summary, failed.detail));
        }
        Vec::new()
    });
    for object in &mut found {
        // Elements of a list do not say their kind.
        object["kind"] = kind.kind.into();
    }
    found
}

/// At import nothing is known but the name; some objects name others.
async fn discover<M: ManifestModel>(api: &dyn KubeApi, model: &M) -> Result<Vec<(Key, Json)>, Diagnostics> {
    let mut keys = Vec::new();
    for root in model.roots() {
        let live = get(api, model, &root).await?;
        let branches = live.map(|live| model.branches(&root, &live));
        keys.push(root);
        keys.extend(branches.into_iter().flatten());
    }
    if let Some(kind) = model.listed() {
        let listing = Listing {
            namespace: model.namespace(),
            ..Listing::all(kind)
        };
        let all: Result<Vec<Json>, _> = kube::list(api, &listing).await;
        let all = all.map_err(|error| failure::<M>(&format!("{} cannot be listed", kind.kind), &error))?;
        let parts = all.iter().filter(|live| model.is_part(live));
        let name = |live: &Json| Key::new(kind.kind, live.pointer("/metadata/name")?.as_str()?);
        keys.extend(parts.filter_map(name));
    }
    Ok(keys
        .into_iter()
        .map(|key| (key, Json::Object(serde_json::Map::new())))
        .collect())
}

fn made_again(key: &Key, ours: bool) -> Diagnostic {
    let what = if ours {
        "Another state, or a restored backup, has made it with this provider; it is taken for ours."
    } else {
        "It was not made by this provider, so it is not taken for ours: the plan makes ours anew, which the one in its \
         place will refuse. Remove it, import it, or take it over with force_conflicts = true."
    };
    let detail = format!(
        "The {} that was made here is gone, and there is another one of the same name. {what}",
        key.text()
    );
    Diagnostic::warning("An object was deleted and made again", detail)
}

fn not_read() -> Diagnostic {
    let detail =
        "The cluster is known only after apply, so the objects are taken to be as they were last seen.";
    Diagnostic::warning("The objects were not read", detail).at(Path::attr("cluster"))
}

fn gone_with_cluster(spec: &ClusterSpec) -> Diagnostic {
    let detail = format!(
        "EKS knows no such cluster: {spec}. Its objects are gone with it. If it does exist, check region, account and \
         credentials before the next apply."
    );
    Diagnostic::warning("The cluster is gone", detail).at(Path::attr("cluster"))
}
