//! What Terraform's own type library reads and writes, random values, and broken input.

use proptest::prelude::*;
use serde_json::json;

use super::{Undeclared, decode, encode};
use crate::codec::tests::typed_value;
use crate::ty::Type;
use crate::value::{Number, Value};

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn read(json: &str, ty: &Type) -> Result<Value, Vec<String>> {
    decode(json.as_bytes(), ty, Undeclared::Refuse)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn reads_and_writes_as_terraform_does() {
    let golden = [
        (json!("string"), Value::Null, "null"),
        (json!("string"), "\u{e9}".into(), "\"\u{e9}\""),
        (
            json!("number"),
            number("9223372036854775808"),
            "9223372036854775808",
        ),
        (json!("number"), number("0.1"), "0.1"),
        (json!("number"), number("1e30"), "1000000000000000000000000000000"),
        (
            json!(["list", "number"]),
            Value::List(vec![1.into(), 2.into()]),
            "[1,2]",
        ),
        (
            json!(["set", "string"]),
            Value::set(["b".into(), "a".into()]),
            r#"["a","b"]"#,
        ),
        (
            json!(["map", "bool"]),
            Value::object([("k", true.into())]),
            r#"{"k":true}"#,
        ),
        (
            json!(["tuple", ["number", "string"]]),
            Value::List(vec![1.into(), "x".into()]),
            r#"[1,"x"]"#,
        ),
        (
            json!("dynamic"),
            Value::Dynamic(Box::new((
                Type::object([("a", Type::Number)]),
                Value::object([("a", number("1.5"))]),
            ))),
            r#"{"value":{"a":1.5},"type":["object",{"a":"number"}]}"#,
        ),
        (json!("dynamic"), Value::Null, "null"),
        (
            json!("dynamic"),
            Value::Dynamic(Box::new((Type::String, Value::Null))),
            r#"{"value":null,"type":"string"}"#,
        ),
    ];
    for (ty, value, json) in golden {
        let ty = Type::from_json(&ty).unwrap();
        assert_eq!(encode(&value, &ty).as_deref(), Ok(json));
        assert_eq!(read(json, &ty), Ok(value));
    }
}

#[test]
fn primitives_convert_as_in_terraform() {
    assert_eq!(read("\"12\"", &Type::Number), Ok(12.into()));
    assert_eq!(read("12.50", &Type::String), Ok("12.50".into()));
    assert_eq!(read("true", &Type::String), Ok("true".into()));
    assert_eq!(read("\"true\"", &Type::Bool), Ok(true.into()));
    assert!(read("1", &Type::Bool).is_err());
    assert!(read("true", &Type::Number).is_err());
}

#[test]
fn every_digit_survives() {
    let digits = "1234567890123456789012345678901234567890.000000000000000000001";
    assert_eq!(read(digits, &Type::Number), Ok(number(digits)));
}

#[test]
fn all_faults_are_found_at_once() {
    let ty = Type::object([
        ("list", Type::list(Type::object([("n", Type::Number)]))),
        ("map", Type::map(Type::Bool)),
        ("absent", Type::String),
    ]);
    let json = r#"{"list": [{"n": 1}, {"n": "x"}, 3], "map": {"k": []}, "old": 1}"#;
    assert_eq!(
        read(json, &ty),
        Err(vec![
            "Unknown attribute: The stored object has the attribute \"old\", which its type lacks."
                .to_owned(),
            "list[1].n: Wrong type: Expected number, found a string.".to_owned(),
            "list[2]: Wrong type: Expected object, found a number.".to_owned(),
            "map[\"k\"]: Wrong type: Expected bool, found a list.".to_owned(),
        ])
    );
}

#[test]
fn older_attributes_can_be_dropped() {
    let ty = Type::object([("a", Type::Number), ("b", Type::Number)]);
    let read = decode(br#"{"a": 1, "old": {}}"#, &ty, Undeclared::Drop);
    assert_eq!(read, Ok(Value::object([("a", 1.into()), ("b", Value::Null)])));
}

#[test]
fn broken_json_is_one_fault() {
    for broken in ["", "{", "[1,]", "nul", "\"a"] {
        assert_eq!(
            read(broken, &Type::list(Type::Number)).unwrap_err().len(),
            1,
            "{broken}"
        );
    }
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(read(&deep, &Type::Dynamic).is_err());
}

#[test]
fn unknown_and_infinite_have_no_json() {
    assert!(encode(&Value::unknown(), &Type::String).is_err());
    assert!(encode(&Value::Number(Number::PositiveInfinity), &Type::Number).is_err());
}

/// JSON writes these differently, or not at all.
fn has_json(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Number(Number::PositiveInfinity | Number::NegativeInfinity) => false,
        Value::List(vs) | Value::Set(vs) => vs.iter().all(has_json),
        Value::Map(vs) => vs.values().all(has_json),
        Value::Dynamic(typed) => has_json(&typed.1),
        _ => true,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again((ty, value) in typed_value()) {
        match encode(&value, &ty) {
            Ok(json) => prop_assert_eq!(read(&json, &ty), Ok(value)),
            Err(_) => prop_assert!(!has_json(&value)),
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "[\\[\\]{}\",:a0-9.eE+ -]{0,40}", (ty, _) in typed_value()) {
        if let Ok(value) = read(&text, &ty) {
            prop_assert!(encode(&value, &ty).is_ok());
        }
    }
}
