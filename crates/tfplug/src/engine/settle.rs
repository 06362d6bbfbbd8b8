//! The result of an apply, made to agree with its plan.

use crate::path::Path;
use crate::value::Value;

/// The state to store after a success: what was planned where the plan was certain, what came out where it was
/// not. Second, the places that nobody gave a value; they are null in the state.
///
/// A remote system may write a value differently from the user; the user's writing is what is stored.
pub fn settle(planned: &Value, actual: &Value) -> (Value, Vec<Path>) {
    let mut open = Vec::new();
    let state = merge(planned, actual, &Path::root(), &mut open);
    (state, open)
}

/// The state to store after a failure: what exists, with nothing unknown in it. What was not learned is as it was
/// before, or null.
pub fn salvage(actual: &Value, prior: &Value) -> Value {
    match actual {
        Value::Unknown(_) if prior.is_wholly_known() => prior.clone(),
        Value::Unknown(_) => Value::Null,
        Value::Map(fields) => Value::Map(
            fields
                .iter()
                .map(|(k, v)| (k.clone(), salvage(v, prior.get(k))))
                .collect(),
        ),
        Value::List(elements) => {
            let before = prior.as_elements().unwrap_or_default();
            let pair = |(i, e)| salvage(e, before.get(i).unwrap_or(&Value::Null));
            Value::List(elements.iter().enumerate().map(pair).collect())
        }
        Value::Set(elements) => Value::set(
            elements
                .iter()
                .map(|e| salvage(e, &Value::Null))
                .collect::<Vec<_>>(),
        ),
        Value::Dynamic(d) if !d.1.is_wholly_known() => salvage(&Value::Unknown(None), prior),
        known => known.clone(),
    }
}

fn merge(planned: &Value, actual: &Value, path: &Path, open: &mut Vec<Path>) -> Value {
    if planned.is_wholly_known() {
        return planned.clone();
    }
    match (planned, actual) {
        (Value::Map(fields), Value::Map(_)) => {
            let each =
                |(k, v): (&String, &Value)| (k.clone(), merge(v, actual.get(k), &path.attribute(k), open));
            Value::Map(fields.iter().map(each).collect())
        }
        (Value::List(elements), Value::List(found)) if elements.len() == found.len() => {
            let pairs = elements.iter().zip(found).enumerate();
            Value::List(
                pairs
                    .map(|(i, (p, a))| merge(p, a, &path.index(i), open))
                    .collect(),
            )
        }
        // An unknown value, and a set with unknowns in it: there is nothing to hold the result against.
        (Value::Unknown(_) | Value::Set(_) | Value::Dynamic(_), _) => known_only(actual, path, open),
        // The result lost its shape; the plan's certain parts are still right.
        (_, _) => known_only(planned, path, open),
    }
}

fn known_only(value: &Value, path: &Path, open: &mut Vec<Path>) -> Value {
    if !value.is_wholly_known() {
        open.push(path.clone());
        return salvage(value, &Value::Null);
    }
    value.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_wins_where_it_is_certain() {
        let planned = Value::object([("name", Value::from("a")), ("id", Value::unknown())]);
        let actual = Value::object([("name", Value::from("A")), ("id", Value::from("i-1"))]);
        let wanted = Value::object([("name", Value::from("a")), ("id", Value::from("i-1"))]);
        assert_eq!(settle(&planned, &actual), (wanted, vec![]));
    }

    #[test]
    fn a_missing_result_is_named() {
        let planned = Value::object([("id", Value::unknown())]);
        let (state, open) = settle(&planned, &planned);
        assert_eq!(state, Value::object([("id", Value::Null)]));
        assert_eq!(open, [Path::attr("id")]);
    }

    #[test]
    fn salvage_prefers_what_was_known_before() {
        let actual = Value::object([
            ("a", Value::unknown()),
            ("b", Value::unknown()),
            ("c", Value::from(1)),
        ]);
        let prior = Value::object([("a", Value::from("old"))]);
        let wanted = Value::object([
            ("a", Value::from("old")),
            ("b", Value::Null),
            ("c", Value::from(1)),
        ]);
        assert_eq!(salvage(&actual, &prior), wanted);
    }
}
