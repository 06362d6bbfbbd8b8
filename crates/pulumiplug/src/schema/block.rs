//! The properties of one object.

use serde_json::Value as Json;
use tfplug::Value;
use tfplug::schema::{Attribute, Optionality, Replace};

use super::SchemaError;
use super::spec::{Object, Property};
use super::types::Types;
use crate::names::{self, Place};

/// Which way the values of an object go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// From the program to the provider.
    Input,
    /// From the provider to the program.
    Output,
    /// Both: a type that inputs and outputs share.
    Both,
}

impl Side {
    fn has(self, attribute: &Attribute) -> bool {
        match self {
            Self::Input => attribute.optionality.is_configurable(),
            // What is kept nowhere comes back from nowhere.
            Self::Output => !attribute.write_only,
            Self::Both => true,
        }
    }

    /// Whether a property must be given, or is always there. What the provider gives counts as always there, as it does in
    /// Pulumi's bridge to Terraform: else programs would ask for it everywhere.
    fn requires(self, attribute: &Attribute) -> bool {
        match attribute.optionality {
            Optionality::Required => true,
            Optionality::Optional => false,
            Optionality::Computed | Optionality::OptionalComputed => self == Self::Output,
        }
    }
}

impl Types<'_> {
    /// The properties of an object with these attributes; `owner` is its name, for types in it that have none.
    pub(super) fn block(
        &mut self,
        owner: &str,
        place: Place,
        attributes: &[Attribute],
        side: Side,
    ) -> Result<Object, SchemaError> {
        let mut object = Object::default();
        let mut taken = std::collections::BTreeMap::new();
        let given = attributes.iter().filter(|attribute| side.has(attribute));
        for attribute in given.filter(|attribute| !names::is_resource_id(place, &attribute.name)) {
            let name = names::property_in(place, &attribute.name);
            if let Some(first) = taken.insert(name.clone(), &attribute.name) {
                return Err(SchemaError::SameProperty {
                    place: owner.to_owned(),
                    property: name,
                    first: first.clone(),
                    second: attribute.name.clone(),
                });
            }
            if side.requires(attribute) {
                object.required.insert(name.clone());
            }
            let property = self.property(owner, place, attribute, side)?;
            object.properties.insert(name, property);
        }
        Ok(object)
    }

    fn property(
        &mut self,
        owner: &str,
        place: Place,
        attribute: &Attribute,
        side: Side,
    ) -> Result<Property, SchemaError> {
        let replaces = attribute.replace != Replace::Never;
        let of_resource = place == Place::Resource;
        let deprecated = attribute.deprecated.as_deref().unwrap_or_default();
        Ok(Property {
            description: self.words().of_attribute(attribute),
            // A type is both input and output; what is left out in it gets its default from the provider, and the text says so.
            default: default(attribute).filter(|_| side == Side::Input),
            deprecation_message: self.words().translate(deprecated),
            secret: attribute.sensitive || attribute.write_only,
            // A type may be in use where it forces nothing, so only a resource's own properties say it to SDKs.
            replace_on_changes: of_resource && attribute.replace == Replace::Always,
            will_replace_on_changes: replaces && side != Side::Output,
            ..Property::of(self.of_attribute(owner, attribute)?)
        })
    }
}

/// A default that Pulumi can state: a single boolean, number or text.
fn default(attribute: &Attribute) -> Option<Json> {
    match attribute.default.as_ref()?.get() {
        Value::Bool(truth) => Some(truth.into()),
        Value::String(text) => Some(text.into()),
        Value::Number(number) => match number.to_i64() {
            Some(whole) => Some(whole.into()),
            None => Some(number.to_f64().into()),
        },
        _ => None,
    }
}
