//! Objects as a YAML stream for `kubectl apply --server-side`, Argo CD or Flux.
//!
//! The bytes depend on the objects alone: whoever commits them sees a change only where an object changed, and user data
//! reads back byte for byte. That is why this writer is our own: no YAML library promises its output over releases, and
//! ours writes nothing but what JSON can say. Its output is read back by two other implementations in tests.

mod scalar;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thiserror::Error;

/// Kinds in the order in which they are applied; others come after these, before none.
const ORDER: [&str; 12] = [
    "Namespace",
    "CustomResourceDefinition",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "DaemonSet",
    "EC2NodeClass",
    "NodePool",
    "NodeOverlay",
];

/// Why objects are no stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StreamError {
    /// Without kind and name nothing can be applied.
    #[error("an object has no apiVersion, kind or metadata.name")]
    Nameless,
    /// Applied one after the other they would overwrite one another.
    #[error("two different objects are both {kind} {name}")]
    Twice {
        /// Their kind.
        kind: String,
        /// Their name, behind the namespace if there is one.
        name: String,
    },
}

/// What an object is sorted and identified by: rank, kind, API version, namespace, name.
type Identity = (usize, String, String, String, String);

/// Writes the objects in the order in which they are applied, by kind, namespace and name, each as a document of its
/// own. Equal objects are written once. Equal input gives equal bytes, whatever its order.
pub fn stream(objects: &[Value]) -> Result<String, StreamError> {
    let mut sorted: BTreeMap<Identity, &Value> = BTreeMap::new();
    for object in objects {
        let identity = identity(object).ok_or(StreamError::Nameless)?;
        let (_, kind, _, namespace, name) = identity.clone();
        if sorted
            .insert(identity, object)
            .is_some_and(|other| other != object)
        {
            let name = if namespace.is_empty() {
                name
            } else {
                format!("{namespace}/{name}")
            };
            return Err(StreamError::Twice { kind, name });
        }
    }
    let documents = sorted.values().map(|object| format!("---\n{}", document(object)));
    Ok(documents.collect())
}

/// Writes one value as a document.
pub fn document(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut text, map, 0),
        Value::Array(list) if !list.is_empty() => write_list(&mut text, list, 0),
        other => {
            text.push_str(&scalar::inline(other, 2));
            text.push('\n');
        }
    }
    text
}

fn identity(object: &Value) -> Option<Identity> {
    let word = |value: &Value| value.as_str().filter(|word| !word.is_empty()).map(str::to_owned);
    let kind = word(&object["kind"])?;
    let rank = ORDER
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(ORDER.len());
    let version = word(&object["apiVersion"])?;
    let metadata = &object["metadata"];
    let namespace = word(&metadata["namespace"]).unwrap_or_default();
    Some((rank, kind, version, namespace, word(&metadata["name"])?))
}

/// Keys in their own order, which is by name wherever the objects come from this crate.
fn write_map(text: &mut String, map: &Map<String, Value>, indent: usize) {
    for (index, (key, value)) in map.iter().enumerate() {
        // The first key of a list's element stands behind the dash.
        if index > 0 || !text.ends_with("- ") {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str(&scalar::key(key));
        text.push(':');
        write_value(text, value, indent);
    }
}

fn write_list(text: &mut String, list: &[Value], indent: usize) {
    for (index, value) in list.iter().enumerate() {
        if index > 0 || !text.ends_with("- ") {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str("- ");
        match value {
            Value::Object(map) if !map.is_empty() => write_map(text, map, indent + 2),
            Value::Array(inner) if !inner.is_empty() => write_list(text, inner, indent + 2),
            other => {
                text.push_str(&scalar::inline(other, indent + 2));
                text.push('\n');
            }
        }
    }
}

/// What stands behind `key:`.
fn write_value(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            write_map(text, map, indent + 2);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            write_list(text, list, indent + 2);
        }
        other => {
            text.push(' ');
            text.push_str(&scalar::inline(other, indent + 2));
            text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests;
