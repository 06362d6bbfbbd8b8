//! Write-only attributes: sent to the provider, never given back.

use super::at::{At, Findings};
use super::equality::attribute;
use super::rule::{Rule, Violation};
use super::shape::{Kind, Shape};
use crate::path::{Path, Step};
use crate::schema::{Attribute, AttributeType, Nesting, Schema};
use crate::value::Value;

/// Every write-only attribute that is not null (P7). Unknown is not null.
///
/// After an apply Terraform answers such a leak by keeping the old state: a new object is lost.
pub fn assert_write_only_null(schema: &Schema, value: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    if value.is_known() {
        content(schema, value, &At::Root, &mut found);
    }
    found.0
}

fn content(schema: &Schema, value: &Value, at: &At<'_>, found: &mut Findings) {
    attributes(&schema.attributes, value, at, found);
    for block in &schema.blocks {
        repeated(
            Shape::Blocks(block),
            value.get(&block.name),
            &At::Attribute(at, &block.name),
            found,
        );
    }
}

fn attributes(declared: &[Attribute], object: &Value, at: &At<'_>, found: &mut Findings) {
    for a in declared {
        // In an unknown element of a nested attribute everything is unknown, write-only attributes too.
        let (v, at) = (attribute(object, &a.name), At::Attribute(at, &a.name));
        if a.write_only && !v.is_null() {
            found.add(&at, Rule::WriteOnlySet);
        } else {
            repeated(Shape::of(a), v, &at, found);
        }
    }
}

fn repeated(shape: Shape<'_>, value: &Value, at: &At<'_>, found: &mut Findings) {
    match (shape.kind(), value) {
        (Kind::List(element), Value::List(vs)) => {
            for (i, v) in vs.iter().enumerate() {
                one(element, v, &At::Index(at, i), found);
            }
        }
        (Kind::Set(element), Value::Set(vs)) => {
            vs.iter()
                .for_each(|v| one(element, v, &At::Element(at, v), found));
        }
        (Kind::Map(element), Value::Map(entries)) => {
            for (k, v) in entries {
                one(element, v, &At::Key(at, k), found);
            }
        }
        (Kind::Object, Value::Map(_)) => one(shape, value, at, found),
        _ => {}
    }
}

fn one(shape: Shape<'_>, object: &Value, at: &At<'_>, found: &mut Findings) {
    match shape {
        Shape::Object(inner) | Shape::Nested(Nesting::Single, inner) => attributes(inner, object, at, found),
        Shape::Content(schema) if object.is_known() => content(schema, object, at, found),
        Shape::Blocks(block) if object.is_known() => content(&block.content, object, at, found),
        Shape::Content(_) | Shape::Blocks(_) => {}
        Shape::Plain(_) | Shape::Nested(..) => {}
    }
}

/// Whether a path names a write-only attribute.
pub(super) fn is_write_only(schema: &Schema, path: &Path) -> bool {
    let mut names = path.steps().iter().filter_map(|step| match step {
        Step::Attribute(name) => Some(name.as_str()),
        Step::Key(_) | Step::Index(_) | Step::Element(_) => None,
    });
    let mut schema = schema;
    let mut attributes = schema.attributes.as_slice();
    while let Some(name) = names.next() {
        if let Some(block) = schema.blocks.iter().find(|b| b.name == name) {
            schema = &block.content;
            attributes = &schema.attributes;
            continue;
        }
        return attribute_is_write_only(attributes, name, &mut names);
    }
    false
}

fn attribute_is_write_only<'a>(
    attributes: &[Attribute],
    name: &str,
    rest: &mut impl Iterator<Item = &'a str>,
) -> bool {
    let Some(a) = attributes.iter().find(|a| a.name == name) else {
        return false;
    };
    match (rest.next(), &a.ty) {
        (None, _) => a.write_only,
        (Some(name), AttributeType::Nested(_, inner)) => attribute_is_write_only(inner, name, rest),
        (Some(_), AttributeType::Plain(_)) => false,
    }
}
