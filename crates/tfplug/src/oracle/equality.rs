//! When Terraform calls two values equal, and how it reaches into null and unknown ones.

use crate::value::Value;

const NULL: Value = Value::Null;
const UNKNOWN: Value = Value::Unknown(None);

/// Whether Terraform counts two values of one type as equal when it compares a plan with configuration or prior
/// state: exactly equal, unknown equal to unknown, whatever either is refined to.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Unknown(_), Value::Unknown(_)) => true,
        (Value::List(x), Value::List(y)) => all_same(x, y),
        (Value::Set(x), Value::Set(y)) => {
            x.len() == y.len() && (all_same(x, y) || a.unrefined() == b.unrefined())
        }
        (Value::Map(x), Value::Map(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|((j, v), (k, w))| j == k && same(v, w))
        }
        (Value::Dynamic(x), Value::Dynamic(y)) => x.0 == y.0 && same(&x.1, &y.1),
        _ => a == b,
    }
}

fn all_same(x: &[Value], y: &[Value]) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(v, w)| same(v, w))
}

/// An attribute of an object: unknown if the object is, null if the object is.
pub(super) fn attribute<'a>(object: &'a Value, name: &str) -> &'a Value {
    if object.is_known() {
        object.get(name)
    } else {
        &UNKNOWN
    }
}

/// An element of a list: unknown if the list is, and none if the list is null or too short.
pub(super) fn element(list: &Value, index: usize) -> Option<&Value> {
    if !list.is_known() {
        return Some(&UNKNOWN);
    }
    list.as_elements().and_then(|elements| elements.get(index))
}

/// An element of a map: unknown if the map is, and none if the map is null or lacks the key.
pub(super) fn entry<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    if !map.is_known() {
        return Some(&UNKNOWN);
    }
    map.as_map().and_then(|entries| entries.get(key))
}

/// The value, or null where there is none.
pub(super) fn or_null(value: Option<&Value>) -> &Value {
    value.unwrap_or(&NULL)
}
