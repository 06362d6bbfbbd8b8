//! The children of a component: what is wanted of them, and what they are.

use tfplug::model::AttributeValue;
use tfplug::schema::Schema;
use tfplug::{Attr, Diagnostics, Path, Value};

use super::Origins;
use crate::names::Place;
use crate::value::{Decoded, Reading, Secrets, decode};
use crate::wire::r#gen::pulumirpc::RegisterResourceResponse;

/// A resource of the package that a component wants to have.
#[derive(Debug, Clone)]
pub struct Child {
    pub(super) type_name: String,
    pub(super) name: String,
    pub(super) config: Value,
    pub(super) origins: Origins,
    pub(super) overrides: Option<String>,
}

impl Child {
    /// A resource of this type, by its declared name, with this name in the program and these attributes.
    pub fn new(type_name: &str, name: impl Into<String>, config: Value) -> Self {
        Self {
            type_name: type_name.to_owned(),
            name: name.into(),
            config,
            origins: Origins::new(),
            overrides: None,
        }
    }

    /// The same, whose attributes come from these too.
    #[must_use]
    pub fn with(mut self, origins: Origins) -> Self {
        self.origins.extend(origins);
        self
    }

    /// The same, with the properties in an input of the component instead of its own, as the user writes them.
    #[must_use]
    pub fn overridden_by(mut self, input: &str) -> Self {
        self.overrides = Some(input.to_owned());
        self
    }
}

/// A child that is registered.
#[derive(Debug, Clone)]
pub struct Made {
    pub(super) urn: String,
    pub(super) value: Value,
    pub(super) secrets: Secrets,
    /// Attributes that the schema says are secret.
    pub(super) sensitive: Vec<String>,
}

impl Made {
    /// What the engine answers about a resource of this schema.
    pub(super) fn of(schema: &Schema, answer: RegisterResourceResponse) -> Self {
        let given = answer.object.unwrap_or_default();
        let Decoded { value, secrets, .. } = decode(schema, Place::Resource, &given, Reading::State);
        let mut fields = value.as_map().cloned().unwrap_or_default();
        let computed = schema.attributes.iter().filter(|a| a.optionality.is_computed());
        // What was not made, since something before it was not, is not known.
        for attribute in computed.filter(|_| answer.unknown) {
            let field = fields.entry(attribute.name.clone()).or_insert(Value::Null);
            if field.is_null() {
                *field = Value::unknown();
            }
        }
        let id = match answer.id.as_str() {
            "" => Value::unknown(),
            id => id.into(),
        };
        fields.insert("id".to_owned(), id);
        let sensitive = schema.attributes.iter().filter(|attribute| attribute.sensitive);
        Self {
            urn: answer.urn,
            value: Value::Map(fields),
            secrets,
            sensitive: sensitive.map(|attribute| attribute.name.clone()).collect(),
        }
    }

    /// Its URN.
    pub fn urn(&self) -> &str {
        &self.urn
    }

    /// All its attributes.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// One attribute, `id` included. One of another type than asked for is taken for absent.
    pub fn get<T: AttributeValue>(&self, attribute: &str) -> Attr<T> {
        let path = Path::attr(attribute);
        Attr::decode(self.value.get(attribute), &path, &mut Diagnostics::new())
    }

    /// Whether the attribute, or a part of it, is secret.
    pub fn is_secret(&self, attribute: &str) -> bool {
        let at = Path::attr(attribute);
        self.sensitive.iter().any(|name| name == attribute)
            || self.secrets.paths().any(|path| path.starts_with(&at))
    }
}
