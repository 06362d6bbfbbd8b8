//! Lists whose items have a key, after `x-kubernetes-list-map-keys` of Kubernetes' own OpenAPI. All
//! other lists are one value, whose order counts.

use serde_json::{Map, Value};

/// Fields that hold such a list, and the fields of an item that are its key. Ports of containers
/// and of Services have the same name and different keys.
const KEYED: [(&str, &[&str]); 15] = [
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("imagePullSecrets", &["name"]),
    ("secrets", &["name"]),
    ("resourceClaims", &["name"]),
    ("ownerReferences", &["uid"]),
    ("hostAliases", &["ip"]),
    ("conditions", &["type"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("ports", &["containerPort", "protocol"]),
];
const SERVICE_PORT: &[&str] = &["port", "protocol"];

/// An item's key: its key fields with their values, in the order of the table.
pub(super) type Key = Vec<(&'static str, Value)>;

/// Both lists by key, if the field holds a keyed list and every item has a key of its own.
pub(super) fn keyed<'a>(field: &str, list: &'a [Value]) -> Option<Vec<(Key, &'a Value)>> {
    let (_, names) = KEYED.iter().find(|(name, _)| *name == field)?;
    let mut found: Vec<(Key, &Value)> = Vec::with_capacity(list.len());
    for item in list {
        let key = key_of(item, names)?;
        if found.iter().any(|(other, _)| *other == key) {
            return None;
        }
        found.push((key, item));
    }
    Some(found)
}

fn key_of(item: &Value, names: &'static [&'static str]) -> Option<Key> {
    let fields = item.as_object()?;
    let names = if names[0] == "containerPort" && fields.contains_key("port") {
        SERVICE_PORT
    } else {
        names
    };
    names
        .iter()
        .map(|name| Some((*name, key_value(fields, name)?)))
        .collect()
}

/// The server's default counts as said, since it is part of the key.
fn key_value(fields: &Map<String, Value>, name: &str) -> Option<Value> {
    match fields.get(name) {
        Some(value) => Some(value.clone()),
        None if name == "protocol" => Some("TCP".into()),
        None => None,
    }
}

/// A key as the API server writes it in a path: `[name="ctr"]`.
pub(super) fn key_text(key: &Key) -> String {
    let parts: Vec<_> = key
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("[{}]", parts.join(","))
}
