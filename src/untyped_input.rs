//! Objects that are written with some of their attributes left out, where Terraform does not fill them in.
//!
//! Terraform converts what a user writes for an attribute, and fills in what is left out. For the argument of a function it
//! does so only where the parameter's type is no object type: an object type demands every attribute. The parameters of
//! our functions are therefore `dynamic`, and what Terraform does for attributes is done for them here; for the files of
//! the command line too.

use std::collections::BTreeMap;

use tfplug::schema::{Attribute, AttributeType, Nesting, Optionality, Schema};
use tfplug::ty::Type;
use tfplug::unstable::engine::validate::validate_given;
use tfplug::{Diagnostics, Model, Path, Value};

use crate::checked::{Checked, Withheld};

/// Reads what is written at `at` as an object of `M`'s attributes, with their own checks.
///
/// # Errors
/// [`Withheld::Invalid`]
pub(crate) fn decode<M: Model>(written: &Value, at: &Path, diags: &mut Diagnostics) -> Checked<M> {
    let mut found = Diagnostics::new();
    let attributes = M::attributes();
    let value = object(plain(written), &attributes, at, &mut found);
    // What is left out is refused above, in words that fit here.
    let mut inside = Diagnostics::new();
    validate_given(&Schema::new("", attributes), &value, &mut inside);
    let decoded = M::from_value(&value, &mut inside);
    found.extend_at(at, inside);
    let right = !found.has_errors();
    diags.extend(found);
    if right {
        Ok(decoded)
    } else {
        Err(Withheld::Invalid)
    }
}

/// The value without the type that comes with it.
fn plain(value: &Value) -> &Value {
    match value {
        Value::Dynamic(inside) => plain(&inside.1),
        other => other,
    }
}

fn object(value: &Value, attributes: &[Attribute], at: &Path, diags: &mut Diagnostics) -> Value {
    let Value::Map(given) = value else {
        return refused(value, "an object", at, diags);
    };
    let names: Vec<&str> = attributes.iter().map(|a| a.name.as_str()).collect();
    for name in given.keys().filter(|name| !names.contains(&name.as_str())) {
        unknown_name(name, &names, at, diags);
    }
    let mut converted = BTreeMap::new();
    for attribute in attributes {
        let at = at.attribute(&attribute.name);
        let value = plain(given.get(&attribute.name).unwrap_or(&Value::Null));
        if value.is_null() && attribute.optionality == Optionality::Required {
            let detail = format!("Give it: {}", attribute.description.replace('\n', " "));
            diags.error_at(at.clone(), format!("{} is required", attribute.name), detail);
        }
        converted.insert(attribute.name.clone(), one(value, &attribute.ty, &at, diags));
    }
    Value::Map(converted)
}

fn unknown_name(name: &str, names: &[&str], at: &Path, diags: &mut Diagnostics) {
    let meant = mig::nearest_names(name, names.iter().copied());
    let hint = mig::did_you_mean(&meant);
    let detail = format!("Its attributes are {}{hint}", names.join(", "));
    let end = if hint.is_empty() { "." } else { "" };
    diags.error_at(
        at.attribute(name),
        format!("There is no attribute {name:?}"),
        detail + end,
    );
}

fn one(value: &Value, ty: &AttributeType, at: &Path, diags: &mut Diagnostics) -> Value {
    match ty {
        _ if value.is_null() || !value.is_known() => value.clone(),
        AttributeType::Plain(ty) => convert(value, ty, at, diags),
        AttributeType::Nested(Nesting::Single, inner) => object(value, inner, at, diags),
        AttributeType::Nested(Nesting::List, inner) => {
            list(value, at, diags, |v, p, d| object(v, inner, p, d))
        }
        AttributeType::Nested(Nesting::Set, inner) => {
            set(list(value, at, diags, |v, p, d| object(v, inner, p, d)))
        }
        AttributeType::Nested(Nesting::Map, inner) => map(value, at, diags, |v, p, d| object(v, inner, p, d)),
    }
}

/// Terraform's own conversions of what is written to a type.
fn convert(value: &Value, ty: &Type, at: &Path, diags: &mut Diagnostics) -> Value {
    let value = plain(value);
    match (ty, value) {
        (_, Value::Null | Value::Unknown(_)) | (Type::Dynamic, _) => value.clone(),
        (Type::Bool, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::String, Value::String(_)) => value.clone(),
        (Type::String, Value::Number(number)) => number.to_string().into(),
        (Type::String, Value::Bool(truth)) => truth.to_string().into(),
        (Type::Bool, Value::String(text)) if text == "true" || text == "false" => (text == "true").into(),
        (Type::Number, Value::String(text)) => match text.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => refused(value, "a number", at, diags),
        },
        (Type::List(element), _) => list(value, at, diags, |v, p, d| convert(v, element, p, d)),
        (Type::Set(element), _) => set(list(value, at, diags, |v, p, d| convert(v, element, p, d))),
        (Type::Map(element), _) => map(value, at, diags, |v, p, d| convert(v, element, p, d)),
        _ => refused(value, &ty.friendly_name(), at, diags),
    }
}

type Faults<'d> = &'d mut Diagnostics;

fn list(
    value: &Value,
    at: &Path,
    diags: Faults<'_>,
    each: impl Fn(&Value, &Path, Faults<'_>) -> Value,
) -> Value {
    let Some(elements) = value.as_elements() else {
        return refused(value, "a list", at, diags);
    };
    let converted = elements
        .iter()
        .enumerate()
        .map(|(index, element)| each(plain(element), &at.index(index), diags));
    Value::List(converted.collect())
}

fn set(list: Value) -> Value {
    match list {
        Value::List(elements) => Value::set(elements),
        refused => refused,
    }
}

fn map(
    value: &Value,
    at: &Path,
    diags: Faults<'_>,
    each: impl Fn(&Value, &Path, Faults<'_>) -> Value,
) -> Value {
    let Some(elements) = value.as_map() else {
        return refused(value, "a map", at, diags);
    };
    let converted = elements
        .iter()
        .map(|(key, element)| (key.clone(), each(plain(element), &at.key(key), diags)));
    Value::Map(converted.collect())
}

fn refused(value: &Value, wanted: &str, at: &Path, diags: &mut Diagnostics) -> Value {
    let (place, subject) = if at.is_root() {
        ("the whole".to_owned(), "It".to_owned())
    } else {
        (at.to_string(), at.to_string())
    };
    let detail = format!("Found {}; {subject} is {wanted}.", value.kind_name());
    diags.error_at(at.clone(), format!("Invalid value of {place}"), detail);
    Value::Null
}

#[cfg(test)]
mod tests;
