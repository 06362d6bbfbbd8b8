//! What `manifests::yaml` writes reads back as what was written, by an implementation that is not ours; a real API server
//! reads it too (`tests/domain/tests/karpenter_crds/`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use mig::manifests::yaml;
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};
use yaml_rust2::{Yaml, YamlLoader};

fn read(text: &str) -> Value {
    let documents = YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(documents.len(), 1, "{text}");
    value(&documents[0])
}

fn value(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(truth) => json!(truth),
        Yaml::Integer(number) => json!(number),
        Yaml::Real(text) => json!(text.parse::<f64>().unwrap()),
        Yaml::String(text) => json!(text),
        Yaml::Array(list) => list.iter().map(value).collect(),
        Yaml::Hash(map) => {
            let pairs = map
                .iter()
                .map(|(key, found)| (key.as_str().unwrap().to_owned(), value(found)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        other => panic!("{other:?}"),
    }
}

/// Texts as users write them, texts that look like something else, and texts of any letters.
fn text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "true",
        "NO",
        "null",
        "~",
        "1",
        "1.5",
        "0o7",
        "1e3",
        "720h",
        "a: b",
        "- a",
        "#",
        "a #b",
        "---",
        "...",
        "{}",
        "[]",
        "|",
        ">-",
        "'",
        "\"",
        "%YAML",
        "*x",
        "&x",
        "!t",
        "?",
        ":",
        "=",
        "<<",
        ".inf",
        "2026-01-01",
        "12:30:45",
        "",
    ]);
    let line = prop_oneof![
        4 => "[ -~]{0,30}",
        2 => "[ \t]{0,3}[a-z#:-]{0,10}[ \t]{0,2}",
        1 => "\\PC{0,10}",
        1 => Just(String::new()),
        1 => prop::sample::select(vec!["---", "...", "--//", "# x", "\tif", "key: |"]).prop_map(str::to_owned),
    ];
    let lines =
        (prop::collection::vec(line, 1..6), "\n{0,3}").prop_map(|(lines, end)| lines.join("\n") + &end);
    prop_oneof![
        3 => words.prop_map(str::to_owned),
        6 => lines,
        2 => "[a-zA-Z0-9./:@_-]{0,20}",
        2 => prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_filter_map("JSON has no infinity", |number| Number::from_f64(number)
            .map(Value::Number)),
    ];
    let leaf = prop_oneof![
        6 => text().prop_map(Value::String),
        2 => number,
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let map = prop::collection::btree_map(text(), inner.clone(), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::Array),
            map.prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back(value in any_value()) {
        let text = yaml::document(&value);
        prop_assert!(text.ends_with('\n'));
        prop_assert_eq!(read(&text), value, "{}", text);
    }

    #[test]
    fn texts_read_back_byte_for_byte_in_any_place(text in text()) {
        let value = json!({"a": text, "list": [text, {"inner": text}], "last": {"deep": {"b": text}}});
        let written = yaml::document(&value);
        prop_assert_eq!(read(&written), value, "{}", written);
    }
}
