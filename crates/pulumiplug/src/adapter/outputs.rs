//! Which outputs are secret, and stored properties in Terraform's form.

use serde_json::Value as Json;
use tfplug::Path;
use tfplug::schema::{Attribute, AttributeType, OnChange, Schema};

use crate::names::{self, Place};
use crate::value::shape::{Content, Shape};
use crate::value::{Object, Secrets, Wire, unwrapped};

/// What is secret of an object whose user gave these secrets: these, and what the provider makes of them. What follows
/// from an attribute that is sensitive by itself is for its author to say, in the schema.
pub(super) fn secret_outputs(schema: &Schema, given: &Secrets) -> Secrets {
    let by_user: Vec<&Path> = given.paths().collect();
    let mut secrets = given.clone();
    for attribute in schema
        .attributes
        .iter()
        .filter(|attribute| follows(attribute, &by_user))
    {
        secrets.mark(&Path::attr(&attribute.name));
    }
    secrets
}

/// Whether an attribute, or one in it, is computed from one of these places.
fn follows(attribute: &Attribute, secrets: &[&Path]) -> bool {
    let computed = attribute.optionality.is_computed()
        && match &attribute.on_change {
            OnChange::Never => false,
            OnChange::OfAnything => !secrets.is_empty(),
            OnChange::Of(causes) => {
                let touch = |cause: &Path| {
                    secrets
                        .iter()
                        .any(|path| path.starts_with(cause) || cause.starts_with(path))
                };
                causes.iter().any(touch)
            }
        };
    match &attribute.ty {
        _ if computed => true,
        AttributeType::Plain(_) => false,
        AttributeType::Nested(_, inner) => inner.iter().any(|attribute| follows(attribute, secrets)),
    }
}

/// Stored properties as Terraform's JSON of the state, for an upgrade from an older schema. Properties without an
/// attribute are taken to be attributes that are no more.
pub(super) fn terraform_json(schema: &Schema, object: &Object) -> Json {
    content_json(Content::of(schema), &object.fields)
}

fn content_json(content: Content<'_>, fields: &std::collections::BTreeMap<String, Wire>) -> Json {
    let one = |(key, value): (&String, &Wire)| {
        let field = content.fields().find(|field| {
            names::property(field.name) == *key || names::property_in(Place::Resource, field.name) == *key
        });
        match field {
            Some(field) => (field.name.to_owned(), shape_json(field.shape, &unwrapped(value))),
            None => (snake_case(key), unwrapped(value)),
        }
    };
    let own = fields.iter().filter(|(key, _)| !key.starts_with("__"));
    Json::Object(own.map(one).collect())
}

fn shape_json(shape: Shape<'_>, json: &Json) -> Json {
    use crate::value::shape::Repeat;
    let Shape::Nested(repeat, content) = shape else {
        return json.clone();
    };
    match (repeat, json) {
        (Repeat::One, Json::Object(_)) => {
            let wire = crate::value::from_json(json);
            match wire.kind {
                Some(prost_types::value::Kind::StructValue(object)) => content_json(content, &object.fields),
                _ => json.clone(),
            }
        }
        (Repeat::Map, Json::Object(all)) => {
            let one = |(key, json): (&String, &Json)| {
                (key.clone(), shape_json(Shape::Nested(Repeat::One, content), json))
            };
            Json::Object(all.iter().map(one).collect())
        }
        (_, Json::Array(all)) => {
            let one = |json: &Json| shape_json(Shape::Nested(Repeat::One, content), json);
            Json::Array(all.iter().map(one).collect())
        }
        (_, other) => other.clone(),
    }
}

/// `instance_types` of `instanceTypes`.
fn snake_case(property: &str) -> String {
    let mut name = String::with_capacity(property.len() + 4);
    for character in property.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}
