//! Values as Pulumi sends them, and as `tfplug` knows them.
//!
//! Pulumi's values are `google.protobuf.Struct`: JSON, with objects of a certain key for what JSON lacks (secrets,
//! outputs, references, assets) and certain texts for what is not known yet. A schema leads from one to the other, since Pulumi's
//! values do not tell a map from an object, nor a set from a list.
//!
//! | here | on the wire |
//! |---|---|
//! | attribute `instance_types` | property `instanceTypes`; the keys of maps stay as they are |
//! | null | left out of an object, null in a list or map |
//! | unknown | the sentinel of a string, whatever the type; all seven are accepted |
//! | sensitive, write-only | a secret; what was given as a secret stays one |
//! | number | a float where it says the number exactly, else its digits as text; both are accepted |
//! | set | a list in a stable order |
//! | dynamic | what it holds; lists are read back as tuples and objects keep the writing of their keys |

mod decode;
mod encode;
mod number;
mod property_path;
mod secrets;
pub(crate) mod shape;
mod signature;

use prost_types::value::Kind;

pub use decode::{Decoded, Fault, Reading, decode, decode_plain};
pub use encode::{Writing, encode, encode_plain};
pub(crate) use property_path::property_in;
pub use property_path::property_path;
pub use secrets::Secrets;
pub use signature::UNKNOWN;
pub(crate) use signature::secret;

/// A value on the wire.
pub type Wire = prost_types::Value;

/// An object on the wire.
pub type Object = prost_types::Struct;

/// A value on the wire of this kind.
pub fn wire(kind: Kind) -> Wire {
    Wire { kind: Some(kind) }
}

/// A text on the wire.
pub fn text(text: impl Into<String>) -> Wire {
    wire(Kind::StringValue(text.into()))
}

/// JSON as a value on the wire. A number that no float holds is a text.
pub fn from_json(json: &serde_json::Value) -> Wire {
    use serde_json::Value as Json;
    wire(match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(flag) => Kind::BoolValue(*flag),
        Json::Number(number) => match number.as_f64().map(|float| (float, number::decode(float))) {
            Some((float, Ok(_))) => Kind::NumberValue(float),
            // Its digits say what a float does not.
            _ => Kind::StringValue(number.to_string()),
        },
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(all) => Kind::ListValue(prost_types::ListValue {
            values: all.iter().map(from_json).collect(),
        }),
        Json::Object(all) => Kind::StructValue(Object {
            fields: all
                .iter()
                .map(|(key, value)| (key.clone(), from_json(value)))
                .collect(),
        }),
    })
}

/// A value on the wire as JSON, without the wrappers of secrets. What is not known is null.
pub(crate) fn unwrapped(value: &Wire) -> serde_json::Value {
    use serde_json::Value as Json;
    use signature::{Seen, look};
    match look(value) {
        Seen::Secret(Some(inner))
        | Seen::Output {
            value: Some(inner), ..
        } => unwrapped(inner),
        Seen::List(all) => Json::Array(all.iter().map(unwrapped).collect()),
        Seen::Object(all) => Json::Object(
            all.iter()
                .map(|(key, value)| (key.clone(), unwrapped(value)))
                .collect(),
        ),
        Seen::Bool(_) | Seen::Number(_) | Seen::Text(_) => to_json(value),
        _ => Json::Null,
    }
}

/// A value on the wire as JSON.
pub fn to_json(value: &Wire) -> serde_json::Value {
    use serde_json::Value as Json;
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(flag)) => Json::Bool(*flag),
        // A whole number is one in JSON too: 5, not 5.0.
        Some(Kind::NumberValue(number)) => {
            match number::decode(*number).ok().and_then(|exact| exact.to_i64()) {
                Some(whole) => whole.into(),
                None => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
            }
        }
        Some(Kind::StringValue(text)) => Json::String(text.clone()),
        Some(Kind::ListValue(all)) => Json::Array(all.values.iter().map(to_json).collect()),
        Some(Kind::StructValue(all)) => Json::Object(
            all.fields
                .iter()
                .map(|(key, value)| (key.clone(), to_json(value)))
                .collect(),
        ),
    }
}

/// Whether a part of a value is not known yet.
pub(crate) fn has_unknown(value: &Wire) -> bool {
    use signature::{Seen, look};
    match look(value) {
        Seen::Unknown | Seen::Output { value: None, .. } => true,
        Seen::Secret(Some(inner))
        | Seen::Output {
            value: Some(inner), ..
        } => has_unknown(inner),
        Seen::List(all) => all.iter().any(has_unknown),
        Seen::Object(fields) => fields.values().any(has_unknown),
        _ => false,
    }
}

/// The fields of an object, and whether it is a secret as a whole.
pub(crate) fn unwrapped_object(value: &Wire) -> Option<(&std::collections::BTreeMap<String, Wire>, bool)> {
    use signature::{Seen, look};
    match look(value) {
        Seen::Object(fields) => Some((fields, false)),
        Seen::Secret(Some(inner)) => Some((unwrapped_object(inner)?.0, true)),
        Seen::Output {
            value: Some(inner),
            secret,
        } => {
            let (fields, hidden) = unwrapped_object(inner)?;
            Some((fields, hidden || secret))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
