//! A model in the form of the API that it describes: a JSON object of the API's field names.
//!
//! Every attribute that users give is a field of that object, by default under its own name in camelCase.
//! `#[attr(json = "...")]` names another place and `#[attr(no_json)]` says that it is none of its fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::path::{Path, Step};
use crate::schema::{Attribute, AttributeType, Nesting};
use crate::ty::Type;
use crate::value::{Number, Value};

/// The object of these attributes' values: null is left out, and so are attributes that are no field of it. `None` while
/// a field is unknown.
pub(super) fn write(attributes: &[Attribute], values: &BTreeMap<String, Value>) -> Option<Json> {
    let mut object = Map::new();
    for attribute in attributes {
        if attribute.json.is_empty() {
            continue;
        }
        let value = values.get(&attribute.name).unwrap_or(&Value::Null);
        let field = field(&attribute.ty, value)?;
        if !field.is_null() {
            insert(&mut object, &attribute.json, field);
        }
    }
    Some(Json::Object(object))
}

fn insert(object: &mut Map<String, Json>, path: &[String], field: Json) {
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), field);
        }
        [name, rest @ ..] => {
            let inner = object
                .entry(name.clone())
                .or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, field);
            }
        }
    }
}

fn field(ty: &AttributeType, value: &Value) -> Option<Json> {
    let object = |attributes: &[Attribute], value: &Value| match value {
        Value::Map(fields) => write(attributes, fields),
        other => plain(other),
    };
    match (ty, value) {
        (AttributeType::Nested(Nesting::Single, attributes), value) => object(attributes, value),
        (AttributeType::Nested(_, attributes), Value::List(all) | Value::Set(all)) => all
            .iter()
            .map(|element| object(attributes, element))
            .collect::<Option<_>>()
            .map(Json::Array),
        (AttributeType::Nested(_, attributes), Value::Map(all)) => all
            .iter()
            .map(|(key, element)| Some((key.clone(), object(attributes, element)?)))
            .collect::<Option<_>>()
            .map(Json::Object),
        (_, value) => plain(value),
    }
}

fn plain(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Unknown(_) => return None,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => number.to_i64().map_or_else(|| number.to_f64().into(), Json::from),
        Value::String(text) => text.as_str().into(),
        Value::List(all) | Value::Set(all) => all.iter().map(plain).collect::<Option<_>>()?,
        Value::Map(all) => {
            let set = all.iter().filter(|(_, element)| !element.is_null());
            set.map(|(key, element)| Some((key.clone(), plain(element)?)))
                .collect::<Option<_>>()?
        }
        Value::Dynamic(typed) => plain(&typed.1)?,
    })
}

/// The values of the attributes that such an object has; null where it has none, or one of another type.
pub(super) fn read(attributes: &[Attribute], object: &Json) -> BTreeMap<String, Value> {
    let value = |attribute: &Attribute| {
        let found = attribute
            .json
            .iter()
            .try_fold(object, |object, name| object.get(name));
        let found = found.filter(|_| !attribute.json.is_empty());
        found
            .and_then(|found| value(&attribute.ty, found))
            .unwrap_or(Value::Null)
    };
    let all = attributes.iter();
    all.map(|attribute| (attribute.name.clone(), value(attribute)))
        .collect()
}

fn value(ty: &AttributeType, json: &Json) -> Option<Value> {
    let object =
        |attributes: &[Attribute], json: &Json| json.is_object().then(|| Value::Map(read(attributes, json)));
    match ty {
        AttributeType::Plain(ty) => of_type(ty, json),
        AttributeType::Nested(Nesting::Single, attributes) => object(attributes, json),
        AttributeType::Nested(Nesting::Map, attributes) => {
            let all = json.as_object()?.iter();
            let all = all.map(|(key, element)| Some((key.clone(), object(attributes, element)?)));
            all.collect::<Option<_>>().map(Value::Map)
        }
        AttributeType::Nested(nesting, attributes) => {
            let all = json.as_array()?.iter().map(|element| object(attributes, element));
            let all = all.collect::<Option<Vec<_>>>()?;
            Some(if *nesting == Nesting::Set {
                Value::set(all)
            } else {
                Value::List(all)
            })
        }
    }
}

fn of_type(ty: &Type, json: &Json) -> Option<Value> {
    let all = |ty: &Type| -> Option<Vec<Value>> {
        json.as_array()?
            .iter()
            .map(|element| of_type(ty, element))
            .collect()
    };
    match ty {
        Type::Bool => json.as_bool().map(Value::Bool),
        // APIs such as Kubernetes' take a number where they define a text: a quantity, a port.
        Type::String => match json {
            Json::Number(number) => Some(Value::from(number.to_string())),
            other => other.as_str().map(Value::from),
        },
        Type::Number => {
            let number: Option<Number> = json.as_number()?.to_string().parse().ok();
            number.map(Value::Number)
        }
        Type::List(element) => all(element).map(Value::List),
        Type::Set(element) => all(element).map(Value::set),
        Type::Map(element) => {
            let all = json.as_object()?.iter();
            let all = all.map(|(key, json)| Some((key.clone(), of_type(element, json)?)));
            all.collect::<Option<_>>().map(Value::Map)
        }
        Type::Dynamic | Type::Tuple(_) | Type::Object(_) => None,
    }
}

/// The attribute that a path through the object leads to, and what is in it; as far as there is one.
pub(super) fn attribute_path(attributes: &[Attribute], path: &[Step], at: Path) -> Path {
    let leads = |attribute: &&Attribute| {
        let json = &attribute.json;
        let same = json
            .iter()
            .zip(path)
            .all(|(name, step)| name_of(step) == Some(name));
        !json.is_empty() && json.len() <= path.len() && same
    };
    let Some(attribute) = attributes.iter().find(leads) else {
        return at;
    };
    let at = at.attribute(&attribute.name);
    let rest = path.get(attribute.json.len()..).unwrap_or_default();
    match (&attribute.ty, rest) {
        (AttributeType::Nested(Nesting::Single, inner), rest) => attribute_path(inner, rest, at),
        (AttributeType::Nested(_, inner), [element, rest @ ..]) => {
            attribute_path(inner, rest, at.child(element.clone()))
        }
        (AttributeType::Nested(..), []) => at,
        (AttributeType::Plain(_), rest) => rest.iter().cloned().fold(at, |at, step| at.child(step)),
    }
}

fn name_of(step: &Step) -> Option<&String> {
    match step {
        Step::Attribute(name) | Step::Key(name) => Some(name),
        Step::Index(_) | Step::Element(_) => None,
    }
}

/// The fields that have an attribute, with `.` between the parts of their paths. An object is listed by its fields, or as
/// a whole where attributes in it are no fields.
pub(super) fn fields(attributes: &[Attribute]) -> Vec<String> {
    let of = |attribute: &Attribute| {
        let name = attribute.json.join(".");
        match &attribute.ty {
            AttributeType::Nested(Nesting::Single, inner) if inner.iter().all(|a| !a.json.is_empty()) => {
                let inner = fields(inner).into_iter();
                inner.map(|field| format!("{name}.{field}")).collect()
            }
            _ => vec![name],
        }
    };
    let all = attributes.iter().filter(|attribute| !attribute.json.is_empty());
    all.flat_map(of).collect()
}

/// `subnet_selector_terms` in camelCase.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        camel.chars().chain(initial).chain(letters).collect()
    })
}
