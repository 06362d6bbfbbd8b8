//! A configuration with its defaults, for objects that are nothing but a configuration.

use super::null_object;
use super::walk::{Content, map_objects, nested};
use crate::schema::Schema;
use crate::value::Value;

/// The configuration with the default of each attribute that is null and has one. Write-only values stay. A
/// configuration that is null as a whole counts as one of nulls.
pub fn with_defaults(schema: &Schema, config: &Value) -> Value {
    match config {
        Value::Null => object(Content::of(schema), &null_object(schema)),
        config => object(Content::of(schema), config),
    }
}

fn object(content: Content<'_>, config: &Value) -> Value {
    let Value::Map(fields) = config else {
        return config.clone();
    };
    let mut filled = fields.clone();
    for attribute in content.attributes {
        let value = filled.entry(attribute.name.clone()).or_insert(Value::Null);
        match (&attribute.default, nested(attribute)) {
            (Some(default), _) if value.is_null() => *value = default.get(),
            (_, Some((repeat, inner))) => {
                *value = map_objects(repeat, value, [], &mut |element, []| object(inner, element));
            }
            _ => {}
        }
    }
    for block in content.blocks {
        if let Some(value) = filled.get_mut(&block.name) {
            let inner = Content::of(&block.content);
            *value = map_objects(block.nesting.into(), value, [], &mut |element, []| {
                object(inner, element)
            });
        }
    }
    Value::Map(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, AttributeType, Default, Nesting, Optionality};
    use crate::ty::Type;

    fn schema() -> Schema {
        let mut size = Attribute::new("size", AttributeType::Plain(Type::Number));
        size.optionality = Optionality::OptionalComputed;
        size.default = Some(Default::Value(8.into()));
        let mut secret = Attribute::new("secret", AttributeType::Plain(Type::String));
        secret.write_only = true;
        let parts = Attribute::new("parts", AttributeType::nested(Nesting::List, vec![size.clone()]));
        Schema::new("", vec![parts, secret, size])
    }

    fn config(size: Value, secret: Value, parts: Value) -> Value {
        Value::object([("size", size), ("secret", secret), ("parts", parts)])
    }

    #[test]
    fn nulls_take_their_default_at_every_depth() {
        let part = |size: Value| Value::List(vec![Value::object([("size", size)])]);
        assert_eq!(
            with_defaults(&schema(), &config(Value::Null, "hush".into(), part(Value::Null))),
            config(8.into(), "hush".into(), part(8.into()))
        );
        let given = config(Value::unknown(), Value::Null, part(1.into()));
        assert_eq!(with_defaults(&schema(), &given), given);
    }

    #[test]
    fn no_configuration_is_one_of_nulls() {
        assert_eq!(
            with_defaults(&schema(), &Value::Null),
            config(8.into(), Value::Null, Value::Null)
        );
        assert_eq!(with_defaults(&schema(), &Value::unknown()), Value::unknown());
    }
}
