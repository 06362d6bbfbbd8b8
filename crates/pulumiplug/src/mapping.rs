//! What Terraform's names are in Pulumi, for `pulumi convert --from terraform` and `pulumi import --from terraform`.
//!
//! Pulumi's converter asks a provider for the mapping under the key [`KEY`], and reads the answer as the JSON form that Pulumi's bridge
//! gives of itself (`MarshallableProviderInfo` of `pulumi-terraform-bridge`). Every name is given, so that none is guessed: the bridge
//! itself would put names of lists into the plural.

use serde_json::{Map, Value as Json, json};
use tfplug::schema::{Optionality, ProviderSchemas, Replace};
use tfplug::ty::Type;

use crate::names::{self, Place};
use crate::value::shape::{Content, Field, Repeat, Shape};

/// The key of mappings from Terraform.
pub const KEY: &str = "terraform";

/// The bridge's numbers of types.
mod kind {
    pub(super) const BOOL: u8 = 1;
    pub(super) const FLOAT: u8 = 3;
    pub(super) const STRING: u8 = 4;
    pub(super) const LIST: u8 = 5;
    pub(super) const MAP: u8 = 6;
    pub(super) const SET: u8 = 7;
    pub(super) const DYNAMIC: u8 = 8;
}

/// The mapping of a package of this name and version, as JSON.
#[must_use]
pub fn mapping(package: &str, version: &str, schemas: &ProviderSchemas) -> String {
    let config = Content::of(&schemas.provider);
    let resources = schemas.resources.iter();
    let resources: Vec<_> = resources
        .map(|(name, schema)| {
            let token = names::resource_token(package, name);
            (name, token, Place::Resource, Content::of(schema))
        })
        .collect();
    let data_sources = schemas.data_sources.iter();
    let data_sources: Vec<_> = data_sources
        .map(|(name, schema)| {
            let token = names::data_source_token(package, name);
            (name, token, Place::Object, Content::of(schema))
        })
        .collect();
    json!({
        "name": package,
        "version": version,
        "provider": {
            "schema": types(config),
            "resources": resources.iter().map(|(name, .., content)| ((*name).clone(), types(*content))).collect::<Map<_, _>>(),
            "dataSources": data_sources.iter().map(|(name, .., content)| ((*name).clone(), types(*content))).collect::<Map<_, _>>(),
        },
        "config": names_of(Place::Provider, config),
        "resources": resources.iter().map(named).collect::<Map<_, _>>(),
        "dataSources": data_sources.iter().map(named).collect::<Map<_, _>>(),
    })
    .to_string()
}

fn named((name, token, place, content): &(&String, String, Place, Content<'_>)) -> (String, Json) {
    let named = json!({"tok": token, "fields": names_of(*place, *content)});
    ((*name).clone(), named)
}

/// The types of what an object consists of.
fn types(content: Content<'_>) -> Json {
    let fields = content.fields();
    Json::Object(
        fields
            .map(|field| (field.name.to_owned(), of_field(&field)))
            .collect(),
    )
}

fn of_field(field: &Field<'_>) -> Json {
    let mut ty = match field.shape {
        Shape::Plain(ty) => of_type(ty),
        Shape::Nested(repeat, inner) => repeated(repeat, types(inner)),
    };
    if let (Some(attribute), Json::Object(ty)) = (field.attribute, &mut ty) {
        let given = attribute.optionality;
        let required = given == Optionality::Required;
        ty.insert("required".to_owned(), required.into());
        ty.insert(
            "optional".to_owned(),
            (given.is_configurable() && !required).into(),
        );
        ty.insert("computed".to_owned(), given.is_computed().into());
        ty.insert(
            "forceNew".to_owned(),
            (attribute.replace != Replace::Never).into(),
        );
    }
    ty
}

/// An object is a map whose element is a resource, to the bridge.
fn repeated(repeat: Repeat, object: Json) -> Json {
    let resource = json!({"resource": object});
    match repeat {
        Repeat::One => json!({"type": kind::MAP, "element": resource}),
        Repeat::List => json!({"type": kind::LIST, "element": resource}),
        Repeat::Set => json!({"type": kind::SET, "element": resource}),
        Repeat::Map => {
            json!({"type": kind::MAP, "element": {"schema": {"type": kind::MAP, "element": resource}}})
        }
    }
}

fn of_type(ty: &Type) -> Json {
    let plain = |kind: u8| json!({"type": kind});
    let (kind, inner) = match ty {
        Type::Bool => return plain(kind::BOOL),
        Type::Number => return plain(kind::FLOAT),
        Type::String => return plain(kind::STRING),
        Type::Dynamic | Type::Tuple(_) => return plain(kind::DYNAMIC),
        Type::Object(_) => return repeated(Repeat::One, attributes(ty)),
        Type::List(inner) => (kind::LIST, inner),
        Type::Set(inner) => (kind::SET, inner),
        Type::Map(inner) => (kind::MAP, inner),
    };
    let element = match inner.as_ref() {
        Type::Object(_) if kind != kind::MAP => json!({"resource": attributes(inner)}),
        inner => json!({"schema": of_type(inner)}),
    };
    json!({"type": kind, "element": element})
}

fn attributes(object: &Type) -> Json {
    let Type::Object(types) = object else {
        return Json::Null;
    };
    let types = types.iter();
    Json::Object(types.map(|(name, ty)| (name.clone(), of_type(ty))).collect())
}

/// The names of what an object at a place consists of.
fn names_of(place: Place, content: Content<'_>) -> Json {
    let fields = content.fields();
    let fields = fields.filter(|field| !names::is_resource_id(place, field.name));
    let named = fields.map(|field| {
        let mut info = match field.shape {
            Shape::Plain(ty) => names_in(ty),
            Shape::Nested(repeat, inner) => names_below(repeat, names_of(Place::Object, inner)),
        };
        info.insert("name".to_owned(), names::property_in(place, field.name).into());
        (field.name.to_owned(), Json::Object(info))
    });
    Json::Object(named.collect())
}

fn names_below(repeat: Repeat, fields: Json) -> Map<String, Json> {
    let fields = Map::from_iter([("fields".to_owned(), fields)]);
    match repeat {
        Repeat::One => fields,
        Repeat::List | Repeat::Set | Repeat::Map => {
            Map::from_iter([("element".to_owned(), Json::Object(fields))])
        }
    }
}

fn names_in(ty: &Type) -> Map<String, Json> {
    match ty {
        Type::Object(types) => {
            let named = types.iter().map(|(name, ty)| {
                let mut info = names_in(ty);
                info.insert("name".to_owned(), names::property_in(Place::Object, name).into());
                (name.clone(), Json::Object(info))
            });
            names_below(Repeat::One, Json::Object(named.collect()))
        }
        Type::List(inner) | Type::Set(inner) | Type::Map(inner) => match names_in(inner) {
            names if names.is_empty() => names,
            names => Map::from_iter([("element".to_owned(), Json::Object(names))]),
        },
        Type::Bool | Type::Number | Type::String | Type::Dynamic | Type::Tuple(_) => Map::new(),
    }
}
