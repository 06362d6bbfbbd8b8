//! Write-only values never leave the provider.

use super::walk::{Content, map_objects, nested};
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
