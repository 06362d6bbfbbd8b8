//! A field of an object in its API's form, with the place where it stands.

use std::collections::BTreeMap;

use serde_json::Value;

use super::place::Place;

static ABSENT: Value = Value::Null;

/// A field, or the place where one is left out.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    place: Place,
    value: &'a Value,
}

impl<'a> Field<'a> {
    /// A field of the object itself: `metadata` or `spec`.
    pub(super) fn of(object: &'a Value, name: &str) -> Self {
        Self {
            place: Place::of(name),
            value: object.get(name).unwrap_or(&ABSENT),
        }
    }

    /// A field of this object.
    pub(super) fn get(&self, name: &str) -> Self {
        Self {
            place: self.place.attr(name),
            value: self.value.get(name).unwrap_or(&ABSENT),
        }
    }

    /// What this map has under that key.
    pub(super) fn key(&self, key: &str) -> Self {
        Self {
            place: self.place.key(key),
            value: self.value.get(key).unwrap_or(&ABSENT),
        }
    }

    /// The elements of this list; none where it is left out.
    pub(super) fn items(&self) -> Vec<Self> {
        let all = self.value.as_array().into_iter().flatten().enumerate();
        let item = |(index, value)| Self {
            place: self.place.index(index),
            value,
        };
        all.map(item).collect()
    }

    /// The keys of this map with what stands there.
    pub(super) fn entries(&self) -> Vec<(&'a str, Self)> {
        let keys = self.value.as_object().into_iter().flat_map(|map| map.keys());
        keys.map(|key| (key.as_str(), self.key(key))).collect()
    }

    /// A map of texts.
    pub(super) fn texts(&self) -> BTreeMap<String, String> {
        let entries = self.entries().into_iter();
        let texts = entries.filter_map(|(key, field)| Some((key.to_owned(), field.text()?.to_owned())));
        texts.collect()
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    pub(super) fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    pub(super) fn truth(&self) -> Option<bool> {
        self.value.as_bool()
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Whether the field is given.
    pub(super) fn is_given(&self) -> bool {
        !self.value.is_null()
    }

    /// Whether it says nothing: left out, or a list or map without elements.
    pub(super) fn is_empty(&self) -> bool {
        match self.value {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            other => other.is_null(),
        }
    }

    /// How many elements it has.
    pub(super) fn len(&self) -> usize {
        let entries = self.value.as_object().map(serde_json::Map::len);
        entries
            .or(self.value.as_array().map(Vec::len))
            .unwrap_or_default()
    }
}

impl From<&Field<'_>> for Place {
    fn from(field: &Field<'_>) -> Self {
        field.place.clone()
    }
}
