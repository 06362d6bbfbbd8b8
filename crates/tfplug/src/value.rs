//! Terraform's values: null, unknown, and exact known values.
//!
//! A [`Value`] does not carry its type. Wherever it is read or written a [`Type`] leads.

mod number;
mod refinement;

use std::collections::BTreeMap;

pub use number::{Number, NumberError};
pub use refinement::Refinement;

use crate::ty::Type;

/// One value of Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Absent.
    Null,
    /// Not known before apply; what is known of it anyway, if anything.
    Unknown(Option<Box<Refinement>>),
    /// `bool`
    Bool(bool),
    /// `number`
    Number(Number),
    /// `string`
    String(String),
    /// The elements of a list or a tuple, in order.
    List(Vec<Value>),
    /// The elements of a set, sorted; make one with [`Value::set`].
    Set(Vec<Value>),
    /// The elements of a map, or the attributes of an object.
    Map(BTreeMap<String, Value>),
    /// A value of a `dynamic` place, with the type it has there.
    Dynamic(Box<(Type, Value)>),
}

impl Value {
    /// An unknown value of which nothing else is known.
    pub fn unknown() -> Self {
        Self::Unknown(None)
    }

    /// An unknown value that is certain not to be null.
    pub fn unknown_not_null() -> Self {
        Self::Unknown(Some(Box::new(Refinement::not_null())))
    }

    /// A set: sorted, and wholly known duplicates merged. Elements that hold unknowns stay apart, since they
    /// may still turn out to differ.
    pub fn set(elements: impl IntoIterator<Item = Value>) -> Self {
        let mut elements: Vec<Value> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// An object or map of the given attributes.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Self {
        Self::Map(attributes.into_iter().map(|(n, v)| (n.into(), v)).collect())
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null) || matches!(self, Value::Dynamic(d) if d.1.is_null())
    }

    /// Whether the value itself is known; what it holds may still be unknown.
    pub fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown(_)) && !matches!(self, Value::Dynamic(d) if !d.1.is_known())
    }

    /// Whether the value and all that it holds is known.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Value::Unknown(_) => false,
            Value::List(vs) | Value::Set(vs) => vs.iter().all(Value::is_wholly_known),
            Value::Map(vs) => vs.values().all(Value::is_wholly_known),
            Value::Dynamic(d) => d.1.is_wholly_known(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
    }

    /// The attributes, if this is an object or a map.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Value>> {
        if let Value::Map(m) = self { Some(m) } else { None }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(s) = self {
            Some(s)
        } else {
            None
        }
    }

    /// The elements, if this is a list, tuple or set.
    pub fn as_elements(&self) -> Option<&[Value]> {
        if let Value::List(v) | Value::Set(v) = self {
            Some(v)
        } else {
            None
        }
    }

    /// One attribute of an object; null if this is no object or has no such attribute.
    pub fn get(&self, name: &str) -> &Value {
        self.as_map().and_then(|m| m.get(name)).unwrap_or(&Value::Null)
    }

    /// The same value with every refinement of its unknowns dropped.
    #[must_use]
    pub fn unrefined(&self) -> Self {
        self.map_leaves(&mut |leaf| match leaf {
            Value::Unknown(_) => Value::unknown(),
            known => known.clone(),
        })
    }

    /// The same shape with every leaf (null, unknown, primitive) replaced by what `f` makes of it.
    #[must_use]
    pub fn map_leaves(&self, f: &mut impl FnMut(&Value) -> Value) -> Self {
        match self {
            Value::List(vs) => Value::List(vs.iter().map(|v| v.map_leaves(f)).collect()),
            Value::Set(vs) => Value::set(vs.iter().map(|v| v.map_leaves(f)).collect::<Vec<_>>()),
            Value::Map(vs) => Value::Map(vs.iter().map(|(k, v)| (k.clone(), v.map_leaves(f))).collect()),
            Value::Dynamic(d) => Value::Dynamic(Box::new((d.0.clone(), d.1.map_leaves(f)))),
            leaf => f(leaf),
        }
    }

    /// What the value is, in a user's words: `a string`, `null`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Unknown(_) => "a value known only after apply",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Set(_) => "a set",
            Value::Map(_) => "an object or map",
            Value::Dynamic(d) => d.1.kind_name(),
        }
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Value::Bool(v)
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::Number(v.into())
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::from(v.to_owned())
    }
}

impl From<String> for Value {
    /// Terraform compares strings in Unicode normal form C, so that is the form kept here.
    fn from(v: String) -> Self {
        use unicode_normalization::{UnicodeNormalization, is_nfc};
        if v.is_ascii() || is_nfc(&v) {
            Value::String(v)
        } else {
            Value::String(v.nfc().collect())
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_merge_only_what_is_known() {
        let set = Value::set([
            Value::from("b"),
            Value::from("a"),
            Value::from("b"),
            Value::unknown(),
            Value::unknown(),
        ]);
        assert_eq!(set.as_elements().map(<[Value]>::len), Some(4));
    }

    #[test]
    fn strings_are_normalised() {
        assert_eq!(Value::from("e\u{301}"), Value::from("\u{e9}"));
    }

    #[test]
    fn numbers_compare_by_value() {
        let one: Number = "1.0".parse().unwrap();
        assert_eq!(Value::Number(one), Value::from(1));
    }
}
