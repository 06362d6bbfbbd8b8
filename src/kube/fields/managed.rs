//! `managedFields` in the form FieldsV1: `f:<field>`, `k:{<key>}`, `v:<value>`, `i:<index>`, and `.`
//! for the item itself. Format: structured-merge-diff.

use serde_json::{Map, Value};

use super::people::{is_deployment_tool, is_persons_client};

/// What server-side apply by `manager` holds of a live object, with the names that say which object
/// it is.
pub fn owned(live: &Value, manager: &str) -> Value {
    held(live, |name, operation| name == manager && operation == "Apply")
}

/// What `manager`, people and deployment tools hold of a live object, with the names that say which object it is. Defaults
/// of the server and fields of controllers are left out.
pub fn given(live: &Value, manager: &str) -> Value {
    held(live, |name, _| {
        name == manager || is_persons_client(name) || is_deployment_tool(name)
    })
}

/// What the managers hold for whose name and operation `counts` says so.
fn held(live: &Value, counts: impl Fn(&str, &str) -> bool) -> Value {
    let entries = live.pointer("/metadata/managedFields").and_then(Value::as_array);
    let (mut ours, mut others) = (Map::new(), Map::new());
    for entry in entries.into_iter().flatten() {
        let Some(fields) = entry.get("fieldsV1").and_then(Value::as_object) else {
            continue;
        };
        let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_ours = counts(word("manager"), word("operation"));
        merge(if is_ours { &mut ours } else { &mut others }, fields);
    }
    let mut kept = if ours.is_empty() {
        Value::Object(Map::new())
    } else {
        prune(live, &ours, &others)
    };
    name(&mut kept, live);
    kept
}

fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        let slot = into
            .entry(key.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        if let (Value::Object(slot), Value::Object(value)) = (slot, value) {
            merge(slot, value);
        }
    }
}

/// Who the object is: nobody's field in `managedFields`, and part of whatever is applied.
fn name(kept: &mut Value, live: &Value) {
    let Value::Object(kept) = kept else { return };
    for field in ["apiVersion", "kind"] {
        if let Some(value) = live.get(field) {
            kept.insert(field.to_owned(), value.clone());
        }
    }
    let metadata = kept
        .entry("metadata")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(metadata) = metadata {
        for field in ["name", "namespace"] {
            if let Some(value) = live.pointer(&format!("/metadata/{field}")) {
                metadata.insert(field.to_owned(), value.clone());
            }
        }
    }
}

/// The part of `live` that `ours` names. A leaf is the whole value, unless others hold parts of it:
/// then ours is the empty container that we applied.
fn prune(live: &Value, ours: &Map<String, Value>, others: &Map<String, Value>) -> Value {
    let children = |set: &Map<String, Value>| set.keys().any(|key| key != ".");
    if !children(ours) {
        let holds_only_itself = ours.contains_key(".") || children(others);
        return match live {
            Value::Object(_) if holds_only_itself => Value::Object(Map::new()),
            Value::Array(_) if holds_only_itself => Value::Array(Vec::new()),
            whole => whole.clone(),
        };
    }
    match live {
        Value::Object(fields) => Value::Object(prune_fields(fields, ours, others)),
        Value::Array(items) => Value::Array(prune_items(items, ours, others)),
        scalar => scalar.clone(),
    }
}

fn prune_fields(
    fields: &Map<String, Value>,
    ours: &Map<String, Value>,
    others: &Map<String, Value>,
) -> Map<String, Value> {
    let mut kept = Map::new();
    for (field, value) in fields {
        let key = format!("f:{field}");
        if let Some(part) = ours.get(&key).and_then(Value::as_object) {
            kept.insert(field.clone(), prune(value, part, below(others, &key)));
        }
    }
    kept
}

fn prune_items(items: &[Value], ours: &Map<String, Value>, others: &Map<String, Value>) -> Vec<Value> {
    let kept = items.iter().enumerate().filter_map(|(index, item)| {
        let (key, part) = ours.iter().find(|(key, _)| names_item(key, index, item))?;
        Some(prune(item, part.as_object()?, below(others, key)))
    });
    kept.collect()
}

fn names_item(key: &str, index: usize, item: &Value) -> bool {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    if let Some(fields) = key.strip_prefix("k:") {
        let fields = parsed(fields);
        let fields = fields.as_ref().and_then(Value::as_object);
        return fields.is_some_and(|fields| fields.iter().all(|(name, value)| item.get(name) == Some(value)));
    }
    if let Some(value) = key.strip_prefix("v:") {
        return parsed(value).as_ref() == Some(item);
    }
    key.strip_prefix("i:").is_some_and(|at| at == index.to_string())
}

fn below<'a>(set: &'a Map<String, Value>, key: &str) -> &'a Map<String, Value> {
    static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    set.get(key).and_then(Value::as_object).unwrap_or(&NOTHING)
}
