//! What a user gives, as a configuration.

use std::collections::BTreeSet;

use prost_types::value::Kind;
use tfplug::Value;

use super::{CallError, Declared, findings, with_attribute};
use crate::names::{self, Place};
use crate::value::{Decoded, Object, Reading, Secrets, Wire, decode, text, wire};

/// The property of checked inputs that lists what the check added.
const DEFAULTS: &str = "__defaults";

/// Checked inputs.
pub(super) struct Inputs {
    /// What the user wrote, and a name that was made up.
    pub(super) config: Value,
    /// What was given as a secret.
    pub(super) secrets: Secrets,
    /// The attributes that a check filled in.
    pub(super) added: BTreeSet<String>,
}

impl Inputs {
    /// Reads inputs that a check has let pass.
    ///
    /// # Errors
    /// When they do not fit the schema: another version of the provider checked them.
    pub(super) fn read(declared: Declared<'_>, object: Option<&Object>) -> Result<Self, CallError> {
        let nothing = Object::default();
        let object = object.unwrap_or(&nothing);
        let Decoded {
            mut value,
            secrets,
            faults,
        } = decode(declared.schema, Place::Resource, object, Reading::Inputs);
        if !faults.is_empty() {
            return Err(CallError::Invalid(findings::faults(&faults)));
        }
        let added = added(declared, object);
        let made_up = declared
            .name_attribute()
            .filter(|attribute| attribute.default.is_none());
        let name = made_up.map(|attribute| attribute.name.as_str());
        // A plan fills its defaults in by itself, and may ask what the user wrote.
        for attribute in added.iter().filter(|attribute| Some(attribute.as_str()) != name) {
            value = with_attribute(&value, attribute, Value::Null);
        }
        Ok(Self {
            config: value,
            secrets,
            added,
        })
    }
}

/// The attributes that a check filled in.
pub(super) fn added(declared: Declared<'_>, object: &Object) -> BTreeSet<String> {
    let Some(Kind::ListValue(listed)) = object.fields.get(DEFAULTS).and_then(|list| list.kind.as_ref())
    else {
        return BTreeSet::new();
    };
    let is_listed = |name: &str| {
        let property = text(names::property_in(Place::Resource, name));
        listed.values.contains(&property)
    };
    let attributes = declared
        .schema
        .attributes
        .iter()
        .map(|attribute| attribute.name.clone());
    attributes.filter(|name| is_listed(name)).collect()
}

/// Notes what a check filled in.
pub(super) fn note(object: &mut Object, added: &BTreeSet<String>) {
    if added.is_empty() {
        return;
    }
    let values: Vec<Wire> = added
        .iter()
        .map(|name| text(names::property_in(Place::Resource, name)))
        .collect();
    let list = Kind::ListValue(prost_types::ListValue { values });
    object.fields.insert(DEFAULTS.to_owned(), wire(list));
}
