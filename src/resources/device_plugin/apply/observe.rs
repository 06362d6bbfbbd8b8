//! What the objects are now.

use serde_json::Value as Json;
use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::super::model::DevicePluginModel;
use super::super::object::{self, Key, Manifests};
use super::connect::{FIELD_MANAGER, Home, connect_if_there, failure, is_absent};
use crate::connections::{ClusterChoice, Connections};
use crate::kube::{self, ClusterSpec, KubeApi};

/// Looks the objects up; `None` if none of them, or no cluster, is there any more.
pub(in super::super) async fn read(
    cx: &Context<Connections>,
    stored: DevicePluginModel,
    home: &mut Home,
) -> Result<Option<DevicePluginModel>, Diagnostics> {
    let spec = match cx.provider()?.cluster(&stored.cluster)? {
        ClusterChoice::Known(spec) => spec,
        ClusterChoice::Unreadable(why) => return Err(why),
        ClusterChoice::Unknown => {
            cx.warn(not_read());
            return Ok(Some(stored));
        }
    };
    let Some(connection) = connect_if_there(cx, &spec, home).await? else {
        cx.warn(gone_with_cluster(&spec));
        return Ok(None);
    };
    *home = Home::of(cx, &spec).await?;
    let found = look_up(connection.api(), &stored).await?;
    let gone = found.is_empty();
    Ok((!gone).then(|| DevicePluginModel {
        manifests: found.into(),
        ..stored
    }))
}

async fn look_up(api: &dyn KubeApi, stored: &DevicePluginModel) -> Result<Manifests, Diagnostics> {
    let known = match stored.manifests.known() {
        Some(manifests) => object::in_order(manifests),
        None => discover(api, stored).await?,
    };
    let mut found = Manifests::new();
    for (key, desired) in known {
        if let Some(live) = get(api, stored, &key).await? {
            found.insert(key.text(), as_seen(&desired, &live));
        }
    }
    Ok(found)
}

/// A live object, if it is there.
pub(super) async fn get(
    api: &dyn KubeApi,
    model: &DevicePluginModel,
    key: &Key,
) -> Result<Option<Json>, Diagnostics> {
    match api.get(&key.object(model.namespace())).await {
        Ok(live) => Ok(Some(live)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(failure(&format!("{} cannot be read", key.text()), &error).into()),
    }
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
    if let Some(live) = get(api, model, &config_map).await? {
        keys.extend(object::daemon_sets(name, &live));
    }
    Ok(keys
        .into_iter()
        .map(|key| (key, Json::Object(serde_json::Map::new())))
        .collect())
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
