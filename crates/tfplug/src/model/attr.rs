//! A value that may be absent or not known yet.

use super::AttributeValue;
use crate::diag::Diagnostics;
use crate::path::Path;
use crate::value::Value;

/// The value of an attribute: absent, known only after apply, or known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Attr<T> {
    /// Absent.
    #[default]
    Null,
    /// Known only after apply.
    Unknown,
    /// Known.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        if let Attr::Known(v) = self { Some(v) } else { None }
    }

    /// The value, if it is known, by value.
    pub fn into_known(self) -> Option<T> {
        if let Attr::Known(v) = self { Some(v) } else { None }
    }

    /// Whether it is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Attr::Null)
    }

    /// Whether it is known only after apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Attr::Unknown)
    }

    /// The same state with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
            Attr::Known(v) => Attr::Known(f(v)),
        }
    }

    /// What the user settled on: `None` while that is unknown, else the value if there is one.
    pub fn settled(&self) -> Option<Option<&T>> {
        match self {
            Attr::Unknown => None,
            Attr::Null => Some(None),
            Attr::Known(v) => Some(Some(v)),
        }
    }

    /// The same state with a reference to the value.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
            Attr::Known(v) => Attr::Known(v),
        }
    }
}

impl Attr<String> {
    /// The text, if it is known.
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T: AttributeValue> Attr<T> {
    /// Reads any value, null and unknown included.
    pub fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Self {
        match value {
            Value::Null => Attr::Null,
            Value::Unknown(_) => Attr::Unknown,
            known => T::decode(known, path, diags),
        }
    }

    /// The Terraform value.
    pub fn encode(&self) -> Value {
        match self {
            Attr::Null => Value::Null,
            Attr::Unknown => Value::unknown(),
            Attr::Known(v) => v.encode(),
        }
    }
}

impl<T> From<T> for Attr<T> {
    fn from(v: T) -> Self {
        Attr::Known(v)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Attr::Null, Attr::Known)
    }
}

impl From<&str> for Attr<String> {
    fn from(v: &str) -> Self {
        Attr::Known(v.to_owned())
    }
}
