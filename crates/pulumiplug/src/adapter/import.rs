//! Which inputs an object may have been made from.

use std::collections::BTreeMap;

use tfplug::Value;
use tfplug::schema::{Attribute, Optionality, Schema};

use super::{Declared, with_attribute};
use crate::value::shape::{Content, Field, Repeat, Shape};

/// Inputs to try.
pub(super) struct Candidate {
    pub(super) config: Value,
}

/// What of an object counts as given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    /// What only a user can give.
    Least,
    /// What a user may give, too.
    Most,
}

/// Inputs that may leave an object as it is, those with the fewest properties first.
pub(super) fn candidates(declared: Declared<'_>, state: &Value) -> Vec<Candidate> {
    let content = Content::of(declared.schema);
    let mut least = object(content, state, Given::Least);
    // A program that left the name out would have another one made up.
    if let Some(name) = declared.name_attribute() {
        least = with_attribute(&least, &name.name, state.get(&name.name).clone());
    }
    let most = object(content, state, Given::Most);
    [least, most]
        .into_iter()
        .map(|config| Candidate { config })
        .collect()
}

fn object(content: Content<'_>, state: &Value, given: Given) -> Value {
    if !matches!(state, Value::Map(_)) {
        return state.clone();
    }
    let one = |field: Field<'_>| {
        let value = state.get(field.name);
        let value = match field
            .attribute
            .is_none_or(|attribute| counts(attribute, value, given))
        {
            true => shape(field.shape, value, given),
            false => Value::Null,
        };
        (field.name.to_owned(), value)
    };
    Value::Map(content.fields().map(one).collect())
}

/// Whether an attribute of this value counts as given.
fn counts(attribute: &Attribute, value: &Value, given: Given) -> bool {
    let is_default = attribute
        .default
        .as_ref()
        .is_some_and(|default| default.get() == *value);
    match attribute.optionality {
        Optionality::Required => true,
        Optionality::Optional => !is_default,
        Optionality::OptionalComputed => {
            let only_user = attribute.default.is_some() || given == Given::Most;
            only_user && !is_default
        }
        Optionality::Computed => false,
    }
}

fn shape(shape: Shape<'_>, value: &Value, given: Given) -> Value {
    let Shape::Nested(repeat, content) = shape else {
        return value.clone();
    };
    let one = |value: &Value| object(content, value, given);
    match (repeat, value) {
        (Repeat::One, value) => one(value),
        (Repeat::Map, Value::Map(all)) => Value::Map(all.iter().map(|(k, v)| (k.clone(), one(v))).collect()),
        (_, Value::List(all)) => Value::List(all.iter().map(one).collect()),
        (_, Value::Set(all)) => Value::set(all.iter().map(one).collect::<Vec<_>>()),
        (_, other) => other.clone(),
    }
}

/// The part of an attribute's value that a user can give.
pub(super) fn givable(attribute: &Attribute, value: &Value) -> Value {
    shape(Shape::of(attribute), value, Given::Most)
}

/// Old inputs with what has changed since: what was given has the value of now, and what was not, but only a user can
/// give, is there too.
pub(super) fn refreshed(schema: &Schema, old: &Value, state: &Value) -> Value {
    renewed(Content::of(schema), old, state)
}

fn renewed(content: Content<'_>, old: &Value, state: &Value) -> Value {
    if !matches!((old, state), (Value::Map(_), Value::Map(_))) {
        return object(content, state, Given::Least);
    }
    let one = |field: Field<'_>| {
        (
            field.name.to_owned(),
            field_of(field, old.get(field.name), state.get(field.name)),
        )
    };
    Value::Map(content.fields().map(one).collect())
}

fn field_of(field: Field<'_>, old: &Value, now: &Value) -> Value {
    let Some(attribute) = field.attribute else {
        return repeated(field.shape, old, now);
    };
    let same = |same: fn(&Value, &Value) -> bool| same(now, old);
    match (old.is_null(), now.is_null()) {
        _ if field.is_output() => Value::Null,
        // Only the inputs hold a write-only value.
        _ if attribute.write_only => old.clone(),
        (true, _) => match counts(attribute, now, Given::Least) {
            true => shape(field.shape, now, Given::Least),
            false => Value::Null,
        },
        (false, true) => Value::Null,
        (false, false) if attribute.same_meaning.is_some_and(same) => old.clone(),
        (false, false) => repeated(field.shape, old, now),
    }
}

fn repeated(shape_of: Shape<'_>, old: &Value, now: &Value) -> Value {
    let Shape::Nested(repeat, content) = shape_of else {
        return now.clone();
    };
    match (repeat, old, now) {
        (Repeat::One, Value::Map(_), Value::Map(_)) => renewed(content, old, now),
        (Repeat::List, Value::List(before), Value::List(after)) if before.len() == after.len() => {
            let each = before.iter().zip(after);
            Value::List(each.map(|(old, now)| renewed(content, old, now)).collect())
        }
        (Repeat::Map, Value::Map(before), Value::Map(after)) => {
            let one = |(key, now): (&String, &Value)| {
                let old = before.get(key).unwrap_or(&Value::Null);
                (key.clone(), renewed(content, old, now))
            };
            Value::Map(after.iter().map(one).collect::<BTreeMap<_, _>>())
        }
        // Elements without names: as they were written, unless they have changed.
        (Repeat::Set, Value::Set(_), Value::Set(_))
            if shape(shape_of, old, Given::Least) == shape(shape_of, now, Given::Least) =>
        {
            old.clone()
        }
        _ => shape(shape_of, now, Given::Least),
    }
}

#[cfg(test)]
mod tests;
