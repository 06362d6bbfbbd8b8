//! Waiting until an object is as a test wants it.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::KubeApiServer;
use crate::error::Result;
use crate::process::wait_for;

/// Slower than processes are looked at: an answer costs the server something, and many tests wait at a time.
const PAUSE: Duration = Duration::from_millis(100);

impl KubeApiServer {
    /// Reads `path` until `check` gives a value; an object that is not there is `null`.
    ///
    /// # Errors
    /// After `limit`, with what `check` said last.
    pub fn wait_until<T>(
        &self,
        path: &str,
        limit: Duration,
        mut check: impl FnMut(&Value) -> std::result::Result<T, String>,
    ) -> Result<T> {
        wait_for(path, limit, || {
            let found = self.get(path).map_err(|error| error.to_string())?;
            check(&found.unwrap_or_default()).inspect_err(|_| thread::sleep(PAUSE))
        })
    }
}

/// The condition of this type in an object's status; `null` if there is none.
#[must_use]
pub fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array();
    let mut all = conditions.into_iter().flatten();
    all.find(|condition| condition["type"] == kind)
        .unwrap_or(&Value::Null)
}

/// For waiting: holds if a condition is True and was judged for the object's present generation.
///
/// # Errors
/// What the condition says instead.
pub fn is_true(object: &Value, kind: &str) -> std::result::Result<(), String> {
    let found = condition(object, kind);
    let generation = &object["metadata"]["generation"];
    let seen = &found["observedGeneration"];
    let current = seen.is_null() || generation.is_null() || seen == generation;
    if found["status"] == "True" && current {
        return Ok(());
    }
    Err(format!("{kind} of generation {generation} is {found}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_condition_of_an_older_generation_does_not_hold() {
        let mut object = json!({
            "metadata": { "generation": 2 },
            "status": { "conditions": [{ "type": "Ready", "status": "True", "observedGeneration": 1 }] },
        });
        assert!(is_true(&object, "Ready").unwrap_err().contains("generation 2"));
        object["metadata"]["generation"] = 1.into();
        assert_eq!(is_true(&object, "Ready"), Ok(()));
        assert!(is_true(&object, "Other").unwrap_err().contains("null"));
        assert!(is_true(&Value::Null, "Ready").is_err());
    }
}
