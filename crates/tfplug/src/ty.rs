//! Terraform's types, and the JSON form in which the protocol sends them.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// A type of Terraform's type system (cty).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`: exact, of any size.
    Number,
    /// `string`, Unicode in normal form C.
    String,
    /// Any type, told apart by the value itself.
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `tuple([T, ...])`
    Tuple(Vec<Type>),
    /// `object({name = T, ...})`
    Object(BTreeMap<String, Type>),
}

/// A type's JSON that is not of the form the protocol defines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a type: expected a name such as \"string\", or a pair such as [\"list\", \"string\"]")]
pub struct TypeError(String);

impl Type {
    /// `list(element)`
    pub fn list(element: Type) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`
    pub fn map(element: Type) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object type of the given attributes.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Type)>) -> Self {
        Self::Object(attributes.into_iter().map(|(n, t)| (n.into(), t)).collect())
    }

    /// The JSON form, for instance `["map","number"]`.
    pub fn to_json(&self) -> Json {
        match self {
            Type::Bool => json!("bool"),
            Type::Number => json!("number"),
            Type::String => json!("string"),
            Type::Dynamic => json!("dynamic"),
            Type::List(t) => json!(["list", t.to_json()]),
            Type::Set(t) => json!(["set", t.to_json()]),
            Type::Map(t) => json!(["map", t.to_json()]),
            Type::Tuple(ts) => json!(["tuple", ts.iter().map(Type::to_json).collect::<Vec<_>>()]),
            Type::Object(attrs) => {
                let attrs: BTreeMap<_, _> = attrs.iter().map(|(n, t)| (n, t.to_json())).collect();
                json!(["object", attrs])
            }
        }
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// When the JSON is not a type.
    pub fn from_json(json: &Json) -> Result<Self, TypeError> {
        let bad = || TypeError(json.to_string());
        match json {
            Json::String(name) => Self::primitive(name).ok_or_else(bad),
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), rest, ..] => Self::compound(kind, rest, &bad),
                _ => Err(bad()),
            },
            _ => Err(bad()),
        }
    }

    fn primitive(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            "dynamic" => Type::Dynamic,
            _ => return None,
        })
    }

    fn compound(kind: &str, rest: &Json, bad: &impl Fn() -> TypeError) -> Result<Self, TypeError> {
        match (kind, rest) {
            ("list", t) => Ok(Self::list(Self::from_json(t)?)),
            ("set", t) => Ok(Self::set(Self::from_json(t)?)),
            ("map", t) => Ok(Self::map(Self::from_json(t)?)),
            ("tuple", Json::Array(ts)) => Ok(Self::Tuple(
                ts.iter().map(Self::from_json).collect::<Result<_, _>>()?,
            )),
            ("object", Json::Object(attrs)) => {
                let each = |(n, t): (&String, &Json)| Ok((n.clone(), Self::from_json(t)?));
                Ok(Self::Object(
                    attrs.iter().map(each).collect::<Result<_, TypeError>>()?,
                ))
            }
            _ => Err(bad()),
        }
    }

    /// The type as a Terraform user writes it: `list(string)`.
    pub fn friendly_name(&self) -> String {
        match self {
            Type::Bool => "bool".into(),
            Type::Number => "number".into(),
            Type::String => "string".into(),
            Type::Dynamic => "any".into(),
            Type::List(t) => format!("list({})", t.friendly_name()),
            Type::Set(t) => format!("set({})", t.friendly_name()),
            Type::Map(t) => format!("map({})", t.friendly_name()),
            Type::Tuple(_) => "tuple".into(),
            Type::Object(_) => "object".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trip() {
        let ty = Type::object([
            ("a", Type::list(Type::String)),
            ("b", Type::map(Type::Tuple(vec![Type::Number, Type::Dynamic]))),
            ("c", Type::set(Type::Bool)),
        ]);
        assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
        assert!(Type::from_json(&json!(["list"])).is_err());
        assert!(Type::from_json(&json!("text")).is_err());
    }
}
