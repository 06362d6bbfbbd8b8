//! Fields of ours that people changed: an apply takes them back, as its plan has shown.
//!
//! Two locks hold that to what was approved. Every field in conflict is held by the client of a person, none by a controller
//! or a deployment tool. And the object is just what the plan started from, so that nothing is undone that the plan did not
//! show.

use super::super::object::Key;
use super::connect::FIELD_MANAGER;
use crate::kube::{FieldConflict, KubeApi, KubeError, KubeErrorKind, drift, is_persons_client};

/// The fields in conflict, if all are held by people's clients and the live object is as `before` says, which is what the
/// plan started from.
pub(super) async fn edits(
    api: &dyn KubeApi,
    key: &Key,
    namespace: Option<&str>,
    before: &str,
    error: &KubeError,
) -> Option<Vec<FieldConflict>> {
    let KubeErrorKind::Conflict(conflicts) = &error.kind else {
        return None;
    };
    if conflicts.is_empty()
        || !conflicts
            .iter()
            .all(|conflict| is_persons_client(&conflict.manager))
    {
        return None;
    }
    let before = serde_json::from_str(before).ok()?;
    let live = api.get(&key.object(namespace)).await.ok()?;
    drift(&before, &live, FIELD_MANAGER)
        .is_empty()
        .then(|| conflicts.clone())
}
