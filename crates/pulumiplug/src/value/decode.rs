//! From the wire to values.

mod dynamic;
mod nearest;
mod scalar;

use std::collections::BTreeMap;

use tfplug::schema::Schema;
use tfplug::ty::Type;
use tfplug::unstable::engine::null_object;
use tfplug::{Path, Value};

use self::nearest::nearest;
use super::secrets::Secrets;
use super::shape::{Content, Field, Repeat, Shape};
use super::signature::{Seen, look};
use super::{Object, Wire, from_json, property_in, property_path};
use crate::names::{self, Place};

/// What is read, which decides what is let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// What a user gives: each property must be one that may be given.
    Inputs,
    /// What this provider gave earlier, maybe another version of it: properties without an attribute are passed over.
    State,
    /// The provider's own inputs. Pulumi sends each property that is no string as text, as JSON if it is no scalar
    /// either, and by its attribute's name if it was written so.
    Config,
}

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Fault {
    /// Where.
    pub path: Path,
    /// The same, as Pulumi writes it.
    pub property: String,
    /// The fact and the next step.
    pub reason: String,
}

/// What was read. A place with a fault holds an unknown value, so that nothing else is said of it.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// An object of the schema.
    pub value: Value,
    /// What was given as a secret, beside that which the schema says is one.
    pub secrets: Secrets,
    /// All that is wrong.
    pub faults: Vec<Fault>,
}

/// Reads an object of a schema, which stands at this place.
pub fn decode(schema: &Schema, place: Place, object: &Object, reading: Reading) -> Decoded {
    let mut decoder = Decoder::new(place, reading);
    let value = decoder.content(Content::of(schema), &object.fields, &Path::root());
    decoder.with(value)
}

/// Reads a value of a type.
pub fn decode_plain(ty: &Type, value: &Wire, path: &Path) -> Decoded {
    let mut decoder = Decoder::new(Place::Object, Reading::Inputs);
    let value = decoder.plain(ty, value, path);
    decoder.with(value)
}

/// A value without its wrappers.
enum Opened<'w> {
    Null,
    /// Not known, or refused.
    Unknown,
    Bool(bool),
    Number(f64),
    Text(&'w str),
    List(&'w [Wire]),
    Object(&'w BTreeMap<String, Wire>),
    Reference(&'w str),
}

struct Decoder {
    place: Place,
    reading: Reading,
    secrets: Secrets,
    faults: Vec<Fault>,
}

impl Decoder {
    fn new(place: Place, reading: Reading) -> Self {
        Self {
            place,
            reading,
            secrets: Secrets::none(),
            faults: Vec::new(),
        }
    }

    fn with(self, value: Value) -> Decoded {
        Decoded {
            value,
            secrets: self.secrets,
            faults: self.faults,
        }
    }

    /// Notes a fault; the place counts as unknown.
    fn refuse(&mut self, path: &Path, reason: impl Into<String>) -> Value {
        self.faults.push(Fault {
            path: path.clone(),
            property: property_path(self.place, path),
            reason: reason.into(),
        });
        Value::unknown()
    }

    fn open<'w>(&mut self, value: &'w Wire, path: &Path) -> Opened<'w> {
        match look(value) {
            Seen::Null => Opened::Null,
            Seen::Unknown => Opened::Unknown,
            Seen::Bool(flag) => Opened::Bool(flag),
            Seen::Number(number) => Opened::Number(number),
            Seen::Text(text) => Opened::Text(text),
            Seen::List(all) => Opened::List(all),
            Seen::Object(fields) => Opened::Object(fields),
            Seen::Reference { id } => Opened::Reference(id),
            Seen::Secret(inner) => {
                self.secrets.mark(path);
                inner.map_or(Opened::Null, |inner| self.open(inner, path))
            }
            Seen::Output { value, secret } => {
                if secret {
                    self.secrets.mark(path);
                }
                value.map_or(Opened::Unknown, |value| self.open(value, path))
            }
            Seen::Foreign(what) => {
                self.refuse(path, format!("is {what}"));
                Opened::Unknown
            }
        }
    }

    fn content(&mut self, content: Content<'_>, given: &BTreeMap<String, Wire>, path: &Path) -> Value {
        let mut object = BTreeMap::new();
        let mut known = Vec::new();
        for field in content.fields() {
            let property = property_in(self.place, path, field.name);
            let named = given.get(&property).map(|value| (property.clone(), value));
            let by_attribute = || (self.reading == Reading::Config).then(|| given.get_key_value(field.name));
            let found = named.or_else(|| by_attribute().flatten().map(|(key, value)| (key.clone(), value)));
            let value = match &found {
                Some((_, value)) => self.field(field, value, &path.attribute(field.name)),
                None => absent(field),
            };
            known.extend(found.map(|(key, _)| key));
            object.insert(field.name.to_owned(), value);
        }
        self.others(content, given, &known, path);
        Value::Map(object)
    }

    /// What is given without an attribute. Names with two underscores belong to engines and SDKs.
    fn others(
        &mut self,
        content: Content<'_>,
        given: &BTreeMap<String, Wire>,
        known: &[String],
        path: &Path,
    ) {
        if self.reading == Reading::State {
            return;
        }
        for key in given
            .keys()
            .filter(|key| !key.starts_with("__") && !known.contains(key))
        {
            let hint = nearest(content, self.place, path, key);
            self.refuse(&path.attribute(key), format!("is no property here{hint}"));
        }
    }

    /// The value of one property. What the schema says is secret needs no mark.
    fn field(&mut self, field: Field<'_>, value: &Wire, path: &Path) -> Value {
        if !field.is_secret() {
            return self.given(field, value, path);
        }
        let before = self.secrets.clone();
        let value = self.given(field, value, path);
        self.secrets = before;
        value
    }

    fn given(&mut self, field: Field<'_>, value: &Wire, path: &Path) -> Value {
        if matches!(look(value), Seen::Null) {
            return absent(field);
        }
        if field.is_output() && self.reading != Reading::State {
            return self.refuse(path, "is an output of the provider: leave it out");
        }
        match (field.shape, self.reading) {
            (Shape::Plain(Type::String), _) => self.plain(&Type::String, value, path),
            (shape, Reading::Config) => self.in_text(shape, value, path),
            (shape, _) => self.shape(shape, value, path),
        }
    }

    /// A value that may be JSON in a text.
    fn in_text(&mut self, shape: Shape<'_>, value: &Wire, path: &Path) -> Value {
        let Opened::Text(text) = self.open(value, path) else {
            return self.shape(shape, value, path);
        };
        match serde_json::from_str(text) {
            Ok(json) => self.shape(shape, &from_json(&json), path),
            Err(_) => self.shape(shape, value, path),
        }
    }

    fn shape(&mut self, shape: Shape<'_>, value: &Wire, path: &Path) -> Value {
        match shape {
            Shape::Plain(ty) => self.plain(ty, value, path),
            Shape::Nested(repeat, content) => self.nested(repeat, content, value, path),
        }
    }

    fn nested(&mut self, repeat: Repeat, content: Content<'_>, value: &Wire, path: &Path) -> Value {
        let object =
            |decoder: &mut Self, value: &Wire, path: &Path| decoder.nested(Repeat::One, content, value, path);
        match (repeat, self.open(value, path)) {
            (_, Opened::Null) => Value::Null,
            (_, Opened::Unknown) => Value::unknown(),
            (Repeat::One, Opened::Object(given)) => self.content(content, given, path),
            (Repeat::Map, Opened::Object(given)) => self.map(given, path, object),
            (Repeat::List, Opened::List(all)) => Value::List(self.list(all, path, object)),
            (Repeat::Set, Opened::List(all)) => self.set(all, path, object),
            (Repeat::One, other) => self.unlike("an object", &other, path),
            (Repeat::Map, other) => self.unlike("a map of objects", &other, path),
            (Repeat::List | Repeat::Set, other) => self.unlike("a list of objects", &other, path),
        }
    }

    fn plain(&mut self, ty: &Type, value: &Wire, path: &Path) -> Value {
        let opened = self.open(value, path);
        match (ty, opened) {
            (_, Opened::Null) => Value::Null,
            (_, Opened::Unknown) => Value::unknown(),
            (Type::Dynamic, _) => self.dynamic(value, path),
            (Type::Bool | Type::Number | Type::String, other) => self.scalar(ty, &other, path),
            (Type::List(inner), Opened::List(all)) => Value::List(self.list(all, path, plain_of(inner))),
            (Type::Set(inner), Opened::List(all)) => self.set(all, path, plain_of(inner)),
            (Type::Map(inner), Opened::Object(given)) => self.map(given, path, plain_of(inner)),
            (Type::Tuple(types), Opened::List(all)) if types.len() == all.len() => {
                let each = types.iter().zip(all).enumerate();
                Value::List(
                    each.map(|(i, (ty, value))| self.plain(ty, value, &path.index(i)))
                        .collect(),
                )
            }
            (Type::Object(types), Opened::Object(given)) => self.object(types, given, path),
            (ty, other) => self.unlike(&wanted(ty), &other, path),
        }
    }

    fn list(
        &mut self,
        all: &[Wire],
        path: &Path,
        mut one: impl FnMut(&mut Self, &Wire, &Path) -> Value,
    ) -> Vec<Value> {
        let each = all.iter().enumerate();
        each.map(|(i, value)| one(self, value, &path.index(i))).collect()
    }

    /// The elements of a set have no places, so a secret in one of them makes the whole set secret.
    fn set(&mut self, all: &[Wire], path: &Path, one: impl FnMut(&mut Self, &Wire, &Path) -> Value) -> Value {
        let before = std::mem::take(&mut self.secrets);
        let elements = self.list(all, path, one);
        let within = std::mem::replace(&mut self.secrets, before);
        if !within.is_empty() {
            self.secrets.mark(path);
        }
        Value::set(elements)
    }

    fn map(
        &mut self,
        given: &BTreeMap<String, Wire>,
        path: &Path,
        mut one: impl FnMut(&mut Self, &Wire, &Path) -> Value,
    ) -> Value {
        let each = given.iter();
        Value::Map(
            each.map(|(key, value)| (key.clone(), one(self, value, &path.key(key))))
                .collect(),
        )
    }

    fn object(
        &mut self,
        types: &BTreeMap<String, Type>,
        given: &BTreeMap<String, Wire>,
        path: &Path,
    ) -> Value {
        let mut fields = BTreeMap::new();
        for (name, ty) in types {
            let value = given.get(&names::property_in(Place::Object, name));
            let value = value.map_or(Value::Null, |value| self.plain(ty, value, &path.attribute(name)));
            fields.insert(name.clone(), value);
        }
        let known = |key: &str| {
            let mut names = types.keys().map(|name| names::property_in(Place::Object, name));
            key.starts_with("__") || names.any(|name| name == key)
        };
        let strict = self.reading != Reading::State;
        for key in given.keys().filter(|key| strict && !known(key)) {
            self.refuse(&path.attribute(key), "is no property here");
        }
        Value::Map(fields)
    }

    fn unlike(&mut self, wanted: &str, found: &Opened<'_>, path: &Path) -> Value {
        let advice = match found {
            Opened::Reference(_) => ": give the properties that are needed of it",
            _ => "",
        };
        self.refuse(path, format!("must be {wanted}, and is {}{advice}", found.noun()))
    }
}

fn plain_of(ty: &Type) -> impl FnMut(&mut Decoder, &Wire, &Path) -> Value {
    move |decoder, value, path| decoder.plain(ty, value, path)
}

impl Opened<'_> {
    fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "not known yet",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Reference(_) => "a resource",
        }
    }
}

/// A type in Pulumi's words.
fn wanted(ty: &Type) -> String {
    match ty {
        Type::Bool => "a boolean".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::String => "a string".to_owned(),
        Type::Dynamic => "a value".to_owned(),
        Type::List(_) | Type::Set(_) => "a list".to_owned(),
        Type::Map(_) | Type::Object(_) => "an object".to_owned(),
        Type::Tuple(types) => format!("a list of {} values", types.len()),
    }
}

/// The value of a place that nothing was given for.
fn absent(field: Field<'_>) -> Value {
    match (field.attribute, field.shape) {
        (None, Shape::Nested(Repeat::List, _)) => Value::List(Vec::new()),
        (None, Shape::Nested(Repeat::Set, _)) => Value::Set(Vec::new()),
        (None, Shape::Nested(Repeat::Map, _)) => Value::Map(BTreeMap::new()),
        (None, Shape::Nested(Repeat::One, _)) => field.group.map_or(Value::Null, null_object),
        _ => Value::Null,
    }
}
