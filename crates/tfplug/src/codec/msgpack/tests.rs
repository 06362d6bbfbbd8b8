//! The bytes of Terraform's own type library (go-cty 1.18.1) both ways, random values, and broken input.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::{decode, encode, encode_partly};
use crate::codec::tests::typed_value;
use crate::diag::Diagnostics;
use crate::ty::Type;
use crate::value::{Number, Refinement, Value};

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn refined(refinement: Refinement) -> Value {
    Value::Unknown(Some(Box::new(refinement)))
}

fn dynamic(ty: Type, value: Value) -> Value {
    Value::Dynamic(Box::new((ty, value)))
}

fn not_null() -> Refinement {
    Refinement::not_null()
}

/// Type, value, and what go-cty writes for it.
fn golden() -> Vec<(serde_json::Value, Value, &'static str)> {
    vec![
        (json!("string"), Value::Null, "c0"),
        (json!("bool"), true.into(), "c3"),
        (json!("string"), "e\u{301}".into(), "a2c3a9"),
        (json!("number"), 7.into(), "07"),
        (json!("number"), (-129).into(), "d1ff7f"),
        (json!("number"), i64::MAX.into(), "cf7fffffffffffffff"),
        (
            json!("number"),
            number("9223372036854775808"),
            "b339323233333732303336383534373735383038",
        ),
        (json!("number"), number("0.5"), "cb3fe0000000000000"),
        (json!("number"), number("0.1"), "a3302e31"),
        (
            json!("number"),
            number("1e30"),
            "bf31303030303030303030303030303030303030303030303030303030303030",
        ),
        (
            json!("number"),
            Value::Number(Number::PositiveInfinity),
            "cb7ff0000000000000",
        ),
        (
            json!("number"),
            Value::Number(Number::NegativeInfinity),
            "cbfff0000000000000",
        ),
        (
            json!(["list", "number"]),
            Value::List(vec![1.into(), 2.into()]),
            "920102",
        ),
        (json!(["list", "number"]), Value::List(vec![]), "90"),
        (
            json!(["set", "string"]),
            Value::set(["b".into(), "a".into()]),
            "92a161a162",
        ),
        (
            json!(["map", "bool"]),
            Value::object([("k", true.into())]),
            "81a16bc3",
        ),
        (
            json!(["tuple", ["number", "string"]]),
            Value::List(vec![1.into(), "x".into()]),
            "9201a178",
        ),
        (
            json!(["object", {"a": "string", "b": ["list", "number"]}]),
            Value::object([("a", Value::Null), ("b", Value::unknown())]),
            "82a161c0a162d40000",
        ),
        (json!("string"), Value::unknown(), "d40000"),
        (json!("string"), Value::unknown_not_null(), "c7030c8101c2"),
        (
            json!("string"),
            refined(Refinement {
                string_prefix: Some("arn:".into()),
                ..not_null()
            }),
            "c7090c8201c202a461726e3a",
        ),
        (
            json!("number"),
            refined(Refinement {
                number_min: Some(("0.1".parse().unwrap(), true)),
                number_max: Some((10_i64.into(), false)),
                nullness: None,
                ..not_null()
            }),
            "c70c0c820392a3302e31c304920ac2",
        ),
        (
            json!(["list", "bool"]),
            refined(Refinement {
                nullness: None,
                length_min: Some(1),
                length_max: Some(3),
                ..not_null()
            }),
            "c7050c8205010603",
        ),
        (
            json!("dynamic"),
            dynamic(Type::String, "x".into()),
            "92c40822737472696e6722a178",
        ),
        (
            json!("dynamic"),
            dynamic(
                Type::object([("a", Type::Number)]),
                Value::object([("a", number("1.5"))]),
            ),
            "92c4195b226f626a656374222c7b2261223a226e756d626572227d5d81a161cb3ff8000000000000",
        ),
        (json!("dynamic"), Value::unknown(), "d40000"),
        (
            json!("dynamic"),
            dynamic(Type::String, Value::unknown_not_null()),
            "92c40822737472696e6722c7030c8101c2",
        ),
        (json!("dynamic"), Value::Null, "c0"),
        (
            json!("dynamic"),
            dynamic(Type::String, Value::Null),
            "92c40822737472696e6722c0",
        ),
    ]
}

#[test]
fn reads_and_writes_as_terraform_does() {
    for (ty, value, hex) in golden() {
        let ty = Type::from_json(&ty).unwrap();
        assert_eq!(encode(&value, &ty), Ok(bytes(hex)), "{value:?}");
        assert_eq!(decode(&bytes(hex), &ty), Ok(value), "{hex}");
    }
}

#[test]
fn reads_numbers_in_every_form() {
    let forms = [
        ("cb3ff0000000000000", "1"),
        ("ca3fc00000", "1.5"),
        ("cfffffffffffffffff", "18446744073709551615"),
        ("d3ffffffffffffffff", "-1"),
        ("a53165333030", "1e300"),
    ];
    for (hex, expected) in forms {
        assert_eq!(decode(&bytes(hex), &Type::Number), Ok(number(expected)), "{hex}");
    }
    // NaN is no number.
    assert!(decode(&bytes("cb7ff8000000000000"), &Type::Number).is_err());
}

#[test]
fn every_extension_is_unknown() {
    // Zero bytes; another code; a refinement with a key of the future; one that is no map.
    for hex in ["c70000", "d50700ff", "c7030c811aff", "c7020cc0c0"] {
        assert_eq!(decode(&bytes(hex), &Type::String), Ok(Value::unknown()), "{hex}");
    }
    // A dynamic place takes no refinement.
    assert_eq!(
        decode(&bytes("c7030c8101c2"), &Type::Dynamic),
        Ok(Value::unknown())
    );
    assert_eq!(
        encode(&Value::unknown_not_null(), &Type::Dynamic),
        Ok(bytes("d40000"))
    );
}

#[test]
fn long_refinements_are_cut_or_left_out() {
    let prefix = "ä".repeat(200);
    let value = refined(Refinement {
        string_prefix: Some(prefix.clone()),
        ..not_null()
    });
    let back = decode(&encode(&value, &Type::String).unwrap(), &Type::String).unwrap();
    let Value::Unknown(Some(back)) = back else {
        panic!("{back:?}")
    };
    assert_eq!(back.string_prefix, Some("ä".repeat(128)));

    let digits: Number = "7".repeat(1100).parse().unwrap();
    let value = refined(Refinement {
        number_min: Some((digits, true)),
        ..not_null()
    });
    assert_eq!(encode(&value, &Type::Number), Ok(bytes("d40000")));
}

fn sentences(faults: &Diagnostics) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn all_faults_are_found_at_once() {
    let inner = Type::object([("n", Type::Number), ("s", Type::String)]);
    let ty = Type::object([
        ("list", Type::list(inner)),
        ("map", Type::map(Type::Bool)),
        ("gone", Type::Bool),
    ]);
    let written = Type::object([
        (
            "list",
            Type::list(Type::object([("n", Type::Bool), ("s", Type::String)])),
        ),
        ("map", Type::map(Type::String)),
        ("more", Type::Number),
    ]);
    let value = Value::object([
        (
            "list",
            Value::List(vec![Value::object([("n", true.into()), ("s", "x".into())])]),
        ),
        ("map", Value::object([("k", "no".into())])),
        ("more", 1.into()),
    ]);
    let faults = decode(&encode(&value, &written).unwrap(), &ty).unwrap_err();
    assert_eq!(
        sentences(&faults),
        [
            "list[0].n: Wrong type: Expected number, found a bool.",
            "map[\"k\"]: Wrong type: Expected bool, found a string.",
            "more: Unknown attribute: The value has an attribute that its type lacks.",
            "gone: Missing attribute: The value lacks an attribute that its type has.",
        ]
    );
}

#[test]
fn faults_in_sets_and_dynamic_values_end_where_terraform_can_point() {
    let set = encode(&Value::List(vec![1.into()]), &Type::list(Type::Number)).unwrap();
    let faults = decode(&set, &Type::set(Type::String)).unwrap_err();
    assert_eq!(
        sentences(&faults),
        ["Wrong type: Expected string, found a number."]
    );

    // A dynamic value that says list(string) and holds a number.
    let mut lie = bytes("92c411");
    lie.extend(br#"["list","string"]"#);
    lie.extend(bytes("9101"));
    let faults = decode(&lie, &Type::Dynamic).unwrap_err();
    assert_eq!(
        sentences(&faults),
        ["[0]: Wrong type: Expected string, found a number."]
    );
}

#[test]
fn broken_bytes_are_one_fault() {
    let deep = [vec![0x91; 300], vec![0xc0]].concat();
    for broken in [
        vec![],
        bytes("92"),
        bytes("c0c0"),
        bytes("c1"),
        bytes("a5aa"),
        deep,
    ] {
        let faults = decode(&broken, &Type::list(Type::Dynamic)).unwrap_err();
        assert_eq!(faults.iter().count(), 1, "{broken:x?}");
        assert!(sentences(&faults)[0].starts_with("Unreadable value:"));
    }
}

#[test]
fn what_does_not_fit_is_the_providers_fault_and_costs_only_itself() {
    let ty = Type::object([("id", Type::String), ("count", Type::Number)]);
    let value = Value::object([
        ("id", "i-1".into()),
        ("count", "many".into()),
        ("extra", true.into()),
    ]);
    let (written, faults) = encode_partly(&value, &ty);
    let paths: Vec<String> = faults.iter().map(|f| f.path.to_string()).collect();
    assert_eq!(paths, ["extra", "count"]);
    assert_eq!(
        decode(&written, &ty),
        Ok(Value::object([("id", "i-1".into()), ("count", Value::Null)])),
        "what fits is kept"
    );
    assert!(encode(&value, &ty).is_err());
}

#[test]
fn an_attribute_left_out_is_null() {
    let ty = Type::object([("a", Type::String)]);
    assert_eq!(encode(&Value::Map(BTreeMap::new()), &ty), Ok(bytes("81a161c0")));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again((ty, value) in typed_value()) {
        let written = encode(&value, &ty).unwrap();
        prop_assert_eq!(decode(&written, &ty), Ok(value));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), (ty, _) in typed_value()) {
        if let Ok(value) = decode(&bytes, &ty) {
            // What was read can be written, if perhaps in other bytes.
            prop_assert_eq!(decode(&encode(&value, &ty).unwrap(), &ty), Ok(value));
        }
    }

    #[test]
    fn changed_bytes_are_read_without_panic((ty, value) in typed_value(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut written = encode(&value, &ty).unwrap();
        let at = at.index(written.len());
        written[at] = byte;
        if let Ok(value) = decode(&written, &ty) {
            prop_assert!(encode(&value, &ty).is_ok());
        }
    }
}
