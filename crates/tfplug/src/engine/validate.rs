//! The checks that attributes carry, and that what is required is there.

use super::walk::{Content, Repeat, nested};
use crate::diag::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::{Attribute, Optionality, Schema};
use crate::value::Value;

/// Refuses null for what is required, runs every attribute's checks on a configuration, and then `more`; what is unknown
/// is passed over. Of a place that is null by fault, that is all that is said.
pub fn validate(
    schema: &Schema,
    config: &Value,
    diags: &mut Diagnostics,
    more: impl FnOnce(&mut Diagnostics),
) {
    let mut nulls = Diagnostics::new();
    validate_required(schema, config, &mut nulls);
    let mut found = Diagnostics::new();
    validate_given(schema, config, &mut found);
    more(&mut found);
    let at_null = |finding: &Diagnostic| nulls.iter().any(|null| null.path == finding.path);
    found = found.into_iter().filter(|finding| !at_null(finding)).collect();
    diags.extend(nulls);
    diags.extend(found);
}

/// Runs every attribute's checks on a configuration; what is null or unknown is passed over, and so are references.
pub fn validate_given(schema: &Schema, config: &Value, diags: &mut Diagnostics) {
    each_attribute(schema, config, &mut |attribute, value, path, referred| {
        if !referred {
            check(attribute, value, path, diags);
        }
    });
}

/// Runs the checks that [`validate_given`] leaves out.
pub fn validate_references(schema: &Schema, config: &Value, diags: &mut Diagnostics) {
    each_attribute(schema, config, &mut |attribute, value, path, referred| {
        if referred {
            check(attribute, value, path, diags);
        }
    });
}

/// Refuses null for every required attribute of a configuration, nested ones included.
///
/// Terraform refuses a required attribute that is left out and leaves an explicit null to the provider. It validates
/// before it plans; plan, apply and read ask again, since what a null would do there cannot be undone.
pub fn validate_required(schema: &Schema, config: &Value, diags: &mut Diagnostics) {
    each_attribute(schema, config, &mut |attribute, value, path, _| {
        refuse_null(attribute, value, path, diags);
    });
}

fn check(attribute: &Attribute, value: &Value, path: &Path, diags: &mut Diagnostics) {
    for validator in &attribute.validators {
        validator.run(value, path, diags);
    }
}

fn refuse_null(attribute: &Attribute, value: &Value, path: &Path, diags: &mut Diagnostics) {
    if attribute.optionality == Optionality::Required && value.is_null() {
        let detail = format!(
            "{path} is required, and its value is null. Give it a value; a variable whose default is null, or an \
             argument that a module was not given, is such a null."
        );
        diags.error_at(path.clone(), format!("{path} is null"), detail);
    }
}

/// What is done at each attribute; the last argument tells whether it is a reference or a part of one.
type Visit<'f> = dyn FnMut(&Attribute, &Value, &Path, bool) + 'f;

fn each_attribute(schema: &Schema, config: &Value, visit: &mut Visit<'_>) {
    object(Content::of(schema), config, &Path::root(), false, visit);
}

/// Visits the attributes of an object. One that is null or unknown as a whole has none to visit.
fn object(content: Content<'_>, config: &Value, path: &Path, referred: bool, visit: &mut Visit<'_>) {
    if !matches!(config, Value::Map(_)) {
        return;
    }
    for attribute in content.attributes {
        let (value, at) = (config.get(&attribute.name), path.attribute(&attribute.name));
        let referred = referred || attribute.reference;
        visit(attribute, value, &at, referred);
        if let Some((repeat, inner)) = nested(attribute) {
            elements(inner, value, &at, (repeat, referred), visit);
        }
    }
    for block in content.blocks {
        let (value, at) = (config.get(&block.name), path.attribute(&block.name));
        elements(
            Content::of(&block.content),
            value,
            &at,
            (block.nesting.into(), referred),
            visit,
        );
    }
}

fn elements(
    inner: Content<'_>,
    value: &Value,
    path: &Path,
    (repeat, referred): (Repeat, bool),
    visit: &mut Visit<'_>,
) {
    match (repeat, value) {
        (Repeat::One, one) => object(inner, one, path, referred, visit),
        (Repeat::List, Value::List(all)) => {
            for (i, element) in all.iter().enumerate() {
                object(inner, element, &path.index(i), referred, visit);
            }
        }
        (Repeat::Map, Value::Map(all)) => {
            for (key, element) in all {
                object(inner, element, &path.key(key), referred, visit);
            }
        }
        (Repeat::Set, Value::Set(all)) => {
            for element in all {
                object(inner, element, &path.element(element.clone()), referred, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{AttributeType, Nesting};
    use crate::ty::Type;

    fn required(name: &str, ty: AttributeType) -> Attribute {
        Attribute::new(name, ty).with(Optionality::Required)
    }

    /// The checks of a reference wait for the plan, those of what is in it, too.
    #[test]
    fn references_are_checked_apart() {
        let short = crate::schema::validators::length(0, 2);
        let mut name = Attribute::new("name", AttributeType::Plain(Type::String));
        name.validators = vec![short];
        let mut pool = Attribute::new("pool", AttributeType::nested(Nesting::Single, vec![name.clone()]));
        pool.reference = true;
        let schema = Schema::new("", vec![name, pool]);
        let long = || Value::from("long");
        let config = Value::object([("name", long()), ("pool", Value::object([("name", long())]))]);
        let places = |run: fn(&Schema, &Value, &mut Diagnostics)| {
            let mut diags = Diagnostics::new();
            run(&schema, &config, &mut diags);
            diags
                .iter()
                .map(|found| found.path.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(places(validate_given), ["name"]);
        assert_eq!(places(validate_references), ["pool.name"]);
    }

    /// `name`, `any`, and `parts` of objects with a `size` each.
    fn schema(nesting: Nesting) -> Schema {
        let size = required("size", AttributeType::Plain(Type::Number));
        Schema::new(
            "",
            vec![
                required("name", AttributeType::Plain(Type::String)),
                required("any", AttributeType::Plain(Type::Dynamic)),
                Attribute::new("parts", AttributeType::nested(nesting, vec![size])),
            ],
        )
    }

    fn places(nesting: Nesting, name: Value, any: Value, parts: Value) -> Vec<String> {
        let config = Value::object([("name", name), ("any", any), ("parts", parts)]);
        let mut diags = Diagnostics::new();
        validate_required(&schema(nesting), &config, &mut diags);
        diags.iter().map(|d| d.path.to_string()).collect()
    }

    #[test]
    fn null_is_refused_where_a_value_is_required() {
        let (null, given) = (
            Value::object([("size", Value::Null)]),
            Value::object([("size", Value::from(1))]),
        );
        let dynamic = |value| Value::Dynamic(Box::new((Type::String, value)));
        let name = || Value::from("x");
        let any = || dynamic(Value::from("x"));
        let list = Value::List(vec![given.clone(), null.clone(), Value::Null, Value::unknown()]);
        assert_eq!(
            places(Nesting::List, Value::Null, dynamic(Value::Null), list),
            ["any", "name", "parts[1].size"]
        );
        let map = Value::object([("a", null.clone()), ("b", given)]);
        assert_eq!(
            places(Nesting::Map, name(), Value::Null, map),
            ["any", r#"parts["a"].size"#]
        );
        assert_eq!(
            places(Nesting::Single, name(), any(), null.clone()),
            ["parts.size"]
        );
        assert_eq!(places(Nesting::Set, name(), any(), Value::set([null])).len(), 1);
    }

    #[test]
    fn what_is_not_known_yet_may_turn_out_to_be_a_value() {
        let unknown = Value::unknown;
        for nesting in [Nesting::Single, Nesting::List, Nesting::Set, Nesting::Map] {
            assert!(places(nesting, unknown(), unknown(), unknown()).is_empty());
            assert!(places(nesting, unknown(), unknown(), Value::Null).is_empty());
        }
        let part = Value::object([("size", unknown())]);
        assert!(places(Nesting::Single, unknown(), unknown(), part).is_empty());
    }
}
