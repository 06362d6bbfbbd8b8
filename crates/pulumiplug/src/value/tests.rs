use prost_types::value::Kind;
use serde_json::json;
use tfplug::path::{Path, Step};
use tfplug::schema::{Attribute, AttributeType, Nesting, Schema};
use tfplug::ty::Type;
use tfplug::{Value, value::Number};

use super::signature::{Seen, look, secret};
use super::*;
use crate::names::Place;
use crate::random::rng::Rng;
use crate::random::{for_seeds, schemas, values};

fn writing(secrets: &Secrets) -> Writing<'_> {
    Writing {
        place: Place::Resource,
        wraps_secrets: true,
        secrets,
    }
}

/// What of a value its types tell apart, and the wire does not.
fn as_read(value: &Value) -> Value {
    match value {
        Value::Dynamic(typed) => match inferred(&typed.1) {
            (Type::Dynamic, untyped) => untyped,
            typed => Value::Dynamic(Box::new(typed)),
        },
        Value::Unknown(_) => Value::unknown(),
        Value::List(all) => Value::List(all.iter().map(as_read).collect()),
        Value::Set(all) => Value::set(all.iter().map(as_read).collect::<Vec<_>>()),
        Value::Map(all) => Value::Map(
            all.iter()
                .map(|(key, value)| (key.clone(), as_read(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn inferred(value: &Value) -> (Type, Value) {
    match value {
        Value::String(_) => (Type::String, value.clone()),
        Value::Number(number) if number::encode(number).is_none() => {
            (Type::String, number.to_string().into())
        }
        Value::Number(_) => (Type::Number, value.clone()),
        Value::List(all) => {
            let (types, values) = all.iter().map(inferred).unzip();
            (Type::Tuple(types), Value::List(values))
        }
        Value::Unknown(_) => (Type::Dynamic, Value::unknown()),
        other => panic!("{other:?} is in no random value"),
    }
}

#[test]
fn states_and_inputs_come_back_as_they_were() {
    for_seeds(1500, |seed| {
        let mut rng = Rng::new(seed);
        let schema = schemas::schema(&mut rng);
        let none = &Secrets::none();
        let cases = [
            (values::state(&mut rng, &schema), Reading::State),
            (values::config(&mut rng, &schema), Reading::Inputs),
        ];
        for (value, reading) in cases {
            let object = encode(&schema, &value, writing(none));
            let read = decode(&schema, Place::Resource, &object, reading);
            assert_eq!(read.faults, []);
            assert_eq!(read.value, as_read(&value));
            // Once more: the same bytes. What is promised of unknown values, which orders them in a set, is not kept.
            let plain = encode(&schema, &as_read(&value), writing(none));
            assert_eq!(encode(&schema, &read.value, writing(&read.secrets)), plain);
        }
    });
}

/// Hides places at random.
fn hidden(rng: &mut Rng, value: &Wire) -> Wire {
    let inner = match (look(value), &value.kind) {
        (Seen::List(all), _) => wire(Kind::ListValue(prost_types::ListValue {
            values: all.iter().map(|one| hidden(rng, one)).collect(),
        })),
        (Seen::Object(all), _) => wire(Kind::StructValue(Object {
            fields: all
                .iter()
                .map(|(key, one)| (key.clone(), hidden(rng, one)))
                .collect(),
        })),
        _ => value.clone(),
    };
    if rng.chance(10) { secret(inner) } else { inner }
}

#[test]
fn secrets_hide_values_and_change_none() {
    for_seeds(1000, |seed| {
        let mut rng = Rng::new(seed);
        let schema = schemas::schema(&mut rng);
        let value = values::config(&mut rng, &schema);
        let plain = encode(&schema, &value, writing(&Secrets::none()));
        let fields = plain
            .fields
            .iter()
            .map(|(key, one)| (key.clone(), hidden(&mut rng, one)));
        let object = Object {
            fields: fields.collect(),
        };
        let read = decode(&schema, Place::Resource, &object, Reading::Inputs);
        assert_eq!((&read.faults, &read.value), (&Vec::new(), &as_read(&value)));
        // What was hidden is hidden again, maybe with more around it, and it is read as before.
        let again = encode(&schema, &read.value, writing(&read.secrets));
        let twice = decode(&schema, Place::Resource, &again, Reading::Inputs);
        assert_eq!(twice.value, read.value);
        assert_eq!(encode(&schema, &twice.value, writing(&twice.secrets)), again);
        for path in read.secrets.paths() {
            assert!(is_hidden(&schema, &again, path), "{path} in {again:?}");
        }
    });
}

/// Whether a place is in a secret, or there is nothing.
fn is_hidden(schema: &Schema, object: &Object, path: &Path) -> bool {
    let mut value = wire(Kind::StructValue(object.clone()));
    let _ = schema;
    for step in path.steps() {
        let next = match (look(&value), step) {
            (Seen::Object(all), Step::Attribute(name)) => all.get(&crate::names::property(name)).cloned(),
            (Seen::Object(all), Step::Key(key)) => all.get(key).cloned(),
            (Seen::List(all), Step::Index(index)) => all.get(*index).cloned(),
            _ => return true,
        };
        let Some(next) = next else { return true };
        if matches!(look(&next), Seen::Secret(_)) {
            return true;
        }
        value = next;
    }
    false
}

fn schema() -> Schema {
    let plain = |name: &str, ty| Attribute::new(name, AttributeType::Plain(ty));
    let inner = vec![plain("item_name", Type::String), plain("amount", Type::Number)];
    Schema::new(
        "",
        vec![
            plain("is_on", Type::Bool),
            plain("max_size", Type::Number),
            plain("name", Type::String),
            plain("any", Type::Dynamic),
            plain("tags", Type::map(Type::String)),
            plain("zone_set", Type::set(Type::String)),
            plain("pair", Type::object([("left_side", Type::String)])),
            Attribute::new("parts", AttributeType::nested(Nesting::List, inner.clone())),
            Attribute::new("by_key", AttributeType::nested(Nesting::Map, inner)),
        ],
    )
}

fn read(json: serde_json::Value) -> Decoded {
    let Some(Kind::StructValue(object)) = from_json(&json).kind else {
        panic!("{json}")
    };
    decode(&schema(), Place::Resource, &object, Reading::Inputs)
}

fn fault(json: serde_json::Value) -> String {
    let faults = read(json).faults;
    assert_eq!(faults.len(), 1, "{faults:?}");
    format!("{} {}", faults[0].property, faults[0].reason)
}

const KEY: &str = "4dabf18193072939515e22adb298388d";

#[test]
fn every_unknown_is_unknown() {
    for sentinel in [
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ] {
        let json = json!({"name": sentinel, "max_size": null, "isOn": sentinel, "parts": sentinel, "any": sentinel,
            "tags": {"a": sentinel}, "byKey": {"k": sentinel}, "pair": sentinel, "zoneSet": [sentinel]});
        let json = json.as_object().map(|all| {
            let given = all.iter().filter(|(key, _)| *key != "max_size");
            given
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<serde_json::Map<_, _>>()
        });
        let value = read(json.unwrap().into()).value;
        for name in ["name", "is_on", "parts", "any", "pair"] {
            assert_eq!(value.get(name), &Value::unknown(), "{name}");
        }
        assert_eq!(value.get("tags").get("a"), &Value::unknown());
        assert_eq!(value.get("by_key").get("k"), &Value::unknown());
    }
}

#[test]
fn outputs_are_what_they_hold() {
    let output = |rest: serde_json::Value| {
        let mut all = rest;
        all[KEY] = json!("d0e6a833031e9bbcd3f4e8bde6ca49a4");
        all
    };
    let known = read(json!({"name": output(json!({"value": "x", "secret": true, "dependencies": ["urn"]}))}));
    assert_eq!(known.value.get("name"), &Value::from("x"));
    assert!(known.secrets.is_marked(&Path::attr("name")));
    let unknown = read(json!({"name": output(json!({}))}));
    assert_eq!(unknown.value.get("name"), &Value::unknown());
    assert!(unknown.secrets.is_empty());
}

#[test]
fn a_resource_stands_for_its_id_where_that_is_a_text() {
    let reference = |id: &str| json!({KEY: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": id});
    assert_eq!(
        read(json!({"name": reference("x-1")})).value.get("name"),
        &Value::from("x-1")
    );
    assert_eq!(
        read(json!({"name": reference("")})).value.get("name"),
        &Value::unknown()
    );
    let fault = fault(json!({"pair": reference("x-1")}));
    assert_eq!(
        fault,
        "pair must be an object, and is a resource: give the properties that are needed of it"
    );
}

#[test]
fn what_no_attribute_takes_is_refused_in_words() {
    let signed = |signature: &str| json!({KEY: signature, "text": "x"});
    assert!(
        fault(json!({"name": signed("c44067f5952c0a294b673a41bacd8c17")}))
            .contains("an asset; read the file")
    );
    assert!(fault(json!({"name": signed("0def7320c3a5731c473e5ecbe6d01bc7")})).contains("an archive"));
    assert!(fault(json!({"name": signed("803fd3297a5875dc03ca845dda5d2a98")})).contains("bytes"));
    assert!(fault(json!({"name": signed("00000000000000000000000000000000")})).contains("does not know"));
    assert_eq!(
        fault(json!({"nme": "x"})),
        "nme is no property here; did you mean name?"
    );
    assert_eq!(
        fault(json!({"pair": {"leftside": "x"}})),
        "pair.leftside is no property here"
    );
    assert_eq!(
        fault(json!({"name": 1.3})),
        "name must be a string, and is the number 1.3: put it in quotes as it is meant"
    );
    assert_eq!(
        fault(json!({"isOn": "yes"})),
        "isOn must be a boolean, and is a string"
    );
    assert_eq!(
        fault(json!({"parts": [{"amount": "few"}]})),
        "parts[0].amount must be a number, and is a string"
    );
    assert_eq!(
        fault(json!({"byKey": {"1g.10gb": []}})),
        r#"byKey["1g.10gb"] must be an object, and is a list"#
    );
    let rounded = Object {
        fields: [(
            "maxSize".to_owned(),
            wire(Kind::NumberValue(9_007_199_254_740_992.0)),
        )]
        .into(),
    };
    let faults = decode(&schema(), Place::Resource, &rounded, Reading::Inputs).faults;
    assert!(faults[0].reason.contains("rounded"), "{faults:?}");
    let exact = read(json!({"maxSize": 9007199254740993_i64})).value;
    assert_eq!(exact.get("max_size"), &Value::from(9_007_199_254_740_993));
}

#[test]
fn texts_of_numbers_and_booleans_are_taken() {
    let value = read(json!({"isOn": "true", "maxSize": "18446744073709551616"})).value;
    assert_eq!(value.get("is_on"), &Value::Bool(true));
    let big: Number = "18446744073709551616".parse().unwrap();
    assert_eq!(value.get("max_size"), &Value::Number(big));
    let written = encode(&schema(), &value, writing(&Secrets::none()));
    assert_eq!(written.fields["maxSize"], text("18446744073709551616"));
}

#[test]
fn names_of_maps_stay_and_names_of_objects_do_not() {
    let given = json!({"tags": {"my_tag": "a"}, "pair": {"leftSide": "l"}, "any": {"my_key": {"x_y": 1}},
        "parts": [{"itemName": "i"}], "byKey": {"my_key": {"amount": 1}}, "__internal": 1});
    let read = read(given.clone());
    assert_eq!(read.faults, []);
    assert_eq!(read.value.get("pair").get("left_side"), &Value::from("l"));
    let written = encode(&schema(), &read.value, writing(&Secrets::none()));
    let mut expected = given;
    expected.as_object_mut().unwrap().remove("__internal");
    assert_eq!(to_json(&wire(Kind::StructValue(written))), expected);
}
