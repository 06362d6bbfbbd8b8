//! Whether a configuration gives all that is required.

use super::at::{At, Findings};
use super::rule::{Rule, Violation};
use crate::schema::{Attribute, AttributeType, BlockNesting, Nesting, Optionality, Schema};
use crate::value::Value;

/// Every required attribute that a configuration gives as null, so that nothing may be planned of it (P13). Terraform
/// refuses one that is left out; an explicit null it leaves to the provider. Nothing can be said of an object that is
/// unknown as a whole.
pub fn assert_required_given(schema: &Schema, config: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    content(schema, config, &At::Root, &mut found);
    found.0
}

fn content(schema: &Schema, value: &Value, at: &At<'_>, found: &mut Findings) {
    attributes(&schema.attributes, value, at, found);
    if !matches!(value, Value::Map(_)) {
        return;
    }
    for block in &schema.blocks {
        let (value, at) = (value.get(&block.name), At::Attribute(at, &block.name));
        match block.nesting {
            BlockNesting::Single | BlockNesting::Group => content(&block.content, value, &at, found),
            _ => each(value, &at, &mut |one, at| content(&block.content, one, at, found)),
        }
    }
}

fn attributes(declared: &[Attribute], value: &Value, at: &At<'_>, found: &mut Findings) {
    if !matches!(value, Value::Map(_)) {
        return;
    }
    for attribute in declared {
        let (value, at) = (value.get(&attribute.name), At::Attribute(at, &attribute.name));
        if attribute.optionality == Optionality::Required && value.is_null() {
            found.add(&at, Rule::RequiredNull);
        }
        if let AttributeType::Nested(nesting, inner) = &attribute.ty {
            match nesting {
                Nesting::Single => attributes(inner, value, &at, found),
                _ => each(value, &at, &mut |one, at| attributes(inner, one, at, found)),
            }
        }
    }
}

/// Visits the elements of a collection.
fn each(value: &Value, at: &At<'_>, visit: &mut dyn FnMut(&Value, &At<'_>)) {
    match value {
        Value::List(all) => all
            .iter()
            .enumerate()
            .for_each(|(i, one)| visit(one, &At::Index(at, i))),
        Value::Set(all) => all.iter().for_each(|one| visit(one, &At::Element(at, one))),
        Value::Map(all) => all.iter().for_each(|(key, one)| visit(one, &At::Key(at, key))),
        _ => {}
    }
}
