//! The children of a component: what is wanted of them, and what they are.

use tfplug::model::AttributeValue;
use tfplug::{Attr, Diagnostics, Path, Value};

use super::Origins;
use crate::value::Secrets;

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
