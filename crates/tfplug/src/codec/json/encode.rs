//! [`Value`] to JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::trail::{At, Trail, element};
use crate::diag::{Diagnostic, Diagnostics};
use crate::ty::Type;
use crate::value::{Number, Value};

/// Writes one value of the given type, which has to be wholly known. Keys are in order, nothing is indented.
///
/// # Errors
/// All places where the value is not of that type, or not known. The provider made it, so these are worded as its
/// bugs.
pub fn encode(value: &Value, ty: &Type) -> Result<String, Diagnostics> {
    let mut encoder = Encoder {
        out: String::new(),
        trail: Trail::default(),
    };
    encoder.value(value, ty);
    encoder.trail.finish(encoder.out)
}

struct Encoder<'a> {
    out: String,
    trail: Trail<'a>,
}

impl<'a> Encoder<'a> {
    fn value(&mut self, value: &'a Value, ty: &'a Type) {
        match (value, ty) {
            (Value::Null, _) => self.out.push_str("null"),
            (Value::Bool(b), Type::Bool) => self.out.push_str(if *b { "true" } else { "false" }),
            (Value::Number(number @ Number::Finite(_)), Type::Number) => {
                // Writing to a string does not fail.
                let _ = write!(self.out, "{number}");
            }
            (Value::String(s), Type::String) => self.text(s),
            (Value::List(vs), Type::List(t)) => self.elements(vs.iter().map(|v| (v, &**t)), false),
            (Value::Set(vs), Type::Set(t)) => self.elements(vs.iter().map(|v| (v, &**t)), true),
            (Value::List(vs), Type::Tuple(ts)) if vs.len() == ts.len() => {
                self.elements(vs.iter().zip(ts), false)
            }
            (Value::Map(vs), Type::Map(t)) => {
                self.entries(vs.iter().map(|(k, v)| (At::Key(k.into()), k, v, &**t)));
            }
            (Value::Map(vs), Type::Object(ts)) => self.object(vs, ts),
            (Value::Dynamic(typed), Type::Dynamic) => self.dynamic(&typed.0, &typed.1),
            (_, _) => {
                let detail = format!(
                    "It made {} where its schema has {}.",
                    value.kind_name(),
                    ty.friendly_name()
                );
                self.trail.fault(Diagnostic::bug(detail));
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }

    fn elements(&mut self, elements: impl Iterator<Item = (&'a Value, &'a Type)>, in_set: bool) {
        self.out.push('[');
        for (index, (value, ty)) in elements.enumerate() {
            self.separate(index);
            self.inside(element(in_set, index), value, ty);
        }
        self.out.push(']');
    }

    fn entries(&mut self, entries: impl Iterator<Item = (At<'a>, &'a String, &'a Value, &'a Type)>) {
        self.out.push('{');
        for (index, (at, key, value, ty)) in entries.enumerate() {
            self.separate(index);
            self.text(key);
            self.out.push(':');
            self.inside(at, value, ty);
        }
        self.out.push('}');
    }

    fn object(&mut self, values: &'a BTreeMap<String, Value>, types: &'a BTreeMap<String, Type>) {
        for name in values.keys().filter(|name| !types.contains_key(*name)) {
            self.trail.enter(At::Attribute(name));
            self.trail.fault(Diagnostic::bug(
                "It made an attribute that its schema does not have.",
            ));
            self.trail.leave();
        }
        let null = &Value::Null;
        self.entries(
            types
                .iter()
                .map(|(n, t)| (At::Attribute(n), n, values.get(n).unwrap_or(null), t)),
        );
    }

    fn dynamic(&mut self, ty: &'a Type, value: &'a Value) {
        self.out.push_str("{\"value\":");
        self.value(value, ty);
        self.out.push_str(",\"type\":");
        self.out.push_str(&ty.to_json().to_string());
        self.out.push('}');
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
    }

    fn inside(&mut self, at: At<'a>, value: &'a Value, ty: &'a Type) {
        self.trail.enter(at);
        self.value(value, ty);
        self.trail.leave();
    }
}
