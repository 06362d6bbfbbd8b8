//! [`Value`] to MessagePack.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use rmp::{Marker, encode as write};

use super::super::trail::{At, Trail, element};
use super::{EXT_REFINED, EXT_UNKNOWN, refinement};
use crate::diag::{Diagnostic, Diagnostics};
use crate::ty::Type;
use crate::value::{Number, Refinement, Value};

/// Writes one value of the given type. An attribute that an object leaves out is null.
///
/// # Errors
/// All places where the value is not of that type. The provider made it, so these are worded as its bugs.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, Diagnostics> {
    let (bytes, faults) = encode_partly(value, ty);
    if faults.is_empty() { Ok(bytes) } else { Err(faults) }
}

/// Like [`encode`], but always gives a value of the type: null stands where the given value is not of it. For what
/// must not get lost over a fault, such as the state of an object that was just created.
pub fn encode_partly(value: &Value, ty: &Type) -> (Vec<u8>, Diagnostics) {
    let mut encoder = Encoder {
        out: Vec::with_capacity(256),
        trail: Trail::default(),
    };
    let written = encoder.value(value, ty);
    let (mut out, mut faults) = (encoder.out, encoder.trail.into_faults());
    if let Err(e) = written {
        faults.push(Diagnostic::bug(format!("A value cannot be written: {e}.")));
        out = vec![Marker::Null.to_u8()];
    }
    (out, faults)
}

struct Encoder<'a> {
    out: Vec<u8>,
    trail: Trail<'a>,
}

impl<'a> Encoder<'a> {
    fn value(&mut self, value: &'a Value, ty: &'a Type) -> io::Result<()> {
        match (value, ty) {
            (Value::Null, _) => write::write_nil(&mut self.out),
            // What is known of a value of unknown type cannot be said.
            (Value::Unknown(_), Type::Dynamic) => self.unknown(None),
            (Value::Unknown(refinement), _) => self.unknown(refinement.as_deref()),
            (Value::Bool(b), Type::Bool) => write::write_bool(&mut self.out, *b),
            (Value::Number(n), Type::Number) => write_number(&mut self.out, n),
            (Value::String(s), Type::String) => Ok(write::write_str(&mut self.out, s)?),
            (Value::List(vs), Type::List(t)) => self.elements(vs, t, false),
            (Value::Set(vs), Type::Set(t)) => self.elements(vs, t, true),
            (Value::List(vs), Type::Tuple(ts)) if vs.len() == ts.len() => self.tuple(vs, ts),
            (Value::Map(vs), Type::Map(t)) => self.map(vs, t),
            (Value::Map(vs), Type::Object(ts)) => self.object(vs, ts),
            (Value::Dynamic(typed), Type::Dynamic) => self.dynamic(&typed.0, &typed.1),
            (_, _) => {
                let detail = format!(
                    "It made {} where its schema has {}.",
                    value.kind_name(),
                    ty.friendly_name()
                );
                self.trail.fault(Diagnostic::bug(detail));
                write::write_nil(&mut self.out)
            }
        }
    }

    fn unknown(&mut self, refinement: Option<&Refinement>) -> io::Result<()> {
        let payload = refinement.map(refinement::payload).transpose()?.flatten();
        let (code, payload) = payload.map_or((EXT_UNKNOWN, vec![0]), |payload| (EXT_REFINED, payload));
        write::write_ext_meta(&mut self.out, length(payload.len())?, code)?;
        self.out.extend(payload);
        Ok(())
    }

    fn elements(&mut self, values: &'a [Value], ty: &'a Type, in_set: bool) -> io::Result<()> {
        write::write_array_len(&mut self.out, length(values.len())?)?;
        for (index, value) in values.iter().enumerate() {
            self.inside(element(in_set, index), value, ty)?;
        }
        Ok(())
    }

    fn tuple(&mut self, values: &'a [Value], types: &'a [Type]) -> io::Result<()> {
        write::write_array_len(&mut self.out, length(values.len())?)?;
        for (index, (value, ty)) in values.iter().zip(types).enumerate() {
            self.inside(At::Index(index), value, ty)?;
        }
        Ok(())
    }

    fn map(&mut self, values: &'a BTreeMap<String, Value>, ty: &'a Type) -> io::Result<()> {
        write::write_map_len(&mut self.out, length(values.len())?)?;
        for (key, value) in values {
            write::write_str(&mut self.out, key)?;
            self.inside(At::Key(Cow::Borrowed(key)), value, ty)?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        values: &'a BTreeMap<String, Value>,
        types: &'a BTreeMap<String, Type>,
    ) -> io::Result<()> {
        for name in values.keys().filter(|name| !types.contains_key(*name)) {
            self.trail.enter(At::Attribute(name));
            self.trail.fault(Diagnostic::bug(
                "It made an attribute that its schema does not have.",
            ));
            self.trail.leave();
        }
        write::write_map_len(&mut self.out, length(types.len())?)?;
        for (name, ty) in types {
            write::write_str(&mut self.out, name)?;
            self.inside(At::Attribute(name), values.get(name).unwrap_or(&Value::Null), ty)?;
        }
        Ok(())
    }

    fn dynamic(&mut self, ty: &'a Type, value: &'a Value) -> io::Result<()> {
        write::write_array_len(&mut self.out, 2)?;
        write::write_bin(&mut self.out, ty.to_json().to_string().as_bytes())?;
        self.value(value, ty)
    }

    fn inside(&mut self, at: At<'a>, value: &'a Value, ty: &'a Type) -> io::Result<()> {
        self.trail.enter(at);
        let written = self.value(value, ty);
        self.trail.leave();
        written
    }
}

fn length(count: usize) -> io::Result<u32> {
    u32::try_from(count).map_err(io::Error::other)
}

/// Writes a number in the form that Terraform itself gives it: an integer of 64 bits, a float where that is exact, or
/// else its digits.
pub(super) fn write_number(out: &mut Vec<u8>, number: &Number) -> io::Result<()> {
    if let Some(integer) = number.to_i64() {
        write::write_sint(out, integer)?;
        return Ok(());
    }
    let float = number.to_f64();
    let exact = Number::from_f64(float).as_ref() == Ok(number);
    let whole = float.is_finite() && float.fract() == 0.0;
    if exact && !whole {
        write::write_f64(out, float)?;
    } else {
        write::write_str(out, &number.to_string())?;
    }
    Ok(())
}
