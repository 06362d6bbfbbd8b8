//! Comparing what is wanted with what is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::FieldDiff;
use super::lists::{Key, key_text, keyed};
use crate::kube::quantity;

/// Fields whose entries are quantities.
const MAPS_OF_QUANTITIES: [&str; 6] = [
    "limits",
    "requests",
    "capacity",
    "allocatable",
    "hard",
    "overhead",
];
/// Fields that are a quantity themselves.
const QUANTITIES: [&str; 2] = ["sizeLimit", "divisor"];

/// Where a comparison is: the path as text, and its last two field names.
#[derive(Debug, Clone, Default)]
struct Place {
    path: String,
    parent: String,
    field: String,
}

impl Place {
    fn field(&self, name: &str) -> Self {
        let plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let path = match (plain, self.path.is_empty()) {
            (true, true) => name.to_owned(),
            (true, false) => format!("{}.{name}", self.path),
            (false, _) => format!("{}[{name:?}]", self.path),
        };
        Self {
            path,
            parent: self.field.clone(),
            field: name.to_owned(),
        }
    }

    fn item(&self, text: &str) -> Self {
        Self {
            path: format!("{}{text}", self.path),
            ..self.clone()
        }
    }

    fn is_quantity(&self) -> bool {
        MAPS_OF_QUANTITIES.contains(&self.parent.as_str()) || QUANTITIES.contains(&self.field.as_str())
    }
}

/// The fields in which `observed` is not what `desired` says, ordered by path of `desired`'s objects.
/// Quantities are compared by what they mean; an empty container is the same as none.
pub fn diff(desired: &Value, observed: &Value) -> Vec<FieldDiff> {
    let mut found = Vec::new();
    compare(&Place::default(), Some(desired), Some(observed), &mut found);
    found
}

fn compare(at: &Place, desired: Option<&Value>, observed: Option<&Value>, found: &mut Vec<FieldDiff>) {
    match (desired, observed) {
        (Some(Value::Object(new)), Some(Value::Object(old))) => objects(at, new, old, found),
        (Some(Value::Array(new)), Some(Value::Array(old))) => lists(at, new, old, found),
        (Some(new), Some(old)) if new == old || (at.is_quantity() && quantity::same(new, old)) => {}
        (new, old) if is_nothing(new) && is_nothing(old) => {}
        (new, old) => found.push(FieldDiff {
            path: at.path.clone(),
            old: old.cloned(),
            new: new.cloned(),
        }),
    }
}

/// The API server drops empty containers or keeps them, by kind and field.
fn is_nothing(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(fields)) => fields.values().all(|field| is_nothing(Some(field))),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

fn objects(at: &Place, new: &Map<String, Value>, old: &Map<String, Value>, found: &mut Vec<FieldDiff>) {
    let names: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
    for name in names {
        compare(&at.field(name), new.get(name), old.get(name), found);
    }
}

fn lists(at: &Place, new: &[Value], old: &[Value], found: &mut Vec<FieldDiff>) {
    if let (Some(new), Some(old)) = (keyed(&at.field, new), keyed(&at.field, old)) {
        for (key, item) in &new {
            compare(&at.item(&key_text(key)), Some(item), item_of(&old, key), found);
        }
        for (key, item) in old.iter().filter(|(key, _)| item_of(&new, key).is_none()) {
            compare(&at.item(&key_text(key)), None, Some(item), found);
        }
        return;
    }
    for index in 0..new.len().max(old.len()) {
        compare(
            &at.item(&format!("[{index}]")),
            new.get(index),
            old.get(index),
            found,
        );
    }
}

fn item_of<'a>(items: &[(Key, &'a Value)], key: &Key) -> Option<&'a Value> {
    items
        .iter()
        .find(|(other, _)| other == key)
        .map(|(_, item)| *item)
}

/// The part of `live` that has the shape of `desired`. Of a list without keys nothing is left out,
/// since an item more is a change of it.
pub(super) fn along(desired: &Value, live: &Value) -> Value {
    along_field("", desired, live)
}

fn along_field(field: &str, desired: &Value, live: &Value) -> Value {
    match (desired, live) {
        (Value::Object(desired), Value::Object(live)) => {
            let kept = desired.iter().filter_map(|(name, wanted)| {
                Some((name.clone(), along_field(name, wanted, live.get(name)?)))
            });
            Value::Object(kept.collect())
        }
        (Value::Array(wanted), Value::Array(items)) => Value::Array(along_items(field, wanted, items)),
        (_, live) => live.clone(),
    }
}

fn along_items(field: &str, wanted: &[Value], items: &[Value]) -> Vec<Value> {
    if let (Some(wanted), Some(items)) = (keyed(field, wanted), keyed(field, items)) {
        let kept = wanted
            .iter()
            .filter_map(|(key, item)| Some(along_field("", item, item_of(&items, key)?)));
        return kept.collect();
    }
    let pairs = items
        .iter()
        .enumerate()
        .map(|(index, item)| match wanted.get(index) {
            Some(wanted) => along_field("", wanted, item),
            None => item.clone(),
        });
    pairs.collect()
}

/// Both parts of one live object together: lists with keys by key; where two values meet, they come
/// from the same place and are the same, or one of them has more of it.
pub(super) fn overlay(one: &Value, other: &Value) -> Value {
    overlay_field("", one, other)
}

fn overlay_field(field: &str, one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut all = other.clone();
            for (name, value) in one {
                let joined = match other.get(name) {
                    Some(there) => overlay_field(name, value, there),
                    None => value.clone(),
                };
                all.insert(name.clone(), joined);
            }
            Value::Object(all)
        }
        (Value::Array(ours), Value::Array(theirs)) => overlay_items(field, ours, theirs),
        (_, other) => other.clone(),
    }
}

fn overlay_items(field: &str, ours: &[Value], theirs: &[Value]) -> Value {
    let (Some(ours), Some(theirs)) = (keyed(field, ours), keyed(field, theirs)) else {
        return Value::Array(theirs.to_vec());
    };
    let mut all: Vec<Value> = theirs
        .iter()
        .map(|(key, item)| match item_of(&ours, key) {
            Some(our) => overlay_field("", our, item),
            None => (*item).clone(),
        })
        .collect();
    all.extend(
        ours.iter()
            .filter(|(key, _)| item_of(&theirs, key).is_none())
            .map(|(_, item)| (*item).clone()),
    );
    Value::Array(all)
}
