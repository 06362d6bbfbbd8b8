//! Taking objects away, and what holds them.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tfplug::{Context, Diagnostic, Diagnostics};

use super::super::ManifestModel;
use super::super::object::Key;
use super::connect::{failure, is_absent, uid_of};
use super::missing;
use crate::connections::Connections;
use crate::kube::{
    self, Delete, Deletion, KubeApi, KubeError, KubeErrorKind, Listing, Name, ObjectRef, kinds,
};
use crate::wait::{Look, WaitError, WaitOptions, wait};

/// Names of NodeClaims that a message has room for.
const SHOWN: usize = 10;

/// What may keep a node that Karpenter drains.
const KEEPS_NODES: &str = "Pods that must not be disrupted, or disruption budgets, may keep a node indefinitely: look at kubectl describe nodeclaim.";

/// Deletes one object and waits until it and its nodes are gone. Where ours is known by its UID, no other of its name is touched.
pub(super) async fn one<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    model: &M,
    key: &Key,
    uid: Option<&str>,
) -> Result<(), Diagnostics> {
    if object_gone(cx, api, model, key, uid).await? {
        nodes_gone(cx, api, model, key).await?;
    }
    Ok(())
}

/// Deletes the object and waits until it is gone; whether nodes of it may be left. Another object of its name has its own.
async fn object_gone<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    model: &M,
    key: &Key,
    uid: Option<&str>,
) -> Result<bool, Diagnostics> {
    let object = key.object(model.namespace());
    if let Some(warning) = held_by_others(api, key, &object).await {
        cx.warn(warning);
    }
    let how = Delete {
        uid,
        ..Delete::default()
    };
    let error = match api.delete(&object, how).await {
        Ok(Deletion::Gone) => return Ok(true),
        Ok(Deletion::Pending) => {
            match kube::wait_until_gone(api, &object, uid, &wait_options(cx, model)).await {
                Ok(()) => return Ok(true),
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    if is_absent(&error) {
        return Ok(true);
    }
    if missing::is_kind_gone(api, &object, &error).await {
        return Ok(false);
    }
    if error.kind == KubeErrorKind::Changed && is_another(api, &object, uid).await {
        cx.warn(left_alone(key));
        return Ok(false);
    }
    Err(not_deleted(api, model, key, &error).await.into())
}

fn wait_options<M: ManifestModel>(cx: &Context<Connections>, model: &M) -> WaitOptions {
    WaitOptions {
        timeout: model.deletion_timeout(),
        cancel: cx.cancel().clone(),
    }
}

/// Waits until the nodes of an object that is gone are gone too. Karpenter puts a finalizer on a node class and none on a pool. If
/// Karpenter were destroyed right after the pool, nothing would terminate the pool's nodes.
async fn nodes_gone<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    model: &M,
    key: &Key,
) -> Result<(), Diagnostics> {
    let Some(labels) = model.claims() else {
        return Ok(());
    };
    let (what, options) = (format!("nodes of {}", key.text()), wait_options(cx, model));
    let ended = wait(
        &what,
        &options,
        kube::wait::PACE,
        async || match claims::<Name>(api, &labels).await {
            Ok(left) if left.is_empty() => Look::Done(()),
            Ok(left) => Look::Again(format!("the end of the NodeClaims {}", names(left))),
            Err(error) if error.is_transient() => Look::Again(format!("an answer ({})", error.message)),
            Err(error) => Look::Failed(error),
        },
    );
    let why = match ended.await {
        Ok(()) => return Ok(()),
        Err(WaitError::Failed(error)) if error.kind == KubeErrorKind::Forbidden => {
            cx.warn(unseen(key, &error));
            return Ok(());
        }
        Err(why) => why,
    };
    let detail = format!(
        "{why}. {} is deleted, and Karpenter drains its nodes. {KEEPS_NODES} Keep Karpenter running until the nodes are gone: nothing else \
         terminates their instances, which AWS bills.",
        key.text()
    );
    let summary = format!("The nodes of {} are not gone yet", key.text());
    Err(Diagnostic::error(summary, detail).into())
}

fn unseen(key: &Key, error: &KubeError) -> Diagnostic {
    let detail = format!(
        "{error}\n\nWithout this right the deletion does not wait for Karpenter to drain the nodes. Keep Karpenter running until `kubectl \
         get nodeclaims` shows none of the pool."
    );
    Diagnostic::warning(
        format!("Whether the nodes of {} are gone is not known", key.text()),
        detail,
    )
}

/// The warning that another tool deploys the object as well. The deletion reports an object that cannot be read.
async fn held_by_others(api: &dyn KubeApi, key: &Key, object: &ObjectRef<'_>) -> Option<Diagnostic> {
    let live = api.get(object).await.ok()?;
    let managers = live.pointer("/metadata/managedFields").and_then(Json::as_array)?;
    let names = managers.iter().filter_map(|entry| entry.get("manager")?.as_str());
    let tools: BTreeSet<&str> = names.filter(|name| kube::is_deployment_tool(name)).collect();
    if tools.is_empty() {
        return None;
    }
    let detail = format!(
        "{} holds fields of it, too, and may make it again or fail without it. It is deleted here.",
        tools.into_iter().collect::<Vec<_>>().join(" and ")
    );
    Some(Diagnostic::warning(
        format!("{} is deployed by another tool as well", key.text()),
        detail,
    ))
}

/// Whether the object of this name is certainly not the one with this UID.
async fn is_another(api: &dyn KubeApi, object: &ObjectRef<'_>, uid: Option<&str>) -> bool {
    match (api.get(object).await, uid) {
        (Ok(live), Some(uid)) => uid_of(&live).is_some_and(|found| found != uid),
        (Err(error), _) => is_absent(&error),
        _ => false,
    }
}

fn left_alone(key: &Key) -> Diagnostic {
    let detail = format!(
        "The {} that was made here is gone; somebody made another one of the same name, which is left alone.",
        key.text()
    );
    Diagnostic::warning("An object of another's making was not deleted", detail)
}

async fn not_deleted<M: ManifestModel>(
    api: &dyn KubeApi,
    model: &M,
    key: &Key,
    error: &KubeError,
) -> Diagnostic {
    let mut told = failure::<M>(&format!("{} cannot be deleted", key.text()), error);
    // Who is asked to stop asks no more.
    let waited = error.kind == KubeErrorKind::Timeout;
    let holders = match model.claims().filter(|_| waited) {
        Some(labels) => claims::<Name>(api, &labels).await,
        None => return told,
    };
    told.detail = match holders {
        Ok(claims) if claims.is_empty() => told.detail,
        Ok(claims) => format!("{}\n\n{}", told.detail, held_by(claims)),
        Err(error) => format!(
            "{}\n\nWhich NodeClaims hold it could not be asked: {error}",
            told.detail
        ),
    };
    told
}

fn names(claims: Vec<Name>) -> String {
    let names: BTreeSet<String> = claims.into_iter().map(|Name(name)| name).collect();
    first_of(&names, SHOWN)
}

fn held_by(claims: Vec<Name>) -> String {
    format!(
        "It is held by the NodeClaims {}: Karpenter drains their nodes first. {KEEPS_NODES} The deletion is under way and \
         goes on; run the command again to see its end.",
        names(claims)
    )
}

/// The first names, and how many more there are.
pub(crate) fn first_of<S: AsRef<str>>(names: &BTreeSet<S>, most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = match names.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// The NodeClaims with these labels, each decoded as `T`.
///
/// # Errors
/// When they cannot be listed. Where the cluster does not know the kind there are none.
pub(crate) async fn claims<T: DeserializeOwned>(
    api: &dyn KubeApi,
    labels: &str,
) -> Result<Vec<T>, KubeError> {
    let listing = Listing {
        labels,
        ..Listing::all(kinds::NODE_CLAIM)
    };
    match kube::list(api, &listing).await {
        Err(error) if error.kind == KubeErrorKind::CrdMissing => Ok(Vec::new()),
        found => found,
    }
}
