//! Rust structs as Terraform objects.
//!
//! A struct that derives [`Model`](tfplug_derive::Model) is at once the schema of an object and its typed value.
//! Every field is an [`Attr`], since every attribute can be null or not known yet.

mod api_form;
mod attr;
mod value_impls;

use std::collections::BTreeMap;

use serde_json::Value as Json;

pub(crate) use api_form::camel_case;
pub use attr::Attr;
pub use value_impls::{Dynamic, SetOf};

use crate::diag::Diagnostics;
use crate::path::Path;
use crate::schema::{
    Attribute, AttributeType, IdentityAttribute, IdentitySchema, Nesting, ObjectType, Optionality, Schema,
};
use crate::value::Value;

/// A Rust type that an attribute can hold.
pub trait AttributeValue: Sized {
    /// The Terraform type.
    fn attribute_type() -> AttributeType;

    /// Whether every number in it is whole; see [`Attribute::whole_numbers`].
    fn whole_numbers() -> bool {
        false
    }

    /// Reads a value that is known and not null. What it holds may still be unknown: a type that cannot show
    /// that is then unknown as a whole. Faults are added to `diags`, all of them, and give [`Attr::Null`].
    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self>;

    /// The Terraform value.
    fn encode(&self) -> Value;
}

/// The field types of a [`Model`]: [`Attr`] of something. Used by the derive macro.
pub trait AttrOf {
    /// The Terraform type of the attribute.
    fn attribute_type() -> AttributeType;

    /// Whether every number in it is whole.
    fn whole_numbers() -> bool;
}

impl<T: AttributeValue> AttrOf for Attr<T> {
    fn attribute_type() -> AttributeType {
        T::attribute_type()
    }

    fn whole_numbers() -> bool {
        T::whole_numbers()
    }
}

/// A Rust struct that is a Terraform object. Derive it: the [derive macro](macro@crate::Model) lists its options.
///
/// ```
/// use tfplug::schema::{Constraint, Optionality, validators};
/// use tfplug::{Attr, Model};
///
/// /// A disk.
/// #[derive(Clone, Model)]
/// struct DiskModel {
///     /// Its name. Another name is another disk.
///     #[attr(required, replace)]
///     name: Attr<String>,
///     /// Its size in GiB.
///     #[attr(default = 8, validate = validators::between(1, 1024))]
///     size: Attr<i64>,
/// }
///
/// let schema = DiskModel::schema(0);
/// let size = schema.attribute("size").unwrap();
/// assert_eq!(size.description, "Its size in GiB.");
/// assert_eq!(size.optionality, Optionality::OptionalComputed);
/// let allowed: Vec<_> = size.constraints().collect();
/// assert!(matches!(allowed[..], [Constraint::Between { least: 1, greatest: 1024 }]));
/// assert_eq!(DiskModel::type_name(), "Disk");
///
/// let disk = DiskModel { name: "data".into(), size: Attr::Null }.with_defaults();
/// assert_eq!(disk.size.known(), Some(&8));
/// ```
pub trait Model: Sized + Clone + Send + Sync + 'static {
    /// The name of the type where it is nested in others: the struct's name without `Model` at the end, unless
    /// `#[attr(type_name = "...")]` of the struct gives another. See [`ObjectType::name`].
    fn type_name() -> String;

    /// Markdown, from the struct's doc comment.
    fn description() -> String;

    /// The attributes, from the fields.
    fn attributes() -> Vec<Attribute>;

    /// Reads the attributes of a known object; an attribute that is missing counts as null.
    fn decode_object(object: &BTreeMap<String, Value>, path: &Path, diags: &mut Diagnostics) -> Self;

    /// The attributes' values.
    fn encode_object(&self) -> BTreeMap<String, Value>;

    /// The schema of a resource, data source or provider block of this shape.
    fn schema(version: i64) -> Schema {
        Schema {
            version,
            ..Schema::new(Self::description(), Self::attributes())
        }
    }

    /// The schema of an identity of this shape: required attributes must be given to import by it.
    fn identity_schema(version: i64) -> IdentitySchema {
        let attributes = Self::attributes().into_iter().map(identity_attribute);
        IdentitySchema::new(version, attributes.collect())
    }

    /// Reads a whole object; null and unknown objects count as objects of nulls and unknowns.
    fn from_value(value: &Value, diags: &mut Diagnostics) -> Self {
        match value {
            Value::Map(object) => Self::decode_object(object, &Path::root(), diags),
            Value::Unknown(_) => {
                let unknowns = Self::attributes()
                    .into_iter()
                    .map(|a| (a.name, Value::unknown()))
                    .collect();
                Self::decode_object(&unknowns, &Path::root(), diags)
            }
            _ => Self::decode_object(&BTreeMap::new(), &Path::root(), diags),
        }
    }

    /// The same with the default of each attribute that is null and has one.
    #[must_use]
    fn with_defaults(&self) -> Self {
        let mut object = self.encode_object();
        for attribute in Self::attributes() {
            let value = object.entry(attribute.name).or_insert(Value::Null);
            if let Some(default) = attribute.default.filter(|_| value.is_null()) {
                *value = default.get();
            }
        }
        // A default is of its attribute's type, which the schema's lint holds; the rest was such a value before.
        Self::decode_object(&object, &Path::root(), &mut Diagnostics::new())
    }

    /// The whole object.
    fn to_value(&self) -> Value {
        Value::Map(self.encode_object())
    }

    /// The object in the form of the API that it describes: fields by their JSON names, as `#[attr(json = "...")]` gives
    /// them, without what is null. `None` while a field is unknown.
    fn to_api_form(&self) -> Option<Json> {
        api_form::write(&Self::attributes(), &self.encode_object())
    }

    /// What an object of the API says of the attributes; what it does not say is null.
    fn from_api_form(object: &Json) -> Self {
        let object = api_form::read(&Self::attributes(), object);
        // Values of another type than their attribute's were left out.
        Self::decode_object(&object, &Path::root(), &mut Diagnostics::new())
    }

    /// The attribute that a path through the API's object leads to: `spec.kubelet.maxPods` to `kubelet.max_pods`. The path
    /// ends where no attribute is; it is empty where none is at all.
    fn attribute_path(api: &Path) -> Path {
        api_form::attribute_path(&Self::attributes(), api.steps(), Path::root())
    }

    /// The fields of the API's object that have an attribute, such as `spec.role` or `spec.metadataOptions.httpTokens`.
    fn api_fields() -> Vec<String> {
        api_form::fields(&Self::attributes())
    }
}

fn identity_attribute(attribute: Attribute) -> IdentityAttribute {
    IdentityAttribute {
        ty: attribute.ty.to_type(),
        required_for_import: attribute.optionality == Optionality::Required,
        name: attribute.name,
        description: attribute.description,
    }
}

impl<M: Model> AttributeValue for M {
    fn attribute_type() -> AttributeType {
        let mut attributes = M::attributes();
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        let object = ObjectType::named(M::type_name(), attributes).with_description(M::description());
        AttributeType::Nested(Nesting::Single, object)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::Map(object) => Attr::Known(M::decode_object(object, path, diags)),
            other => value_impls::mismatch("an object", other, path, diags),
        }
    }

    fn encode(&self) -> Value {
        self.to_value()
    }
}
