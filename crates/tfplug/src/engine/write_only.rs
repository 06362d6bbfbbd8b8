//! Write-only values never leave the provider.

use super::walk::{Content, Repeat, map_objects, nested};
use crate::diag::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::Schema;
use crate::value::Value;

/// The object with every write-only attribute null. Terraform answers a leak by dropping the whole state, and with
/// it an object that was just made.
pub fn withheld(schema: &Schema, value: &Value) -> Value {
    object(Content::of(schema), value)
}

fn object(content: Content<'_>, value: &Value) -> Value {
    let Value::Map(fields) = value else {
        return value.clone();
    };
    let mut kept = fields.clone();
    for attribute in content.attributes {
        let Some(value) = kept.get_mut(&attribute.name) else {
            continue;
        };
        if attribute.write_only {
            *value = Value::Null;
        } else if let Some((repeat, inner)) = nested(attribute) {
            *value = map_objects(repeat, value, [], &mut |element, []| object(inner, element));
        }
    }
    for block in content.blocks {
        let Some(value) = kept.get_mut(&block.name) else {
            continue;
        };
        let inner = Content::of(&block.content);
        *value = map_objects(block.nesting.into(), value, [], &mut |element, []| {
            object(inner, element)
        });
    }
    Value::Map(kept)
}

/// Refuses write-only values from a host that does not know of them: it would store them.
pub fn refuse(schema: &Schema, config: &Value, diags: &mut Diagnostics) {
    refuse_in(Content::of(schema), config, &Path::root(), diags);
}

fn refuse_in(content: Content<'_>, config: &Value, path: &Path, diags: &mut Diagnostics) {
    for attribute in content.attributes {
        let (value, at) = (config.get(&attribute.name), path.attribute(&attribute.name));
        if attribute.write_only && !value.is_null() {
            let detail = format!(
                "{at} is write-only, which this Terraform or OpenTofu does not know: it would keep the value in the \
                 state. Use Terraform 1.11, OpenTofu 1.11 or a later one, or leave the attribute out."
            );
            diags.push(Diagnostic::error("Write-only attributes are not supported", detail).at(at));
        } else if let Some((repeat, inner)) = nested(attribute) {
            refuse_elements(inner, value, repeat, &at, diags);
        }
    }
    for block in content.blocks {
        let at = path.attribute(&block.name);
        let inner = Content::of(&block.content);
        refuse_elements(inner, config.get(&block.name), block.nesting.into(), &at, diags);
    }
}

fn refuse_elements(inner: Content<'_>, value: &Value, repeat: Repeat, path: &Path, diags: &mut Diagnostics) {
    match (repeat, value) {
        (Repeat::One, Value::Map(_)) => refuse_in(inner, value, path, diags),
        (Repeat::Map, Value::Map(all)) => all
            .iter()
            .for_each(|(k, e)| refuse_in(inner, e, &path.key(k), diags)),
        (Repeat::List, Value::List(all)) => (0..)
            .zip(all)
            .for_each(|(i, e)| refuse_in(inner, e, &path.index(i), diags)),
        // A set holds nothing write-only.
        _ => {}
    }
}
