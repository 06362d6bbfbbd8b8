//! The calls to the API server.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use tfplug::{Context, Diagnostic, Diagnostics, Path, Slot};

use super::model::DevicePluginModel;
use super::object::{self, Key};
use crate::duration;
use crate::kube::{
    self, Apply, ClusterSpec, Connection, Delete, KubeApi, KubeError, KubeErrorKind, WaitOptions,
};
use crate::provider::{ClusterChoice, Connections};

/// The name under which our fields are managed.
pub(super) const FIELD_MANAGER: &str = "terraform-provider-mig";

type Manifests = BTreeMap<String, String>;

fn cluster(cx: &Context<Connections>, model: &DevicePluginModel) -> Result<Box<ClusterSpec>, Diagnostics> {
    match cx.provider()?.cluster(&model.cluster)? {
        ClusterChoice::Known(spec) => Ok(spec),
        ClusterChoice::Unknown => Err(Diagnostic::bug("The cluster is still unknown at apply.").into()),
    }
}

async fn connect(
    cx: &Context<Connections>,
    model: &DevicePluginModel,
) -> Result<Arc<Connection>, Diagnostics> {
    let spec = cluster(cx, model)?;
    let connection = cx.provider()?.connect(&spec).await;
    connection.map_err(|error| {
        failure("The cluster cannot be used", &error)
            .at(Path::attr("cluster"))
            .into()
    })
}

fn namespace(model: &DevicePluginModel) -> &str {
    model.namespace.as_str().unwrap_or_default()
}

/// A failed call as the user sees it.
pub(super) fn failure(summary: &str, error: &KubeError) -> Diagnostic {
    Diagnostic::error(summary, error.to_string())
}

/// Creates the objects, in order. Each is in `slot` as soon as it exists.
pub(super) async fn create(
    cx: &Context<Connections>,
    planned: DevicePluginModel,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let connection = connect(cx, &planned).await?;
    refuse_strangers(connection.api(), &planned).await?;
    apply_all(connection.api(), &planned, &Manifests::new(), slot).await?;
    wait(cx, connection.api(), &planned).await
}

/// An object of the same name that someone else made is not taken over, and so not deleted with ours one day.
async fn refuse_strangers(api: &dyn KubeApi, planned: &DevicePluginModel) -> Result<(), Diagnostics> {
    for (key, _) in object::in_order(planned.manifests.known().unwrap_or(&Manifests::new())) {
        match api.get(&key.object(namespace(planned))).await {
            Ok(live) if !is_ours(&live) && !planned.force() => return Err(stranger(&key, planned).into()),
            Ok(_) => {}
            Err(error) if error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing => {}
            Err(error) => return Err(failure(&format!("{} cannot be looked up", key.text()), &error).into()),
        }
    }
    Ok(())
}

fn is_ours(live: &Json) -> bool {
    let managers = live.pointer("/metadata/managedFields").and_then(Json::as_array);
    managers
        .into_iter()
        .flatten()
        .any(|m| m.get("manager").and_then(Json::as_str) == Some(FIELD_MANAGER))
}

fn stranger(key: &Key, planned: &DevicePluginModel) -> Diagnostic {
    let detail = format!(
        "It was not made by this provider. To manage it here, import it:\n\n  import {{\n    to = mig_device_plugin.NAME\n    \
         id = \"{}\"\n  }}\n\nOr choose another name, or take it over with force_conflicts = true.",
        planned.id.as_str().unwrap_or_default()
    );
    Diagnostic::error(
        format!("{} exists already in {}", key.text(), namespace(planned)),
        detail,
    )
    .at(Path::attr("name"))
}

/// Applies what differs from `before`, then deletes what is no longer wanted; each step that succeeded is in `slot`.
async fn apply_all(
    api: &dyn KubeApi,
    planned: &DevicePluginModel,
    before: &Manifests,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let wanted = planned.manifests.known().cloned().unwrap_or_default();
    let mut done = before.clone();
    for (key, manifest) in object::in_order(&wanted) {
        let text = wanted.get(&key.text());
        if text != before.get(&key.text()) {
            apply_one(api, planned, &key, &manifest).await?;
            done.extend(text.map(|text| (key.text(), text.clone())));
            slot.exists(&DevicePluginModel {
                manifests: done.clone().into(),
                ..planned.clone()
            });
        }
    }
    for (key, _) in object::in_order(before).into_iter().rev() {
        if !wanted.contains_key(&key.text()) {
            delete_one(api, planned, &key).await?;
            done.remove(&key.text());
            slot.exists(&DevicePluginModel {
                manifests: done.clone().into(),
                ..planned.clone()
            });
        }
    }
    slot.exists(&DevicePluginModel {
        manifests: done.into(),
        ..planned.clone()
    });
    Ok(())
}

async fn apply_one(
    api: &dyn KubeApi,
    model: &DevicePluginModel,
    key: &Key,
    manifest: &Json,
) -> Result<(), Diagnostic> {
    let how = Apply {
        field_manager: FIELD_MANAGER,
        force: model.force(),
        dry_run: false,
    };
    let applied = api.apply(&key.object(namespace(model)), manifest, how).await;
    applied
        .map(drop)
        .map_err(|error| failure(&format!("{} cannot be applied", key.text()), &error).at(blamed(&error)))
}

/// The attribute that a refusal is most likely about.
fn blamed(error: &KubeError) -> Path {
    match error.kind {
        KubeErrorKind::NamespaceMissing => Path::attr("namespace"),
        KubeErrorKind::Conflict(_) => Path::attr("force_conflicts"),
        _ => Path::root(),
    }
}

async fn wait(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    planned: &DevicePluginModel,
) -> Result<(), Diagnostics> {
    if planned.wait_for_rollout.known() != Some(&true) {
        return Ok(());
    }
    let timeout = planned
        .rollout_timeout
        .as_str()
        .and_then(duration::parse)
        .unwrap_or_default();
    let options = WaitOptions {
        timeout,
        cancel: cx.cancel().clone(),
    };
    for (key, _) in object::in_order(planned.manifests.known().unwrap_or(&Manifests::new())) {
        if key.is_daemon_set() {
            let waited = kube::wait_for_rollout(api, &key.object(namespace(planned)), &options).await;
            waited.map_err(|error| failure(&format!("{} is not rolled out", key.text()), &error))?;
        }
    }
    Ok(())
}

/// Looks the objects up; `None` if none of them, or no cluster, is there any more.
pub(super) async fn read(
    cx: &Context<Connections>,
    stored: DevicePluginModel,
) -> Result<Option<DevicePluginModel>, Diagnostics> {
    let spec = cluster(cx, &stored)?;
    let connection = match cx.provider()?.connect(&spec).await {
        Ok(connection) => connection,
        Err(error) if error.kind == KubeErrorKind::ClusterNotFound => return Ok(None),
        Err(error) => {
            return Err(failure("The cluster cannot be used", &error)
                .at(Path::attr("cluster"))
                .into());
        }
    };
    let known = match stored.manifests.known() {
        Some(manifests) => object::in_order(manifests),
        None => discover(connection.api(), &stored).await?,
    };
    let mut found = Manifests::new();
    for (key, desired) in known {
        match connection.api().get(&key.object(namespace(&stored))).await {
            Ok(live) => drop(found.insert(key.text(), as_seen(&desired, &live))),
            Err(error) if error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing => {}
            Err(error) => return Err(failure(&format!("{} cannot be read", key.text()), &error).into()),
        }
    }
    let gone = found.is_empty();
    Ok((!gone).then(|| DevicePluginModel {
        manifests: found.into(),
        ..stored
    }))
}

/// Our fields of a live object, in our own writing while they mean the same.
fn as_seen(desired: &Json, live: &Json) -> String {
    if kube::drift(desired, live, FIELD_MANAGER).is_empty() {
        return desired.to_string();
    }
    kube::observed(desired, live, FIELD_MANAGER).to_string()
}

/// At import nothing is known but the name; the ConfigMap's files tell which DaemonSets there are.
async fn discover(api: &dyn KubeApi, model: &DevicePluginModel) -> Result<Vec<(Key, Json)>, Diagnostics> {
    let name = model.name.as_str().unwrap_or_default();
    let [account, config_map] = object::roots(name);
    let mut keys = vec![account, config_map.clone()];
    match api.get(&config_map.object(namespace(model))).await {
        Ok(live) => keys.extend(object::daemon_sets(name, &live)),
        Err(error) if error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing => {}
        Err(error) => return Err(failure(&format!("{} cannot be read", config_map.text()), &error).into()),
    }
    Ok(keys
        .into_iter()
        .map(|key| (key, Json::Object(serde_json::Map::new())))
        .collect())
}

/// Changes the objects.
pub(super) async fn update(
    cx: &Context<Connections>,
    prior: DevicePluginModel,
    planned: DevicePluginModel,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let connection = connect(cx, &planned).await?;
    let before = prior.manifests.known().cloned().unwrap_or_default();
    apply_all(connection.api(), &planned, &before, slot).await?;
    wait(cx, connection.api(), &planned).await
}

/// Deletes the objects, last one first. With the cluster, they are gone as well.
pub(super) async fn delete(cx: &Context<Connections>, state: DevicePluginModel) -> Result<(), Diagnostics> {
    let spec = cluster(cx, &state)?;
    let connection = match cx.provider()?.connect(&spec).await {
        Ok(connection) => connection,
        Err(error) if error.kind == KubeErrorKind::ClusterNotFound => return Ok(()),
        Err(error) => {
            return Err(failure("The cluster cannot be used", &error)
                .at(Path::attr("cluster"))
                .into());
        }
    };
    for (key, _) in object::in_order(state.manifests.known().unwrap_or(&Manifests::new()))
        .into_iter()
        .rev()
    {
        delete_one(connection.api(), &state, &key).await?;
    }
    Ok(())
}

async fn delete_one(api: &dyn KubeApi, model: &DevicePluginModel, key: &Key) -> Result<(), Diagnostics> {
    match api.delete(&key.object(namespace(model)), Delete::default()).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing => Ok(()),
        Err(error) => Err(failure(&format!("{} cannot be deleted", key.text()), &error).into()),
    }
}

/// Asks the API server whether it would take the planned changes. A cluster that cannot be asked gives a warning: the
/// plan is right without it.
pub(super) async fn try_out(
    cx: &Context<Connections>,
    planned: &DevicePluginModel,
    before: &Manifests,
) -> Result<(), Diagnostics> {
    let wanted = planned.manifests.known().cloned().unwrap_or_default();
    let changed: Vec<_> = object::in_order(&wanted)
        .into_iter()
        .filter(|(k, _)| wanted.get(&k.text()) != before.get(&k.text()))
        .collect();
    let Some(provider) = cx.provider_if_configured().filter(|_| !changed.is_empty()) else {
        return Ok(());
    };
    let spec = match provider.cluster(&planned.cluster)? {
        ClusterChoice::Known(spec) => spec,
        ClusterChoice::Unknown => {
            cx.warn(unchecked("The cluster is known only after apply."));
            return Ok(());
        }
    };
    let connection = match provider.connect(&spec).await {
        Ok(connection) => connection,
        Err(error) => {
            cx.warn(unchecked(&error.to_string()));
            return Ok(());
        }
    };
    for (key, manifest) in changed {
        if let Err(error) = dry_run(connection.api(), planned, &key, &manifest).await {
            if !is_final(&error) {
                cx.warn(unchecked(&error.to_string()));
                return Ok(());
            }
            return Err(failure(&format!("{} would be refused", key.text()), &error)
                .at(blamed(&error))
                .into());
        }
    }
    Ok(())
}

async fn dry_run(
    api: &dyn KubeApi,
    model: &DevicePluginModel,
    key: &Key,
    manifest: &Json,
) -> Result<(), KubeError> {
    let how = Apply {
        field_manager: FIELD_MANAGER,
        force: model.force(),
        dry_run: true,
    };
    api.apply(&key.object(namespace(model)), manifest, how)
        .await
        .map(drop)
}

/// Whether an apply would fail the same way: the server knows the objects, and does not take them.
fn is_final(error: &KubeError) -> bool {
    matches!(error.kind, KubeErrorKind::Conflict(_) | KubeErrorKind::Invalid(_))
}

fn unchecked(why: &str) -> Diagnostic {
    let detail =
        format!("{why}\n\nThe plan is complete; what the API server itself would refuse shows at apply.");
    Diagnostic::warning("The objects were not tried out on the cluster", detail).at(Path::attr("cluster"))
}
