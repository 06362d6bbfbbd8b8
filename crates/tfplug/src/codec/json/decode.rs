//! JSON to [`Value`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::trail::{At, Trail, element};
use super::super::{MAX_DEPTH, normalised};
use crate::diag::{Diagnostic, Diagnostics};
use crate::ty::Type;
use crate::value::Value;

/// What to do with an attribute that the type of its object does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// It is a fault.
    Refuse,
    /// It is left out: older versions of a resource may have stored what the present one no longer knows.
    Drop,
}

/// Reads one value of the given type. Attributes that the JSON leaves out are null; a primitive may be written as
/// another primitive that converts to it, as Terraform allows (`"1"` for a number, `true` for a string).
///
/// # Errors
/// All places where the JSON is no value of that type, or one fault of the whole where it is no JSON.
pub fn decode(json: &[u8], ty: &Type, undeclared: Undeclared) -> Result<Value, Diagnostics> {
    let whole: &RawValue = serde_json::from_slice(json).map_err(|e| {
        Diagnostic::error(
            "Unreadable state",
            format!("The stored JSON cannot be read: {e}."),
        )
    })?;
    let mut decoder = Decoder {
        undeclared,
        trail: Trail::default(),
        depth: 0,
    };
    let value = decoder.value(whole.get(), ty);
    decoder.trail.finish(value)
}

struct Decoder<'a> {
    undeclared: Undeclared,
    trail: Trail<'a>,
    /// Nesting so far, dynamic values included, which leave no step in the trail.
    depth: usize,
}

/// The JSON is of another kind than the type.
struct Mismatch;

impl From<serde_json::Error> for Mismatch {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

impl<'a> Decoder<'a> {
    /// Reads one value; a fault is noted and leaves null in its place.
    fn value(&mut self, json: &str, ty: &'a Type) -> Value {
        if json == "null" {
            return Value::Null;
        }
        if self.depth >= MAX_DEPTH {
            let detail = format!("The value is nested more than {MAX_DEPTH} levels deep.");
            self.trail.fault(Diagnostic::error("Nested too deep", detail));
            return Value::Null;
        }
        self.depth += 1;
        let value = self.known(json, ty);
        self.depth -= 1;
        value.unwrap_or_else(|Mismatch| {
            let detail = format!("Expected {}, found {}.", ty.friendly_name(), kind(json));
            self.trail.fault(Diagnostic::error("Wrong type", detail));
            Value::Null
        })
    }

    fn known(&mut self, json: &str, ty: &'a Type) -> Result<Value, Mismatch> {
        match ty {
            Type::Bool => boolean(json),
            Type::Number => Ok(Value::Number(scalar(json)?.parse().map_err(|_| Mismatch)?)),
            Type::String => Ok(Value::String(normalised(&scalar(json)?))),
            Type::List(t) => Ok(Value::List(self.elements(json, t, false)?)),
            Type::Set(t) => Ok(Value::set(self.elements(json, t, true)?)),
            Type::Tuple(ts) => self.tuple(json, ts),
            Type::Map(t) => self.map(json, t),
            Type::Object(attributes) => self.object(json, attributes),
            Type::Dynamic => self.dynamic(json),
        }
    }

    fn elements(&mut self, json: &str, ty: &'a Type, in_set: bool) -> Result<Vec<Value>, Mismatch> {
        let elements: Vec<&RawValue> = serde_json::from_str(json)?;
        let each = |(index, json): (usize, &&RawValue)| self.inside(element(in_set, index), json, ty);
        Ok(elements.iter().enumerate().map(each).collect())
    }

    fn tuple(&mut self, json: &str, types: &'a [Type]) -> Result<Value, Mismatch> {
        let elements: Vec<&RawValue> = serde_json::from_str(json)?;
        if elements.len() != types.len() {
            let detail = format!(
                "Expected a tuple of {} elements, found {}.",
                types.len(),
                elements.len()
            );
            self.trail
                .fault(Diagnostic::error("Wrong number of elements", detail));
            return Ok(Value::Null);
        }
        let each =
            |(index, (json, ty)): (usize, (&&RawValue, &'a Type))| self.inside(At::Index(index), json, ty);
        Ok(Value::List(
            elements.iter().zip(types).enumerate().map(each).collect(),
        ))
    }

    fn map(&mut self, json: &str, ty: &'a Type) -> Result<Value, Mismatch> {
        let entries: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json)?;
        let each = |(key, json): (Cow<'_, str>, &RawValue)| {
            let key = normalised(&key);
            let value = self.inside(At::Key(Cow::Owned(key.clone())), json, ty);
            (key, value)
        };
        Ok(Value::Map(entries.into_iter().map(each).collect()))
    }

    fn object(&mut self, json: &str, attributes: &'a BTreeMap<String, Type>) -> Result<Value, Mismatch> {
        let entries: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json)?;
        if self.undeclared == Undeclared::Refuse {
            for name in entries
                .keys()
                .filter(|name| !attributes.contains_key(name.as_ref()))
            {
                let detail = format!("The stored object has the attribute {name:?}, which its type lacks.");
                self.trail.fault(Diagnostic::error("Unknown attribute", detail));
            }
        }
        let each = |(name, ty): (&'a String, &'a Type)| {
            let found = entries.get(name.as_str());
            let value = found.map_or(Value::Null, |json| self.inside(At::Attribute(name), json, ty));
            (name.clone(), value)
        };
        Ok(Value::Map(attributes.iter().map(each).collect()))
    }

    fn dynamic(&mut self, json: &str) -> Result<Value, Mismatch> {
        #[derive(Deserialize)]
        struct Typed<'a> {
            r#type: serde_json::Value,
            #[serde(borrow)]
            value: &'a RawValue,
        }
        let typed: Typed<'_> = serde_json::from_str(json)?;
        let ty = Type::from_json(&typed.r#type).map_err(|_| Mismatch)?;
        // The type lives only here, so its value is read by a decoder of its own.
        let mut inner = Decoder {
            undeclared: self.undeclared,
            trail: Trail::default(),
            depth: self.depth,
        };
        let value = inner.value(typed.value.get(), &ty);
        if let Err(faults) = inner.trail.finish(()) {
            faults.into_iter().for_each(|f| self.trail.fault_below(f));
        }
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn inside(&mut self, at: At<'a>, json: &RawValue, ty: &'a Type) -> Value {
        self.trail.enter(at);
        let value = self.value(json.get(), ty);
        self.trail.leave();
        value
    }
}

fn boolean(json: &str) -> Result<Value, Mismatch> {
    match scalar(json)?.as_ref() {
        "true" | "1" if json.starts_with(['t', '"']) => Ok(Value::Bool(true)),
        "false" | "0" if json.starts_with(['f', '"']) => Ok(Value::Bool(false)),
        _ => Err(Mismatch),
    }
}

/// The text of a string, number or bool, a number with all its digits.
fn scalar(json: &str) -> Result<Cow<'_, str>, Mismatch> {
    match json.as_bytes().first() {
        Some(b'"') => Ok(serde_json::from_str::<String>(json)?.into()),
        Some(b'{' | b'[') | None => Err(Mismatch),
        Some(_) => Ok(json.into()),
    }
}

/// What a user calls a value that is written so.
fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object or map",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a bool",
        Some(b'n') => "null",
        _ => "a number",
    }
}
