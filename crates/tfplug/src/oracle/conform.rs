//! Whether a value is of its type at all.

use super::at::{At, Findings};
use super::rule::{Rule, Violation};
use super::shape::{Kind, Shape};
use crate::schema::Schema;
use crate::ty::Type;
use crate::value::{Refinement, Value};

/// Every place at which a value is not of the schema's type (P8).
pub fn assert_conforms(schema: &Schema, value: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    conform(Shape::Content(schema), value, &At::Root, &mut found);
    found.0
}

/// Every place at which a value is not of a type (P8).
pub fn conforms(ty: &Type, value: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    conform(Shape::Plain(ty), value, &At::Root, &mut found);
    found.0
}

/// Every place at which a value is unknown, for answers in which nothing may be (A1, R1).
pub fn assert_wholly_known(value: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    known(value, &At::Root, &mut found);
    found.0
}

fn conform(shape: Shape<'_>, value: &Value, at: &At<'_>, found: &mut Findings) {
    match (shape.kind(), value) {
        (_, Value::Null | Value::Unknown(None))
        | (Kind::Bool, Value::Bool(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::String, Value::String(_)) => {}
        (kind, Value::Unknown(Some(refinement))) => {
            if !fits(kind, refinement) {
                found.add(at, Rule::UnfitRefinement);
            }
        }
        (Kind::Dynamic, Value::Dynamic(typed)) => conform(Shape::Plain(&typed.0), &typed.1, at, found),
        (Kind::List(element), Value::List(vs)) => {
            for (i, v) in vs.iter().enumerate() {
                conform(element, v, &At::Index(at, i), found);
            }
        }
        (Kind::Set(element), Value::Set(vs)) => set(element, vs, at, found),
        (Kind::Map(element), Value::Map(entries)) => {
            for (k, v) in entries {
                conform(element, v, &At::Key(at, k), found);
            }
        }
        (Kind::Tuple(types), Value::List(vs)) if types.len() == vs.len() => {
            for (i, (t, v)) in types.iter().zip(vs).enumerate() {
                conform(Shape::Plain(t), v, &At::Index(at, i), found);
            }
        }
        (Kind::Object, Value::Map(_)) => object(shape, value, at, found),
        (kind, other) => found.add(
            at,
            Rule::WrongType {
                expected: kind.name(),
                found: other.kind_name(),
            },
        ),
    }
}

fn set(element: Shape<'_>, elements: &[Value], at: &At<'_>, found: &mut Findings) {
    let ordered = |pair: &[Value]| pair[0] < pair[1] || (pair[0] == pair[1] && !pair[0].is_wholly_known());
    if !elements.windows(2).all(ordered) {
        found.add(at, Rule::MalformedSet);
    }
    for v in elements {
        conform(element, v, &At::Element(at, v), found);
    }
}

fn object(shape: Shape<'_>, value: &Value, at: &At<'_>, found: &mut Findings) {
    let Some(attributes) = value.as_map() else {
        return;
    };
    let fields = shape.fields();
    for (name, field) in &fields {
        match attributes.get(*name) {
            Some(v) => conform(*field, v, &At::Attribute(at, name), found),
            None => found.add(at, Rule::AttributeMissing((*name).to_owned())),
        }
    }
    for name in attributes.keys() {
        if !fields.iter().any(|(known, _)| known == name) {
            found.add(at, Rule::AttributeSurplus(name.clone()));
        }
    }
}

fn fits(kind: Kind<'_>, refinement: &Refinement) -> bool {
    let number = refinement.number_min.is_none() && refinement.number_max.is_none();
    let length = refinement.length_min.is_none() && refinement.length_max.is_none();
    let prefix = refinement.string_prefix.is_none();
    match kind {
        // What the type will be is not known, so nothing can be said of the value.
        Kind::Dynamic => refinement.is_empty(),
        Kind::Number => length && prefix,
        Kind::String => number && length,
        Kind::List(_) | Kind::Set(_) | Kind::Map(_) => number && prefix,
        Kind::Bool | Kind::Tuple(_) | Kind::Object => number && length && prefix,
    }
}

fn known(value: &Value, at: &At<'_>, found: &mut Findings) {
    match value {
        Value::Unknown(_) => found.add(at, Rule::Unknown),
        Value::List(vs) => {
            for (i, v) in vs.iter().enumerate() {
                known(v, &At::Index(at, i), found);
            }
        }
        Value::Set(vs) => vs.iter().for_each(|v| known(v, &At::Element(at, v), found)),
        Value::Map(entries) => {
            for (k, v) in entries {
                known(v, &At::Attribute(at, k), found);
            }
        }
        Value::Dynamic(typed) => known(&typed.1, at, found),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
