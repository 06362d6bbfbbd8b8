//! What a resource's own code changed in a value that it saw through a Rust type.

use crate::value::Value;

/// `exact` with the changes from `before` to `after`, where `before` is `exact` as its Rust type writes it again.
///
/// A Rust type may show less than a value holds: a float has fewer digits, a `Vec` of which one element is unknown is
/// unknown as a whole. What the code left alone must come out as it went in, or it would look changed.
pub(super) fn with_changes(exact: &Value, before: &Value, after: &Value) -> Value {
    if before == after {
        return exact.clone();
    }
    match (exact, before, after) {
        (Value::Map(exact), Value::Map(before), Value::Map(after)) => {
            let one = |(name, after): (&String, &Value)| {
                let merged = match (exact.get(name), before.get(name)) {
                    (Some(exact), Some(before)) => with_changes(exact, before, after),
                    _ => after.clone(),
                };
                (name.clone(), merged)
            };
            Value::Map(after.iter().map(one).collect())
        }
        (Value::List(exact), Value::List(before), Value::List(after))
            if exact.len() == before.len() && before.len() == after.len() =>
        {
            let each = exact.iter().zip(before).zip(after);
            Value::List(each.map(|((e, b), a)| with_changes(e, b, a)).collect())
        }
        _ => after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_changes() {
        let object = |ratio: &str, name: &str| {
            Value::object([
                ("name", Value::from(name)),
                ("ratio", Value::Number(ratio.parse().unwrap())),
            ])
        };
        let exact = object("0.12345678901234567890", "a");
        let before = object("0.12345678901234568", "a");
        let after = object("0.12345678901234568", "b");
        assert_eq!(
            with_changes(&exact, &before, &after),
            object("0.12345678901234567890", "b")
        );
        let list = |one: &Value| Value::List(vec![one.clone()]);
        assert_eq!(
            with_changes(&list(&exact), &list(&before), &list(&after)),
            list(&object("0.12345678901234567890", "b"))
        );
    }

    #[test]
    fn a_partly_unknown_list_that_nobody_touched_stays() {
        let exact = Value::object([("l", Value::List(vec![Value::from("x"), Value::unknown()]))]);
        let seen = Value::object([("l", Value::unknown())]);
        assert_eq!(with_changes(&exact, &seen, &seen), exact);
        let set = Value::object([("l", Value::List(vec![Value::from("y")]))]);
        assert_eq!(with_changes(&exact, &seen, &set), set);
    }
}
