//! The calls that change objects.

mod changes;
mod connect;
mod delete;
mod missing;
mod ownership;
mod people;
mod read;
mod trial;

use std::sync::Arc;

use tfplug::{Context, Diagnostic, Diagnostics, Path, Slot};

use super::ManifestModel;
use super::object::{self, Manifests};
use crate::connections::Connections;
use crate::kube::{Cancellable, Connection};

pub(crate) use connect::{FIELD_MANAGER, Provenance, connect, failure, replace_if_moved};
pub(crate) use delete::{claims, first_of};
pub(crate) use read::{objects_of_kind, read_or_import};
pub(crate) use trial::{connect_at_plan, is_silent, try_out};

use changes::Changes;
use connect::{cluster, connect_if_there, refuse_if_moved};

/// Creates the objects, in order, and gives the connection for what is to be waited for. Each is in `slot` as soon as it
/// may exist.
pub(crate) async fn create<M: ManifestModel>(
    cx: &Context<Connections>,
    planned: &M,
    slot: &Slot,
) -> Result<Arc<Connection>, Diagnostics> {
    carry_out(cx, planned, None, slot).await
}

/// What failed after a creation, with the word that keeps what was made: Terraform counts it as broken, and would make it
/// anew.
pub(crate) fn after_creation(faults: Diagnostics) -> Diagnostics {
    let kept = |mut fault: Diagnostic| {
        fault.detail.push_str(
            "\n\nWhat was applied is there and in the state, marked as tainted: the next apply would delete it and make it \
             anew. terraform untaint with its address keeps it.",
        );
        fault
    };
    faults.into_iter().map(kept).collect()
}

/// Changes the objects, and gives the connection.
pub(crate) async fn update<M: ManifestModel>(
    cx: &Context<Connections>,
    prior: &M,
    planned: &M,
    slot: &Slot,
) -> Result<Arc<Connection>, Diagnostics> {
    refuse_if_moved(cx, (prior, planned), &slot.recall::<Provenance>()?).await?;
    carry_out(cx, planned, Some(prior.wanted()), slot).await
}

/// Refuses a plan without objects: carried out as a change, it would delete all that are there, and with a node class
/// every node of it. Objects go by a destroy alone.
fn something_to_apply<M: ManifestModel>(planned: &M) -> Result<(), Diagnostics> {
    if planned.wanted().is_empty() {
        let detail = format!(
            "The plan has no objects of {}. Nothing was changed.",
            planned.object_id()
        );
        return Err(Diagnostic::bug(detail).at(Path::attr("manifests")).into());
    }
    Ok(())
}

async fn carry_out<M: ManifestModel>(
    cx: &Context<Connections>,
    planned: &M,
    before: Option<Manifests>,
    slot: &Slot,
) -> Result<Arc<Connection>, Diagnostics> {
    something_to_apply(planned)?;
    let spec = cluster(cx, planned.cluster())?;
    let connection = connect(cx, &spec).await?;
    let provenance = slot.recall::<Provenance>()?.moved_to(cx, &spec).await?;
    slot.remember(&provenance);
    let api = Cancellable::new(connection.api(), cx.cancel());
    missing::wait_for_kinds(cx, &api, planned).await?;
    let taken = ownership::already_there(&api, planned, before.as_ref()).await;
    if let Some(taken) = taken.map_err(|(key, error)| read::unread::<M>(&key, &error))? {
        return Err(taken.into());
    }
    let changes = Changes {
        cx,
        api: &api,
        planned,
        slot,
        provenance,
    };
    changes.carry_out(&before.unwrap_or_default()).await?;
    Ok(connection)
}

/// Deletes the objects, last one first. With the cluster, they are gone as well.
pub(crate) async fn delete<M: ManifestModel>(
    cx: &Context<Connections>,
    state: &M,
    provenance: &Provenance,
) -> Result<(), Diagnostics> {
    let spec = cluster(cx, state.cluster())?;
    let Some(connection) = connect_if_there(cx, &spec, provenance).await? else {
        return Ok(());
    };
    let api = Cancellable::new(connection.api(), cx.cancel());
    for (key, _) in object::in_order(&state.wanted()).into_iter().rev() {
        delete::one(cx, &api, state, &key, provenance.uid(&key)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::device_plugin::DevicePluginModel;

    #[test]
    fn a_plan_without_objects_is_not_carried_out() {
        let with = |manifests: Manifests| {
            something_to_apply(&DevicePluginModel::default().with_manifests(manifests))
        };
        let refused = with(Manifests::new()).unwrap_err();
        assert!(refused.has_errors());
        assert!(
            something_to_apply(&DevicePluginModel::default()).is_err(),
            "unknown objects"
        );
        let some = Manifests::from([("v1/ConfigMap/x".to_owned(), "{}".to_owned())]);
        assert!(with(some).is_ok());
    }
}
