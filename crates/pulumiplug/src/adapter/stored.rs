//! What Pulumi keeps of an object.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_types::value::Kind;
use serde::{Deserialize, Serialize};
use tfplug::schema::{Attribute, AttributeType};
use tfplug::ty::Type;
use tfplug::unstable::rpc::ProviderServer;
use tfplug::{Path, Value};

use super::tokens::name_of_urn;
use super::{CallError, Declared, with_attribute};
use crate::names::Place;
use crate::value::{
    Object, Reading, Secrets, Writing, decode, decode_plain, encode, encode_plain, from_json, text, to_json,
};

/// The property that holds what is no attribute, as JSON in a text.
const META: &str = "__meta";
/// The attribute that is Pulumi's own ID.
const ID: &str = "id";

/// An object, with what is kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    /// The object; null if there is none.
    pub(super) state: Value,
    /// What the provider remembers.
    pub(super) private: Vec<u8>,
    /// What names it for as long as it exists.
    pub(super) identity: Option<Value>,
    /// Whether making or changing it failed midway.
    pub(super) partial: bool,
}

/// What is kept beside the attributes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    schema_version: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    private: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

/// Whether these properties were written by [`Stored::write`], so that they are an object's and not some that a user
/// gave to look one up.
pub(super) fn is_stored(object: Option<&Object>) -> bool {
    object.is_some_and(|object| object.fields.contains_key(META))
}

impl Stored {
    /// No object.
    pub(super) fn none() -> Self {
        Self {
            state: Value::Null,
            private: Vec::new(),
            identity: None,
            partial: false,
        }
    }

    /// Reads what was stored of the object of this ID.
    ///
    /// # Errors
    /// When another version of the provider stored what this one cannot read.
    pub(super) fn read(
        provider: &Arc<dyn ProviderServer>,
        declared: Declared<'_>,
        id: &str,
        object: Option<&Object>,
    ) -> Result<Self, CallError> {
        let nothing = Object::default();
        let object = object.unwrap_or(&nothing);
        let meta = meta(object)?;
        let mut state = match meta.schema_version == declared.schema.version {
            true => present(declared, object)?,
            false => upgraded(provider, declared, meta.schema_version, object)?,
        };
        let is_text = |attribute: &Attribute| matches!(attribute.ty, AttributeType::Plain(Type::String));
        if declared.schema.attribute(ID).is_some_and(is_text) && state.get(ID).is_null() {
            state = with_attribute(&state, ID, id.into());
        }
        let private = STANDARD
            .decode(&meta.private)
            .map_err(|_| unreadable("what is remembered"))?;
        Ok(Self {
            state,
            private,
            identity: meta.identity.and_then(|json| identity(declared, &json)),
            partial: meta.partial,
        })
    }

    /// The properties to store.
    pub(super) fn write(&self, declared: Declared<'_>, secrets: &Secrets, wraps_secrets: bool) -> Object {
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets,
            secrets,
        };
        let mut object = properties(declared, &self.state, writing);
        let identity = declared.identity.zip(self.identity.as_ref());
        let none = &Secrets::none();
        let plain = Writing {
            place: Place::Object,
            wraps_secrets: false,
            secrets: none,
        };
        let meta = Meta {
            schema_version: declared.schema.version,
            private: STANDARD.encode(&self.private),
            identity: identity.map(|(schema, value)| to_json(&encode_plain(&schema.ty(), value, plain))),
            partial: self.partial,
        };
        // Texts and numbers only: nothing that JSON lacks.
        let meta = serde_json::to_string(&meta).unwrap_or_default();
        object.fields.insert(META.to_owned(), text(meta));
        object
    }

    /// The ID of the object; see the module's documentation.
    pub(super) fn id(&self, declared: Declared<'_>, urn: &str) -> String {
        let attribute = |name: &str| self.state.get(name).as_str().map(str::to_owned);
        let given = declared.rules.id.as_deref().and_then(attribute);
        let id = given
            .or_else(|| attribute(ID))
            .or_else(|| joined(self.identity.as_ref()?));
        id.filter(|id| !id.is_empty())
            .unwrap_or_else(|| match name_of_urn(urn) {
                "" => declared.type_name.to_owned(),
                name => name.to_owned(),
            })
    }
}

/// The attributes of an object as properties.
pub(super) fn properties(declared: Declared<'_>, state: &Value, writing: Writing<'_>) -> Object {
    let mut object = encode(declared.schema, state, writing);
    object.fields.remove(ID);
    object
}

/// The parts of an identity, with `/` between them.
fn joined(identity: &Value) -> Option<String> {
    let part = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let parts: Vec<String> = identity.as_map()?.values().filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn meta(object: &Object) -> Result<Meta, CallError> {
    match object.fields.get(META).and_then(|meta| meta.kind.as_ref()) {
        Some(Kind::StringValue(json)) => serde_json::from_str(json).map_err(|_| unreadable(META)),
        _ => Ok(Meta::default()),
    }
}

fn present(declared: Declared<'_>, object: &Object) -> Result<Value, CallError> {
    let decoded = decode(declared.schema, Place::Resource, object, Reading::State);
    match decoded.faults.first() {
        None => Ok(decoded.value),
        Some(fault) => Err(unreadable(&format!("{} {}", fault.property, fault.reason))),
    }
}

/// What an older version stored, brought to the present schema. Names that only that version had are not known any more
/// and are taken to be written in words.
fn upgraded(
    provider: &Arc<dyn ProviderServer>,
    declared: Declared<'_>,
    version: i64,
    object: &Object,
) -> Result<Value, CallError> {
    let json = super::outputs::terraform_json(declared.schema, object);
    let answer = provider.upgrade_state(declared.type_name, version, json.to_string().as_bytes());
    let failed = || {
        answer
            .diagnostics
            .iter()
            .map(|fault| fault.detail.clone())
            .collect::<Vec<_>>()
            .join("\n")
    };
    answer.value.clone().ok_or_else(|| unreadable(&failed()))
}

fn identity(declared: Declared<'_>, json: &serde_json::Value) -> Option<Value> {
    let ty = declared.identity?.ty();
    let decoded = decode_plain(&ty, &from_json(json), &Path::root());
    decoded.faults.is_empty().then_some(decoded.value)
}

fn unreadable(what: &str) -> CallError {
    CallError::Refused(format!(
        "What is stored of this object cannot be read: {what}. Another version of the provider may have stored it: use \
         that one, or a later one than this."
    ))
}

#[cfg(test)]
mod tests;
