//! The calls that change objects.

mod connect;
mod observe;
mod ownership;
mod trial;

use std::time::Duration;

use serde_json::Value as Json;
use tfplug::{Context, Diagnostics, Slot};

use super::model::DevicePluginModel;
use super::object::{self, Key, Manifests};
use crate::connections::Connections;
use crate::duration;
use crate::kube::{self, Apply, Delete, Deletion, KubeApi, WaitOptions};

pub(super) use connect::Home;
use connect::{FIELD_MANAGER, cluster, connect, connect_if_there, failure, is_absent};
pub(super) use observe::read;
pub(super) use trial::try_out;

/// How long a finalizer of someone else's may hold a deleted object.
const DELETION_TIMEOUT: Duration = Duration::from_secs(120);

/// Creates the objects, in order. Each is in `slot` as soon as it may exist.
pub(super) async fn create(
    cx: &Context<Connections>,
    planned: DevicePluginModel,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let spec = cluster(cx, &planned)?;
    let connection = connect(cx, &spec).await?;
    slot.remember(&Home::of(cx, &spec).await?);
    if let Some(taken) = ownership::taken(connection.api(), &planned, None).await? {
        return Err(taken.into());
    }
    let changes = Changes {
        cx,
        api: connection.api(),
        planned: &planned,
        slot,
    };
    changes.carry_out(&Manifests::new()).await?;
    wait(cx, connection.api(), &planned).await
}

/// Changes the objects.
pub(super) async fn update(
    cx: &Context<Connections>,
    prior: DevicePluginModel,
    planned: DevicePluginModel,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let spec = cluster(cx, &planned)?;
    let connection = connect(cx, &spec).await?;
    slot.remember(&Home::of(cx, &spec).await?);
    let before = prior.wanted();
    if let Some(taken) = ownership::taken(connection.api(), &planned, Some(&before)).await? {
        return Err(taken.into());
    }
    let changes = Changes {
        cx,
        api: connection.api(),
        planned: &planned,
        slot,
    };
    changes.carry_out(&before).await?;
    wait(cx, connection.api(), &planned).await
}

/// Deletes the objects, last one first. With the cluster, they are gone as well.
pub(super) async fn delete(
    cx: &Context<Connections>,
    state: DevicePluginModel,
    home: &Home,
) -> Result<(), Diagnostics> {
    let Some(connection) = connect_if_there(cx, cluster(cx, &state)?.as_ref(), home).await? else {
        return Ok(());
    };
    for (key, _) in object::in_order(&state.wanted()).into_iter().rev() {
        delete_one(cx, connection.api(), &state, &key).await?;
    }
    Ok(())
}

/// The way from what is to what is planned.
struct Changes<'a> {
    cx: &'a Context<Connections>,
    api: &'a dyn KubeApi,
    planned: &'a DevicePluginModel,
    slot: &'a Slot,
}

impl Changes<'_> {
    /// Applies what differs from `before`, then deletes what is no longer wanted; each step that succeeded is in the
    /// slot.
    async fn carry_out(&self, before: &Manifests) -> Result<(), Diagnostics> {
        let wanted = self.planned.wanted();
        let mut done = before.clone();
        for (key, manifest) in object::in_order(&wanted) {
            let text = wanted.get(&key.text());
            if text != before.get(&key.text()) {
                self.apply_noted(&key, &manifest, &done).await?;
                done.extend(text.map(|text| (key.text(), text.clone())));
                self.note(&done);
            }
        }
        for (key, _) in object::in_order(before).into_iter().rev() {
            if !wanted.contains_key(&key.text()) {
                delete_one(self.cx, self.api, self.planned, &key).await?;
                done.remove(&key.text());
                self.note(&done);
            }
        }
        self.note(&done);
        Ok(())
    }

    fn note(&self, done: &Manifests) {
        self.slot.exists(&DevicePluginModel {
            manifests: done.clone().into(),
            ..self.planned.clone()
        });
    }

    /// Applies one object. If the answer to making one is lost, it may be there: noted, the next read tells.
    async fn apply_noted(&self, key: &Key, manifest: &Json, done: &Manifests) -> Result<(), Diagnostics> {
        let how = Apply {
            field_manager: FIELD_MANAGER,
            force: self.planned.force(),
            dry_run: false,
        };
        let object = key.object(self.planned.namespace());
        let Err(error) = self.api.apply(&object, manifest, how).await else {
            return Ok(());
        };
        if error.may_have_happened() && !done.contains_key(&key.text()) {
            let mut possible = done.clone();
            possible.insert(key.text(), manifest.to_string());
            self.note(&possible);
        }
        Err(failure(&format!("{} cannot be applied", key.text()), &error).into())
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
    let timeout = planned.rollout_timeout.as_str().and_then(duration::parse);
    let options = WaitOptions {
        timeout: timeout.unwrap_or_default(),
        cancel: cx.cancel().clone(),
    };
    for (key, _) in object::in_order(&planned.wanted()) {
        if key.is_daemon_set() {
            let waited = kube::wait_for_rollout(api, &key.object(planned.namespace()), &options).await;
            waited.map_err(|error| failure(&format!("{} is not rolled out", key.text()), &error))?;
        }
    }
    Ok(())
}

async fn delete_one(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    model: &DevicePluginModel,
    key: &Key,
) -> Result<(), Diagnostics> {
    let object = key.object(model.namespace());
    let deleted = match api.delete(&object, Delete::default()).await {
        Ok(Deletion::Gone) => Ok(()),
        Ok(Deletion::Pending) => {
            let options = WaitOptions {
                timeout: DELETION_TIMEOUT,
                cancel: cx.cancel().clone(),
            };
            kube::wait_until_gone(api, &object, None, &options).await
        }
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(error),
    };
    deleted.map_err(|error| failure(&format!("{} cannot be deleted", key.text()), &error).into())
}
