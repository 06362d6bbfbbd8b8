//! A derived model: its schema, its values, and the plan the engine makes of it.
#![allow(missing_docs, clippy::panic)]

use std::collections::BTreeMap;

use tfplug::schema::{Optionality, lint_schema, validators};
use tfplug::ty::Type;
use tfplug::unstable::engine::{draft::draft, null_object, replace::replace_paths};
use tfplug::{Attr, Diagnostics, Model, Path, SetOf, Value};

/// A thing.
#[derive(Debug, Clone, PartialEq, Model)]
struct Thing {
    /// Its name.
    #[attr(required, replace, validate = validators::length(1, 5))]
    name: Attr<String>,
    /// How it works.
    #[attr(default = "mixed", validate = validators::one_of(&["mixed", "single"]))]
    strategy: Attr<String>,
    /// Counts.
    slices: Attr<BTreeMap<String, i64>>,
    /// Parts.
    parts: Attr<Vec<Part>>,
    /// Words.
    words: Attr<SetOf<String>>,
    /// Given once.
    #[attr(computed, stable)]
    id: Attr<String>,
    /// Follows from the slices.
    #[attr(computed, depends_on("slices"))]
    text: Attr<String>,
    /// Follows from the text.
    #[attr(computed, depends_on("text"))]
    hash: Attr<String>,
    /// What kind.
    #[attr(name = "type", optional, computed, depends_on("name"))]
    kind: Attr<String>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Model)]
struct Part {
    /// Its size.
    #[attr(required)]
    size: Attr<i64>,
    /// Where it is.
    #[attr(computed)]
    place: Attr<String>,
}

fn config(slices: i64) -> Value {
    let part = Value::object([("size", Value::from(1)), ("place", Value::Null)]);
    let mut config = match null_object(&Thing::schema(0)) {
        Value::Map(map) => map,
        other => panic!("{other:?}"),
    };
    config.insert("name".into(), "n".into());
    config.insert("slices".into(), Value::object([("1g", Value::from(slices))]));
    config.insert("parts".into(), Value::List(vec![part]));
    Value::Map(config)
}

fn created(slices: i64) -> Value {
    draft(&Thing::schema(0), &Value::Null, &config(slices)).map_leaves(&mut |leaf| match leaf {
        Value::Unknown(_) => Value::from("made"),
        known => known.clone(),
    })
}

#[test]
fn the_struct_is_the_schema() {
    let schema = Thing::schema(3);
    assert_eq!(lint_schema(&schema), vec![]);
    assert_eq!(schema.version, 3);
    assert_eq!(schema.description, "A thing.");
    let kind = schema.attribute("type").unwrap();
    assert_eq!(kind.optionality, Optionality::OptionalComputed);
    assert_eq!(
        schema.attribute("slices").unwrap().ty.to_type(),
        Type::map(Type::Number)
    );
    assert_eq!(schema.attribute("strategy").unwrap().validators.len(), 1);
}

#[test]
fn values_round_trip() {
    let value = created(7);
    let mut diags = Diagnostics::new();
    let thing = Thing::from_value(&value, &mut diags);
    assert!(diags.is_empty(), "{diags:?}");
    assert_eq!(thing.slices.known().unwrap()["1g"], 7);
    assert_eq!(thing.to_value(), value);
}

#[test]
fn a_create_leaves_open_what_the_provider_gives() {
    let planned = draft(&Thing::schema(0), &Value::Null, &config(7));
    assert_eq!(planned.get("strategy"), &Value::from("mixed"));
    for open in ["id", "text", "hash", "type"] {
        assert_eq!(planned.get(open), &Value::unknown(), "{open}");
    }
    assert_eq!(
        planned.get("parts").as_elements().unwrap()[0].get("place"),
        &Value::unknown()
    );
    assert_eq!(planned.get("words"), &Value::Null);
}

#[test]
fn no_change_is_no_change() {
    assert_eq!(draft(&Thing::schema(0), &created(7), &config(7)), created(7));
}

#[test]
fn only_dependents_become_unknown() {
    let planned = draft(&Thing::schema(0), &created(7), &config(6));
    assert_eq!(planned.get("text"), &Value::unknown());
    assert_eq!(
        planned.get("hash"),
        &Value::unknown(),
        "it depends on text, which depends on slices"
    );
    for kept in ["id", "type"] {
        assert_eq!(planned.get(kept), &Value::from("made"), "{kept}");
    }
}

#[test]
fn a_new_name_needs_a_new_object() {
    let schema = Thing::schema(0);
    let mut other = config(7);
    if let Value::Map(map) = &mut other {
        map.insert("name".into(), "other".into());
    }
    let planned = draft(&schema, &created(7), &other);
    assert_eq!(
        replace_paths(&schema, &created(7), &planned, &other),
        [Path::attr("name")]
    );
    assert_eq!(replace_paths(&schema, &created(7), &created(7), &config(7)), []);
}

/// A thing with more to it.
#[derive(Debug, Clone, PartialEq, Model)]
struct Extended {
    #[attr(flatten)]
    part: Part,
    /// More.
    more: Attr<String>,
}

#[test]
fn a_flattened_model_gives_its_attributes() {
    let schema = Extended::schema(0);
    let names: Vec<_> = schema.attributes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["more", "place", "size"]);
    assert_eq!(
        schema.attribute("size").unwrap().optionality,
        Optionality::Required
    );
    let value = Value::object([
        ("more", Value::from("m")),
        ("place", Value::Null),
        ("size", Value::from(3)),
    ]);
    let mut diags = Diagnostics::new();
    let read = Extended::from_value(&value, &mut diags);
    assert_eq!((read.part.size, &diags), (Attr::Known(3), &Diagnostics::new()));
    assert_eq!(read.to_value(), value);
}
