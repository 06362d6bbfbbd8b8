//! What a read may change in the state.

use super::pairing::pair;
use super::walk::{Content, Repeat, map_objects, nested};
use crate::schema::{Attribute, Schema};
use crate::value::Value;

/// The object as read, in the user's writing wherever that means the same: equal by the attribute's own rule, or
/// an empty text, collection or object against none, unless null stands for a default. Write-only attributes are null.
pub fn keep_form(schema: &Schema, stored: &Value, found: &Value) -> Value {
    object(Content::of(schema), stored, found)
}

fn object(content: Content<'_>, stored: &Value, found: &Value) -> Value {
    let Value::Map(fields) = found else {
        return found.clone();
    };
    let mut kept = fields.clone();
    for attribute in content.attributes {
        if let Some(value) = kept.get_mut(&attribute.name) {
            *value = one(attribute, stored.get(&attribute.name), value);
        }
    }
    for block in content.blocks {
        if let Some(value) = kept.get_mut(&block.name) {
            *value = elements(
                block.nesting.into(),
                Content::of(&block.content),
                stored.get(&block.name),
                value,
            );
        }
    }
    Value::Map(kept)
}

fn one(attribute: &Attribute, stored: &Value, found: &Value) -> Value {
    if attribute.write_only {
        return Value::Null;
    }
    if stored == found {
        return stored.clone();
    }
    // Null is no value of an attribute with a default: an import does not know the value yet.
    let unread = stored.is_null() && attribute.default.is_some();
    if !unread && (both_empty(stored, found) || both_hollow(attribute, stored, found)) {
        return stored.clone();
    }
    let comparable = !stored.is_null() && !found.is_null();
    match (attribute.same_meaning, nested(attribute)) {
        (Some(same), _) if comparable && same(found, stored) => stored.clone(),
        (_, Some((repeat, inner))) => elements(repeat, inner, stored, found),
        _ => found.clone(),
    }
}

fn elements(repeat: Repeat, inner: Content<'_>, stored: &Value, found: &Value) -> Value {
    match (repeat, found) {
        (Repeat::Set, Value::Set(all)) => set(inner, stored.as_elements().unwrap_or_default(), all),
        _ => map_objects(repeat, found, [stored], &mut |found, [stored]| {
            object(inner, stored, found)
        }),
    }
}

/// Each element found takes the form of a stored one that means the same.
fn set(inner: Content<'_>, stored: &[Value], found: &[Value]) -> Value {
    let pairs = pair(found.len(), stored.len(), |f, s| {
        object(inner, &stored[s], &found[f]) == stored[s]
    });
    let form = |(found, paired): (&Value, Option<usize>)| paired.map_or(found, |s| &stored[s]).clone();
    Value::set(found.iter().zip(pairs).map(form).collect::<Vec<_>>())
}

/// Whether neither nested object says anything: what is left out as a whole, and one of which every attribute is.
fn both_hollow(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    let hollow = |v: &Value| match v {
        Value::Null => true,
        Value::Map(fields) => fields.values().all(Value::is_null),
        _ => false,
    };
    matches!(nested(attribute), Some((Repeat::One, _))) && hollow(a) && hollow(b)
}

/// Whether there is nothing in either, be it written as nothing or as an empty text or collection.
fn both_empty(a: &Value, b: &Value) -> bool {
    let empty = |v: &Value| match v {
        Value::Null => true,
        Value::String(s) => s.is_empty(),
        Value::List(v) | Value::Set(v) => v.is_empty(),
        Value::Map(m) => m.is_empty(),
        _ => false,
    };
    empty(a) && empty(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::AttributeType;
    use crate::ty::Type;

    #[test]
    fn keeps_the_users_writing() {
        let mut text = Attribute::new("text", AttributeType::Plain(Type::String));
        text.same_meaning = Some(|a, b| match (a, b) {
            (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        });
        let list = Attribute::new("list", AttributeType::Plain(Type::list(Type::String)));
        let schema = Schema::new("", vec![text, list]);
        let stored = Value::object([("text", Value::from("Abc")), ("list", Value::Null)]);
        let same = Value::object([("text", Value::from("abc")), ("list", Value::List(vec![]))]);
        assert_eq!(keep_form(&schema, &stored, &same), stored);
        let other = Value::object([
            ("text", Value::from("abd")),
            ("list", Value::List(vec![Value::from("x")])),
        ]);
        assert_eq!(keep_form(&schema, &stored, &other), other);
    }

    /// After an import nothing is known: empty is not the default.
    #[test]
    fn an_empty_value_is_not_a_default_that_was_never_read() {
        let text = Attribute::new("text", AttributeType::Plain(Type::String))
            .with_default(crate::schema::Default::Value(Value::from("usual")));
        let schema = Schema::new("", vec![text]);
        let of = |value: Value| Value::object([("text", value)]);
        let found = of(Value::from(""));
        assert_eq!(keep_form(&schema, &of(Value::Null), &found), found);
    }
}
