//! MessagePack to [`Value`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode as read;

use super::super::trail::{At, Trail, element};
use super::super::{MAX_DEPTH, normalised};
use super::extent::extent;
use super::{EXT_REFINED, refinement};
use crate::diag::{Diagnostic, Diagnostics};
use crate::ty::Type;
use crate::value::{Number, Value};

/// Reads one value of the given type.
///
/// # Errors
/// All places where the bytes are no value of that type, or one fault of the whole where they are no MessagePack.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, Diagnostics> {
    check_form(bytes)?;
    let mut decoder = Decoder {
        rest: bytes,
        trail: Trail::default(),
    };
    let value = decoder.value(ty);
    decoder.trail.finish(value)
}

/// Whether the bytes are exactly one MessagePack value, not nested too deep. All reading after this relies on it.
fn check_form(bytes: &[u8]) -> Result<(), Diagnostics> {
    if extent(bytes, MAX_DEPTH) == Some(bytes.len()) {
        return Ok(());
    }
    let detail = format!(
        "Expected exactly one MessagePack value, at most {MAX_DEPTH} levels deep, in {} bytes. Is this provider \
         run by a Terraform or OpenTofu that it was made for?",
        bytes.len()
    );
    Err(Diagnostic::error("Unreadable value", detail).into())
}

pub(super) struct Decoder<'a> {
    rest: &'a [u8],
    trail: Trail<'a>,
}

/// The bytes end early or are reserved ones: kept out by `check_form`, save inside extensions.
pub(super) struct Malformed;

impl<E> From<read::ValueReadError<E>> for Malformed
where
    E: read::RmpReadErr,
{
    fn from(_: read::ValueReadError<E>) -> Self {
        Self
    }
}

impl<E> From<read::NumValueReadError<E>> for Malformed
where
    E: read::RmpReadErr,
{
    fn from(_: read::NumValueReadError<E>) -> Self {
        Self
    }
}

impl<'a> Decoder<'a> {
    /// For the payload of an extension, which is checked like a message of its own.
    pub(super) fn of_payload(bytes: &'a [u8]) -> Result<Self, Malformed> {
        check_form(bytes).map_err(|_| Malformed)?;
        Ok(Self {
            rest: bytes,
            trail: Trail::default(),
        })
    }

    /// Reads one value; a fault is noted and leaves null in its place.
    fn value(&mut self, ty: &'a Type) -> Value {
        let start = self.rest;
        let found = self.marker();
        if found == Marker::Null {
            self.skip();
            return Value::Null;
        }
        if is_ext(found) {
            return self.unknown(ty).unwrap_or(Value::unknown());
        }
        self.known(ty, found).unwrap_or_else(|Malformed| {
            self.rest = start;
            self.mismatch(ty, found);
            Value::Null
        })
    }

    /// `Malformed` here means that the value is of another kind than the type.
    fn known(&mut self, ty: &'a Type, found: Marker) -> Result<Value, Malformed> {
        match ty {
            Type::Bool => Ok(Value::Bool(read::read_bool(&mut self.rest)?)),
            Type::Number => Ok(Value::Number(self.number(found)?)),
            Type::String => Ok(Value::String(normalised(self.text()?))),
            Type::List(t) => Ok(Value::List(self.elements(t, false)?)),
            Type::Set(t) => Ok(Value::set(self.elements(t, true)?)),
            Type::Tuple(ts) => self.tuple(ts),
            Type::Map(t) => self.map(t),
            Type::Object(attributes) => self.object(attributes),
            Type::Dynamic => self.dynamic(),
        }
    }

    pub(super) fn number(&mut self, found: Marker) -> Result<Number, Malformed> {
        match found {
            Marker::F32 => {
                Number::from_f64(f64::from(read::read_f32(&mut self.rest)?)).map_err(|_| Malformed)
            }
            Marker::F64 => Number::from_f64(read::read_f64(&mut self.rest)?).map_err(|_| Malformed),
            Marker::U64 => Ok(Number::from(read::read_u64(&mut self.rest)?)),
            marker if is_text(marker) => self.text()?.parse().map_err(|_| Malformed),
            _ => Ok(Number::from(self.integer()?)),
        }
    }

    pub(super) fn integer(&mut self) -> Result<i64, Malformed> {
        Ok(read::read_int(&mut self.rest)?)
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Malformed> {
        Ok(read::read_bool(&mut self.rest)?)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = read::read_str_len(&mut self.rest)?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Malformed)
    }

    pub(super) fn array_len(&mut self) -> Result<u32, Malformed> {
        Ok(read::read_array_len(&mut self.rest)?)
    }

    pub(super) fn map_len(&mut self) -> Result<u32, Malformed> {
        Ok(read::read_map_len(&mut self.rest)?)
    }

    fn elements(&mut self, ty: &'a Type, in_set: bool) -> Result<Vec<Value>, Malformed> {
        let length = self.array_len()? as usize;
        let mut elements = Vec::with_capacity(length.min(self.rest.len()));
        for index in 0..length {
            elements.push(self.inside(element(in_set, index), ty));
        }
        Ok(elements)
    }

    fn tuple(&mut self, types: &'a [Type]) -> Result<Value, Malformed> {
        let length = self.array_len()? as usize;
        if length != types.len() {
            let detail = format!("Expected a tuple of {} elements, found {length}.", types.len());
            self.trail
                .fault(Diagnostic::error("Wrong number of elements", detail));
            (0..length).for_each(|_| self.skip());
            return Ok(Value::Null);
        }
        Ok(Value::List(
            types
                .iter()
                .enumerate()
                .map(|(i, t)| self.inside(At::Index(i), t))
                .collect(),
        ))
    }

    fn map(&mut self, ty: &'a Type) -> Result<Value, Malformed> {
        let length = self.map_len()?;
        let mut map = BTreeMap::new();
        for _ in 0..length {
            let Some(key) = self.key() else { continue };
            let value = self.inside(At::Key(Cow::Borrowed(key)), ty);
            map.insert(normalised(key), value);
        }
        Ok(Value::Map(map))
    }

    fn object(&mut self, attributes: &'a BTreeMap<String, Type>) -> Result<Value, Malformed> {
        let length = self.map_len()?;
        let mut object = BTreeMap::new();
        for _ in 0..length {
            let Some(name) = self.key() else { continue };
            match attributes.get_key_value(name) {
                Some((name, ty)) => {
                    let value = self.inside(At::Attribute(name), ty);
                    object.insert(name.clone(), value);
                }
                None => self.undeclared(name),
            }
        }
        for name in attributes
            .keys()
            .filter(|n| !object.contains_key(*n))
            .collect::<Vec<_>>()
        {
            self.trail.enter(At::Attribute(name));
            self.trail.fault(Diagnostic::error(
                "Missing attribute",
                "The value lacks an attribute that its type has.",
            ));
            self.trail.leave();
        }
        Ok(Value::Map(object))
    }

    fn undeclared(&mut self, name: &'a str) {
        self.trail.enter(At::Attribute(name));
        self.trail.fault(Diagnostic::error(
            "Unknown attribute",
            "The value has an attribute that its type lacks.",
        ));
        self.trail.leave();
        self.skip();
    }

    /// The key of a map entry. If it is no string, the entry is passed over and its fault noted.
    fn key(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let key = self.text();
        if key.is_err() {
            self.rest = start;
            self.mismatch(&Type::String, self.marker());
            self.skip();
        }
        key.ok()
    }

    fn dynamic(&mut self) -> Result<Value, Malformed> {
        if self.array_len()? != 2 {
            return Err(Malformed);
        }
        let length = if is_text(self.marker()) {
            read::read_str_len(&mut self.rest)?
        } else {
            read::read_bin_len(&mut self.rest)?
        };
        let json = self.take(length)?;
        let ty = serde_json::from_slice(json)
            .ok()
            .and_then(|json| Type::from_json(&json).ok())
            .ok_or(Malformed)?;
        // The type lives only here, so its value is read by a decoder of its own that goes on from this place.
        let mut inner = Decoder {
            rest: self.rest,
            trail: Trail::default(),
        };
        let value = inner.value(&ty);
        let length = self.rest.len() - inner.rest.len();
        self.rest = &self.rest[length..];
        if let Err(faults) = inner.trail.finish(()) {
            faults.into_iter().for_each(|f| self.trail.fault_below(f));
        }
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    /// Any extension stands for an unknown value; what cannot be read of it is not known.
    fn unknown(&mut self, ty: &Type) -> Result<Value, Malformed> {
        let meta = read::read_ext_meta(&mut self.rest)?;
        let payload = self.take(meta.size)?;
        if meta.typeid != EXT_REFINED || payload.len() <= 1 || *ty == Type::Dynamic {
            return Ok(Value::unknown());
        }
        let refinement = refinement::read(payload)?;
        Ok(Value::Unknown(
            (!refinement.is_empty()).then(|| Box::new(refinement)),
        ))
    }

    fn inside(&mut self, at: At<'a>, ty: &'a Type) -> Value {
        self.trail.enter(at);
        let value = self.value(ty);
        self.trail.leave();
        value
    }

    fn mismatch(&mut self, ty: &Type, found: Marker) {
        let detail = format!("Expected {}, found {}.", ty.friendly_name(), kind(found));
        self.trail.fault(Diagnostic::error("Wrong type", detail));
        self.skip();
    }

    pub(super) fn marker(&self) -> Marker {
        self.rest
            .first()
            .map_or(Marker::Reserved, |byte| Marker::from_u8(*byte))
    }

    /// Passes over one value.
    pub(super) fn skip(&mut self) {
        let length = extent(self.rest, MAX_DEPTH).unwrap_or(self.rest.len());
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length as usize).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn is_ext(marker: Marker) -> bool {
    use Marker::{Ext8, Ext16, Ext32, FixExt1, FixExt2, FixExt4, FixExt8, FixExt16};
    matches!(
        marker,
        FixExt1 | FixExt2 | FixExt4 | FixExt8 | FixExt16 | Ext8 | Ext16 | Ext32
    )
}

fn is_text(marker: Marker) -> bool {
    matches!(
        marker,
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32
    )
}

/// What a user calls a value that begins so.
fn kind(marker: Marker) -> &'static str {
    match marker {
        Marker::Null => "null",
        Marker::True | Marker::False => "a bool",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "a list",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "an object or map",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        m if is_text(m) => "a string",
        m if is_ext(m) => "a value known only after apply",
        _ => "a number",
    }
}
