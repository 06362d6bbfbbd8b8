//! Which Rust types stand for which Terraform types.

use std::collections::BTreeMap;

use super::{Attr, AttributeValue};
use crate::diag::Diagnostics;
use crate::path::Path;
use crate::schema::{AttributeType, Nesting};
use crate::ty::Type;
use crate::value::{Number, Value};

pub(super) fn mismatch<T>(wanted: &str, found: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<T> {
    let detail = format!("Expected {wanted}, found {}.", found.kind_name());
    diags.error_at(path.clone(), format!("Wrong type of {path}"), detail);
    Attr::Null
}

impl AttributeValue for bool {
    fn attribute_type() -> AttributeType {
        AttributeType::Plain(Type::Bool)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::Bool(b) => Attr::Known(*b),
            other => mismatch("a bool", other, path, diags),
        }
    }

    fn encode(&self) -> Value {
        Value::Bool(*self)
    }
}

impl AttributeValue for String {
    fn attribute_type() -> AttributeType {
        AttributeType::Plain(Type::String)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::String(s) => Attr::Known(s.clone()),
            other => mismatch("a string", other, path, diags),
        }
    }

    fn encode(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl AttributeValue for Number {
    fn attribute_type() -> AttributeType {
        AttributeType::Plain(Type::Number)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::Number(n) => Attr::Known(n.clone()),
            other => mismatch("a number", other, path, diags),
        }
    }

    fn encode(&self) -> Value {
        Value::Number(self.clone())
    }
}

/// Integers: a number that does not fit is a fault that says what fits.
macro_rules! integer {
    ($($int:ty),*) => {$(
        impl AttributeValue for $int {
            fn attribute_type() -> AttributeType {
                AttributeType::Plain(Type::Number)
            }

            fn whole_numbers() -> bool {
                true
            }

            fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
                let Value::Number(number) = value else {
                    return mismatch("a number", value, path, diags);
                };
                match number.to_i64().and_then(|n| n.try_into().ok()) {
                    Some(n) => Attr::Known(n),
                    None => {
                        // The range is the fault only of a number that is whole.
                        let range = if number.is_whole() {
                            format!(" from {} to {}", <$int>::MIN, <$int>::MAX)
                        } else {
                            String::new()
                        };
                        let detail = format!("Expected a whole number{range}, found {number}.");
                        diags.error_at(path.clone(), format!("Wrong number in {path}"), detail);
                        Attr::Null
                    }
                }
            }

            fn encode(&self) -> Value {
                Value::from(i64::from(*self))
            }
        }
    )*};
}

integer!(i64, i32, u32, u16);

impl AttributeValue for f64 {
    fn attribute_type() -> AttributeType {
        AttributeType::Plain(Type::Number)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::Number(n) => Attr::Known(n.to_f64()),
            other => mismatch("a number", other, path, diags),
        }
    }

    /// The shortest decimal that means this float, since that is what a person wrote: 0.1, not the 55 digits of the
    /// nearest binary fraction. NaN, which Terraform does not have, becomes null.
    fn encode(&self) -> Value {
        let shortest = self.to_string().parse();
        shortest
            .or_else(|_| Number::from_f64(*self))
            .map_or(Value::Null, Value::Number)
    }
}

/// A value whose type only the configuration decides: `any`. In Terraform's words, of dynamic type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dynamic {
    /// Its type there.
    pub ty: Type,
    /// The value; what it holds may be unknown.
    pub value: Value,
}

impl AttributeValue for Dynamic {
    fn attribute_type() -> AttributeType {
        AttributeType::Plain(Type::Dynamic)
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        match value {
            Value::Dynamic(typed) => match &typed.1 {
                Value::Null => Attr::Null,
                Value::Unknown(_) => Attr::Unknown,
                known => Attr::Known(Self {
                    ty: typed.0.clone(),
                    value: known.clone(),
                }),
            },
            other => mismatch("a value with its type", other, path, diags),
        }
    }

    fn encode(&self) -> Value {
        Value::Dynamic(Box::new((self.ty.clone(), self.value.clone())))
    }
}

/// The type of a collection of `T`.
fn collection<T: AttributeValue>(plain: fn(Type) -> Type, nesting: Nesting) -> AttributeType {
    match T::attribute_type() {
        AttributeType::Plain(ty) => AttributeType::Plain(plain(ty)),
        AttributeType::Nested(Nesting::Single, attributes) => AttributeType::Nested(nesting, attributes),
        deeper @ AttributeType::Nested(..) => AttributeType::Plain(plain(deeper.to_type())),
    }
}

/// Reads elements: unknown as a whole if any of them is, and with a fault for each null.
fn decode_elements<'v, T: AttributeValue, K>(
    elements: impl Iterator<Item = (K, Path, &'v Value)>,
    diags: &mut Diagnostics,
) -> Attr<Vec<(K, T)>> {
    let mut all = Vec::new();
    let mut unknown = false;
    for (key, path, element) in elements {
        match Attr::<T>::decode(element, &path, diags) {
            Attr::Known(v) => all.push((key, v)),
            Attr::Unknown => unknown = true,
            Attr::Null if element.is_null() => {
                diags.error_at(
                    path.clone(),
                    format!("{path} is null"),
                    "Give a value or leave the element out.",
                );
            }
            Attr::Null => {}
        }
    }
    if unknown { Attr::Unknown } else { Attr::Known(all) }
}

impl<T: AttributeValue> AttributeValue for Vec<T> {
    fn attribute_type() -> AttributeType {
        collection::<T>(Type::list, Nesting::List)
    }

    fn whole_numbers() -> bool {
        T::whole_numbers()
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        let Value::List(elements) = value else {
            return mismatch("a list", value, path, diags);
        };
        let elements = elements.iter().enumerate().map(|(i, v)| ((), path.index(i), v));
        decode_elements(elements, diags).map(|all| all.into_iter().map(|((), v)| v).collect())
    }

    fn encode(&self) -> Value {
        Value::List(self.iter().map(T::encode).collect())
    }
}

/// A set: elements without order, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetOf<T>(pub Vec<T>);

impl<T: AttributeValue> AttributeValue for SetOf<T> {
    fn attribute_type() -> AttributeType {
        collection::<T>(Type::set, Nesting::Set)
    }

    fn whole_numbers() -> bool {
        T::whole_numbers()
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        let Value::Set(elements) = value else {
            return mismatch("a set", value, path, diags);
        };
        let elements = elements.iter().map(|v| ((), path.element(v.clone()), v));
        decode_elements(elements, diags).map(|all| SetOf(all.into_iter().map(|((), v)| v).collect()))
    }

    fn encode(&self) -> Value {
        Value::set(self.0.iter().map(T::encode))
    }
}

impl<T: AttributeValue> AttributeValue for BTreeMap<String, T> {
    fn attribute_type() -> AttributeType {
        collection::<T>(Type::map, Nesting::Map)
    }

    fn whole_numbers() -> bool {
        T::whole_numbers()
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        let Value::Map(elements) = value else {
            return mismatch("a map", value, path, diags);
        };
        let elements = elements.iter().map(|(k, v)| (k.clone(), path.key(k), v));
        decode_elements(elements, diags).map(|all| all.into_iter().collect())
    }

    fn encode(&self) -> Value {
        Value::Map(self.iter().map(|(k, v)| (k.clone(), v.encode())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_told_without_a_range() {
        let told = |text: &str| {
            let mut diags = Diagnostics::new();
            let value = Value::Number(text.parse().unwrap());
            assert!(Attr::<u16>::decode(&value, &Path::attr("size"), &mut diags).is_null());
            diags.iter().map(|d| d.detail.clone()).collect::<String>()
        };
        assert_eq!(told("1.5"), "Expected a whole number, found 1.5.");
        assert_eq!(
            told("70000"),
            "Expected a whole number from 0 to 65535, found 70000."
        );
    }

    #[test]
    fn numbers_are_whole_where_every_one_of_them_is() {
        assert!(<BTreeMap<String, Vec<i64>>>::whole_numbers());
        assert!(SetOf::<u16>::whole_numbers());
        assert!(!Vec::<f64>::whole_numbers());
        assert!(!Number::whole_numbers());
        assert!(!String::whole_numbers());
    }

    #[test]
    fn all_faults_at_once_with_their_places() {
        let mut diags = Diagnostics::new();
        let value = Value::object([("a", Value::from("x")), ("b", Value::from(2)), ("c", Value::Null)]);
        let read = Attr::<BTreeMap<String, i64>>::decode(&value, &Path::attr("slices"), &mut diags);
        let places: Vec<String> = diags.iter().map(|d| d.path.to_string()).collect();
        assert_eq!(places, [r#"slices["a"]"#, r#"slices["c"]"#]);
        assert_eq!(read, Attr::Known(BTreeMap::from([("b".to_owned(), 2)])));
    }

    #[test]
    fn floats_are_written_as_people_write_them() {
        for text in ["0.1", "2.5", "-1000000", "0.000001", "10000000000000000000000"] {
            let float: f64 = text.parse().unwrap();
            assert_eq!(float.encode(), Value::Number(text.parse().unwrap()), "{text}");
        }
        assert_eq!(f64::INFINITY.encode(), Value::Number(Number::PositiveInfinity));
        assert_eq!(f64::NAN.encode(), Value::Null);
    }

    #[test]
    fn a_dynamic_value_keeps_its_type() {
        let sent = Value::Dynamic(Box::new((Type::Number, Value::from(1))));
        let mut diags = Diagnostics::new();
        let read = Attr::<Dynamic>::decode(&sent, &Path::attr("any"), &mut diags);
        assert_eq!(read.known().map(|d| &d.ty), Some(&Type::Number));
        assert_eq!(read.encode(), sent);
        let unknown = Value::Dynamic(Box::new((Type::Number, Value::unknown())));
        assert!(Attr::<Dynamic>::decode(&unknown, &Path::root(), &mut diags).is_unknown());
        assert!(diags.is_empty());
    }

    #[test]
    fn an_unknown_element_makes_the_whole_unknown() {
        let value = Value::List(vec![Value::from("x"), Value::unknown()]);
        let mut diags = Diagnostics::new();
        assert_eq!(
            Attr::<Vec<String>>::decode(&value, &Path::attr("l"), &mut diags),
            Attr::Unknown
        );
        assert!(diags.is_empty());
    }
}
