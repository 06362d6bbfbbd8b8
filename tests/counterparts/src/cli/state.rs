//! The state file, version 4.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, IoContext, Result};

/// What Terraform has stored. Reading the file takes no time beside a command that prints what it holds.
pub(super) struct StateFile(Value);

impl StateFile {
    /// An empty state if there is no file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self(Value::Null));
        }
        let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
        let state = serde_json::from_str(&text).map_err(|error| Error::Answer {
            request: path.display().to_string(),
            fact: error.to_string(),
        })?;
        Ok(Self(state))
    }

    /// The attributes of the object with this address; `None` if there is none.
    pub(super) fn attributes(&self, address: &str) -> Option<Value> {
        let found = self.objects().find(|(found, _)| found == address);
        found.map(|(_, instance)| instance["attributes"].clone())
    }

    /// All addresses, ordered.
    pub(super) fn addresses(&self) -> Vec<String> {
        let mut all: Vec<String> = self.objects().map(|(address, _)| address).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The value of an output.
    pub(super) fn output(&self, name: &str) -> Option<Value> {
        self.0["outputs"].get(name).map(|output| output["value"].clone())
    }

    fn objects(&self) -> impl Iterator<Item = (String, &Value)> {
        list(&self.0["resources"]).flat_map(|resource| {
            let base = base_address(resource);
            list(&resource["instances"])
                .map(move |instance| (format!("{base}{}", index(&instance["index_key"])), instance))
        })
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// For example `module.a["x"].data.mig_layout.this`.
fn base_address(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    let module = match text("module") {
        "" => String::new(),
        module => format!("{module}."),
    };
    let mode = if text("mode") == "data" { "data." } else { "" };
    format!("{module}{mode}{}.{}", text("type"), text("name"))
}

/// For example `["x"]`, `[0]`, or nothing.
fn index(key: &Value) -> String {
    if key.is_null() {
        String::new()
    } else {
        format!("[{key}]")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::StateFile;

    fn state() -> StateFile {
        let instance = |key: Value, id: &str| json!({ "index_key": key, "attributes": { "id": id } });
        StateFile(json!({
            "version": 4,
            "outputs": { "count": { "value": 2, "type": "number" } },
            "resources": [
                { "mode": "managed", "type": "a_b", "name": "this", "instances": [{ "attributes": { "id": "plain" } }] },
                { "mode": "data", "type": "a_b", "name": "this", "instances": [{ "attributes": { "id": "read" } }] },
                {
                    "module": "module.m[\"k\"]", "mode": "managed", "type": "a_b", "name": "this",
                    "instances": [instance(json!("x"), "by key"), instance(json!(1), "by number")],
                },
            ],
        }))
    }

    #[test]
    fn an_address_names_one_object() {
        let state = state();
        let id = |address: &str| state.attributes(address).map(|found| found["id"].clone());
        assert_eq!(id("a_b.this"), Some(json!("plain")));
        assert_eq!(id("data.a_b.this"), Some(json!("read")));
        assert_eq!(id("module.m[\"k\"].a_b.this[\"x\"]"), Some(json!("by key")));
        assert_eq!(id("module.m[\"k\"].a_b.this[1]"), Some(json!("by number")));
        assert_eq!(id("a_b.other"), None);
        assert_eq!(id("a_b.this[0]"), None);
    }

    #[test]
    fn everything_is_listed() {
        let addresses = state().addresses();
        assert_eq!(
            addresses,
            [
                "a_b.this",
                "data.a_b.this",
                "module.m[\"k\"].a_b.this[\"x\"]",
                "module.m[\"k\"].a_b.this[1]",
            ]
        );
    }

    #[test]
    fn an_output_has_a_value() {
        assert_eq!(state().output("count"), Some(json!(2)));
        assert_eq!(state().output("other"), None);
    }
}
