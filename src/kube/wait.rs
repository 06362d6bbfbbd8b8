//! Waits for the state of one object.

#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use serde_json::Value;

use super::api::{KubeApi, ObjectRef};
use super::error::{KubeError, KubeErrorKind};
use crate::wait::{Look, Pace, WaitError, WaitOptions, wait};

/// Pauses between looks at a cluster.
pub(crate) const PACE: Pace = Pace {
    first: Duration::from_millis(500),
    longest: Duration::from_secs(5),
};

/// How far a rollout is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollout {
    /// Every node that should has an available pod of the current template.
    Done,
    /// What is missing, in words.
    Waiting(String),
}

/// How far the rollout of a DaemonSet is, by the rules of `kubectl rollout status`. With the
/// update strategy `OnDelete` nothing rolls by itself, so only availability counts.
pub fn rollout_status(daemon_set: &Value) -> Rollout {
    let number = |path: &str| daemon_set.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    let status = |field: &str| number(&format!("/status/{field}"));
    let generation = number("/metadata/generation");
    if status("observedGeneration") < generation {
        return Rollout::Waiting(format!("the controller to see generation {generation}"));
    }
    let wanted = status("desiredNumberScheduled");
    let updated = status("updatedNumberScheduled");
    let on_delete = daemon_set
        .pointer("/spec/updateStrategy/type")
        .and_then(Value::as_str)
        == Some("OnDelete");
    if updated < wanted && !on_delete {
        return Rollout::Waiting(format!("{updated} of {wanted} pods updated"));
    }
    let available = status("numberAvailable");
    if available < wanted {
        return Rollout::Waiting(format!("{available} of {wanted} pods available"));
    }
    Rollout::Done
}

/// Waits until a DaemonSet is rolled out, and gives its last state.
///
/// # Errors
/// `Timeout` with what was waited for; `Cancelled`; any error that waiting does not mend.
pub async fn wait_for_rollout(
    api: &dyn KubeApi,
    object: &ObjectRef<'_>,
    options: &WaitOptions,
) -> Result<Value, KubeError> {
    wait_for_state(api, object, options, rollout_status).await
}

/// Waits until `look` is content with an object, and gives its last state.
///
/// # Errors
/// `Timeout` with what was waited for; `Cancelled`; any error that waiting does not mend.
pub async fn wait_for_state(
    api: &dyn KubeApi,
    object: &ObjectRef<'_>,
    options: &WaitOptions,
    look: impl Fn(&Value) -> Rollout,
) -> Result<Value, KubeError> {
    poll(api, object, options, |answer| match answer {
        Ok(live) => match look(&live) {
            Rollout::Done => Look::Done(live),
            Rollout::Waiting(what) => Look::Again(what),
        },
        Err(error) if error.is_transient() => Look::Again(format!("an answer ({})", error.message)),
        Err(error) => Look::Failed(error),
    })
    .await
}

/// How far a controller of the condition style is with an object: its condition `Ready` is true for the present
/// generation.
pub fn ready_status(live: &Value) -> Rollout {
    let generation = live.pointer("/metadata/generation").and_then(Value::as_i64);
    let Some(ready) = condition(live, "Ready") else {
        return Rollout::Waiting("its controller to look at it".to_owned());
    };
    let seen = ready.get("observedGeneration").and_then(Value::as_i64);
    if seen.is_some() && seen < generation {
        return Rollout::Waiting(format!(
            "its controller to see generation {}",
            generation.unwrap_or_default()
        ));
    }
    if ready.get("status").and_then(Value::as_str) == Some("True") {
        return Rollout::Done;
    }
    let list = live.pointer("/status/conditions").and_then(Value::as_array);
    let unmet: Vec<String> = list.into_iter().flatten().filter_map(unmet).collect();
    Rollout::Waiting(unmet.join("; "))
}

/// The condition of that type.
pub fn condition<'a>(live: &'a Value, kind: &str) -> Option<&'a Value> {
    let list = live.pointer("/status/conditions")?.as_array()?;
    list.iter()
        .find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

/// A condition that is not true, as `SubnetsReady=False (SubnetsNotFound: no subnet fits)`.
pub fn unmet(condition: &Value) -> Option<String> {
    let text = |field: &str| condition.get(field).and_then(Value::as_str).unwrap_or_default();
    if text("status") == "True" {
        return None;
    }
    Some(format!(
        "{}={} ({}: {})",
        text("type"),
        text("status"),
        text("reason"),
        text("message")
    ))
}

/// Waits until the API server knows an object's kind, whether the object is there or not.
///
/// # Errors
/// `Timeout` where it does not come to know it; `Cancelled`; any error that waiting does not mend.
pub async fn wait_until_served(
    api: &dyn KubeApi,
    object: &ObjectRef<'_>,
    options: &WaitOptions,
) -> Result<(), KubeError> {
    let kind = object.resource.kind;
    let waited = poll(api, object, options, |answer| match answer {
        Err(error) if error.kind == KubeErrorKind::CrdMissing => {
            Look::Again(format!("the API server to know {kind}"))
        }
        Err(error) if error.is_transient() => Look::Again(format!("an answer ({})", error.message)),
        // Whether it is there, or may be read, is not the question.
        _ => Look::Done(()),
    });
    waited.await
}

/// Waits until an object with this UID is gone.
///
/// # Errors
/// `Timeout` with the finalizers that hold it; `Cancelled`; any error that waiting does not mend.
pub async fn wait_until_gone(
    api: &dyn KubeApi,
    object: &ObjectRef<'_>,
    uid: Option<&str>,
    options: &WaitOptions,
) -> Result<(), KubeError> {
    poll(api, object, options, |answer| match answer {
        Ok(live) if uid.is_some_and(|uid| live.pointer("/metadata/uid") != Some(&uid.into())) => {
            Look::Done(())
        }
        Ok(live) => Look::Again(format!("its finalizers: {}", finalizers(&live))),
        Err(error) if error.is_not_found() => Look::Done(()),
        Err(error) if error.is_transient() => Look::Again(format!("an answer ({})", error.message)),
        Err(error) => Look::Failed(error),
    })
    .await
}

fn finalizers(live: &Value) -> String {
    let list = live.pointer("/metadata/finalizers").and_then(Value::as_array);
    let names: Vec<_> = list.into_iter().flatten().filter_map(Value::as_str).collect();
    if names.is_empty() {
        "none left".to_owned()
    } else {
        names.join(", ")
    }
}

async fn poll<T>(
    api: &dyn KubeApi,
    object: &ObjectRef<'_>,
    options: &WaitOptions,
    look: impl Fn(Result<Value, KubeError>) -> Look<T, KubeError>,
) -> Result<T, KubeError> {
    let look = &look;
    let waited = wait(
        object,
        options,
        PACE,
        || async move { look(api.get(object).await) },
    )
    .await;
    waited.map_err(|end| {
        let kind = match end {
            WaitError::Failed(error) => return error,
            WaitError::Timeout { .. } => KubeErrorKind::Timeout,
            WaitError::Cancelled { .. } => KubeErrorKind::Cancelled,
        };
        KubeError::new(kind, api.cluster(), end.to_string()).about(object)
    })
}
