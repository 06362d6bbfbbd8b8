//! From values to the wire.

use std::collections::BTreeMap;

use prost_types::value::Kind;
use tfplug::schema::Schema;
use tfplug::ty::Type;
use tfplug::{Path, Value};

use super::secrets::Secrets;
use super::shape::{Content, Repeat, Shape};
use super::signature::{UNKNOWN, secret};
use super::{Object, Wire, number, property_in, text, wire};
use crate::names::{self, Place};

/// How values are written.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'s> {
    /// Where the object stands, which decides what names are Pulumi's own.
    pub place: Place,
    /// Whether the engine knows secrets; without it they are written as they are, since it marks them by itself.
    pub wraps_secrets: bool,
    /// What is secret beside that which the schema says.
    pub secrets: &'s Secrets,
}

/// Writes an object of a schema; what is null is left out.
pub fn encode(schema: &Schema, value: &Value, writing: Writing<'_>) -> Object {
    let encoder = Encoder {
        writing,
        renames: true,
    };
    Object {
        fields: encoder.content(Content::of(schema), value, &Path::root()),
    }
}

/// Writes a value of a type.
pub fn encode_plain(ty: &Type, value: &Value, writing: Writing<'_>) -> Wire {
    let encoder = Encoder {
        writing,
        renames: true,
    };
    encoder.plain(ty, value, &Path::root())
}

#[derive(Clone, Copy)]
struct Encoder<'s> {
    writing: Writing<'s>,
    /// Whether the names of an object are attributes. In a dynamic value they are what the user wrote.
    renames: bool,
}

impl Encoder<'_> {
    /// A secret holds no further secrets: engines read the innermost only, and the outer one hides all.
    fn within_secret(self) -> Self {
        const NONE: &Secrets = &Secrets::EMPTY;
        Self {
            writing: Writing {
                place: self.writing.place,
                wraps_secrets: false,
                secrets: NONE,
            },
            ..self
        }
    }

    /// The place as a secret, if it is one.
    fn guarded(self, hidden: bool, path: &Path, write: impl FnOnce(Self) -> Wire) -> Wire {
        let hidden = hidden || self.writing.secrets.is_marked(path);
        match hidden && self.writing.wraps_secrets {
            true => secret(write(self.within_secret())),
            false => write(self),
        }
    }

    fn content(self, content: Content<'_>, object: &Value, path: &Path) -> BTreeMap<String, Wire> {
        let mut fields = BTreeMap::new();
        for field in content.fields() {
            let value = object.get(field.name);
            if value.is_null() {
                continue;
            }
            let at = path.attribute(field.name);
            let written = self.guarded(field.is_secret(), &at, |encoder| {
                encoder.shape(field.shape, value, &at)
            });
            fields.insert(property_in(self.writing.place, path, field.name), written);
        }
        fields
    }

    fn shape(self, shape: Shape<'_>, value: &Value, path: &Path) -> Wire {
        match shape {
            Shape::Plain(ty) => self.plain(ty, value, path),
            Shape::Nested(repeat, content) => self.nested(repeat, content, value, path),
        }
    }

    fn nested(self, repeat: Repeat, content: Content<'_>, value: &Value, path: &Path) -> Wire {
        let one = |value: &Value, path: &Path| {
            self.guarded(false, path, |encoder| {
                encoder.nested(Repeat::One, content, value, path)
            })
        };
        match (repeat, value) {
            (Repeat::One, Value::Map(_)) => object(self.content(content, value, path)),
            (Repeat::Map, Value::Map(all)) => object(
                all.iter()
                    .map(|(key, value)| (key.clone(), one(value, &path.key(key))))
                    .collect(),
            ),
            (_, Value::List(all)) => list(
                all.iter()
                    .enumerate()
                    .map(|(i, value)| one(value, &path.index(i))),
            ),
            (_, Value::Set(all)) => list(all.iter().map(|value| one(value, &path.element(value.clone())))),
            (_, other) => leaf(other),
        }
    }

    fn plain(self, ty: &Type, value: &Value, path: &Path) -> Wire {
        let one = |ty: &Type, value: &Value, path: Path| {
            self.guarded(false, &path, |encoder| encoder.plain(ty, value, &path))
        };
        match (ty, value) {
            (_, Value::Dynamic(typed)) => Self {
                renames: false,
                ..self
            }
            .plain(&typed.0, &typed.1, path),
            (Type::List(inner), Value::List(all)) => list(
                all.iter()
                    .enumerate()
                    .map(|(i, value)| one(inner, value, path.index(i))),
            ),
            (Type::Set(inner), Value::Set(all)) => list(
                all.iter()
                    .map(|value| one(inner, value, path.element(value.clone()))),
            ),
            (Type::Tuple(types), Value::List(all)) => {
                let each = types.iter().zip(all).enumerate();
                list(each.map(|(i, (ty, value))| one(ty, value, path.index(i))))
            }
            (Type::Map(inner), Value::Map(all)) => {
                let each = all
                    .iter()
                    .map(|(key, value)| (key.clone(), one(inner, value, path.key(key))));
                object(each.collect())
            }
            (Type::Object(types), Value::Map(all)) => self.object(types, all, path),
            (_, leaf_value) => leaf(leaf_value),
        }
    }

    fn object(self, types: &BTreeMap<String, Type>, all: &BTreeMap<String, Value>, path: &Path) -> Wire {
        let mut fields = BTreeMap::new();
        for (name, ty) in types {
            let value = all.get(name).unwrap_or(&Value::Null);
            // What a user wrote as null in a value of any type says something.
            if value.is_null() && self.renames {
                continue;
            }
            let (key, at) = match self.renames {
                true => (names::property_in(Place::Object, name), path.attribute(name)),
                false => (name.clone(), path.key(name)),
            };
            fields.insert(
                key,
                self.guarded(false, &at, |encoder| encoder.plain(ty, value, &at)),
            );
        }
        object(fields)
    }
}

fn object(fields: BTreeMap<String, Wire>) -> Wire {
    wire(Kind::StructValue(Object { fields }))
}

fn list(values: impl Iterator<Item = Wire>) -> Wire {
    wire(Kind::ListValue(prost_types::ListValue {
        values: values.collect(),
    }))
}

/// A value without parts. One that does not fit its type is written as it is: whoever reads it says so.
fn leaf(value: &Value) -> Wire {
    match value {
        Value::Null => wire(Kind::NullValue(0)),
        Value::Unknown(_) => text(UNKNOWN),
        Value::Bool(flag) => wire(Kind::BoolValue(*flag)),
        Value::Number(exact) => match number::encode(exact) {
            Some(float) => wire(Kind::NumberValue(float)),
            None => text(exact.to_string()),
        },
        Value::String(value) => text(value.clone()),
        Value::List(all) | Value::Set(all) => list(all.iter().map(leaf)),
        Value::Map(all) => object(
            all.iter()
                .map(|(key, value)| (key.clone(), leaf(value)))
                .collect(),
        ),
        Value::Dynamic(typed) => leaf(&typed.1),
    }
}
