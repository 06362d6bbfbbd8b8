//! The checks that attributes carry.

use super::walk::{Content, nested};
use crate::diag::Diagnostics;
use crate::path::Path;
use crate::schema::{Attribute, Schema};
use crate::value::Value;

/// Runs every attribute's checks on a configuration; what is null or unknown is passed over.
pub fn validate(schema: &Schema, config: &Value, diags: &mut Diagnostics) {
    object(Content::of(schema), config, &Path::root(), diags);
}

fn object(content: Content<'_>, config: &Value, path: &Path, diags: &mut Diagnostics) {
    for attribute in content.attributes {
        one(
            attribute,
            config.get(&attribute.name),
            &path.attribute(&attribute.name),
            diags,
        );
    }
    for block in content.blocks {
        let at = path.attribute(&block.name);
        elements(
            Content::of(&block.content),
            config.get(&block.name),
            &at,
            block.nesting.into(),
            diags,
        );
    }
}

fn one(attribute: &Attribute, value: &Value, path: &Path, diags: &mut Diagnostics) {
    for validator in &attribute.validators {
        validator.run(value, path, diags);
    }
    if let Some((repeat, inner)) = nested(attribute) {
        elements(inner, value, path, repeat, diags);
    }
}

fn elements(
    inner: Content<'_>,
    value: &Value,
    path: &Path,
    repeat: super::walk::Repeat,
    diags: &mut Diagnostics,
) {
    use super::walk::Repeat;
    match (repeat, value) {
        (Repeat::One, Value::Map(_)) => object(inner, value, path, diags),
        (Repeat::List, Value::List(all)) => {
            all.iter()
                .enumerate()
                .for_each(|(i, e)| object(inner, e, &path.index(i), diags));
        }
        (Repeat::Map, Value::Map(all)) => all
            .iter()
            .for_each(|(k, e)| object(inner, e, &path.key(k), diags)),
        (Repeat::Set, Value::Set(all)) => {
            all.iter()
                .for_each(|e| object(inner, e, &path.element(e.clone()), diags));
        }
        _ => {}
    }
}
