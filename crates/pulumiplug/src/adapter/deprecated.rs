//! Warnings about deprecated attributes. Terraform gives them itself; Pulumi's engine leaves them to the SDKs, and not all of
//! them do.

use tfplug::schema::Schema;
use tfplug::{Diagnostic, Diagnostics, Path, Value};

use crate::value::shape::{Content, Repeat, Shape};

/// A warning for each deprecated attribute that is given.
pub(super) fn deprecated(schema: &Schema, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    let warn = |path: Path, what: &str, instead: &str| {
        Diagnostic::warning(format!("This {what} is deprecated"), instead).at(path)
    };
    if let Some(instead) = &schema.deprecated {
        found.push(warn(Path::root(), "resource", instead));
    }
    given(
        Content::of(schema),
        config,
        &Path::root(),
        &mut |path, instead| {
            found.push(warn(path, "property", instead));
        },
    );
    found
}

fn given(content: Content<'_>, config: &Value, path: &Path, found: &mut dyn FnMut(Path, &str)) {
    for field in content.fields() {
        let (value, at) = (config.get(field.name), path.attribute(field.name));
        let instead = field
            .attribute
            .and_then(|attribute| attribute.deprecated.as_deref());
        if let Some(instead) = instead.filter(|_| !value.is_null()) {
            found(at.clone(), instead);
        }
        if let Shape::Nested(repeat, inner) = field.shape {
            elements(repeat, inner, value, &at, found);
        }
    }
}

fn elements(
    repeat: Repeat,
    inner: Content<'_>,
    value: &Value,
    path: &Path,
    found: &mut dyn FnMut(Path, &str),
) {
    let all: Vec<(Path, &Value)> = match (repeat, value) {
        (Repeat::One, Value::Map(_)) => vec![(path.clone(), value)],
        (Repeat::Map, Value::Map(all)) => all.iter().map(|(key, one)| (path.key(key), one)).collect(),
        (_, Value::List(all)) => (0..).zip(all).map(|(i, one)| (path.index(i), one)).collect(),
        (_, Value::Set(all)) => all.iter().map(|one| (path.element(one.clone()), one)).collect(),
        _ => Vec::new(),
    };
    for (path, one) in all {
        given(inner, one, &path, found);
    }
}

#[cfg(test)]
mod tests {
    use tfplug::schema::{Attribute, AttributeType, Nesting};
    use tfplug::ty::Type;

    use super::*;

    #[test]
    fn only_what_is_given_is_told() {
        let old = Attribute::new("old", AttributeType::Plain(Type::String)).with_deprecated("Use new.");
        let parts = Attribute::new("parts", AttributeType::nested(Nesting::List, vec![old.clone()]));
        let schema = Schema::new("", vec![old, parts]);
        let one = |value: Value| Value::object([("old", value)]);
        let config = Value::object([
            ("old", Value::Null),
            ("parts", Value::List(vec![one(Value::Null), one("x".into())])),
        ]);
        let found = deprecated(&schema, &config);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["parts[1].old: This property is deprecated: Use new."]);
    }
}
