//! What `manifests::yaml` writes, as the API server reads it.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::karpenter_options::{class, overlay, pool};
use super::server::apply;
use super::verdicts::{Ours, class_of, generate, overlay_of, pool_of};

const OBJECTS: usize = 30;

/// Everything of ours is in the answer as we wrote it; the server may add defaults.
fn contains(answer: &Value, ours: &Value) -> bool {
    match (answer, ours) {
        (Value::Object(answer), Value::Object(ours)) => ours
            .iter()
            .all(|(key, value)| answer.get(key).is_some_and(|found| contains(found, value))),
        (Value::Array(answer), Value::Array(ours)) => {
            answer.len() == ours.len()
                && answer
                    .iter()
                    .zip(ours)
                    .all(|(answer, ours)| contains(answer, ours))
        }
        _ => answer == ours,
    }
}

fn reads_back(ours: Ours) {
    for object in ours.objects {
        let answer = apply(&object).unwrap();
        assert!(contains(&answer, &object), "{answer:#}\n{object:#}");
    }
}

#[test]
fn objects_read_back_as_they_are_user_data_included() {
    generate(&class::options(0), OBJECTS)
        .iter()
        .map(class_of)
        .for_each(reads_back);
    generate(&pool::options(0), OBJECTS)
        .iter()
        .map(pool_of)
        .for_each(reads_back);
    generate(&overlay::options(0), OBJECTS)
        .iter()
        .map(overlay_of)
        .for_each(reads_back);
}

/// The server's reader follows YAML 1.1 and is Go's, unlike the one of the unit tests.
#[test]
fn any_text_reads_back_byte_for_byte() {
    let line = prop_oneof![
        3 => "[ -~]{0,30}",
        2 => "[ \t]{0,3}[a-z#:-]{0,10}[ \t]{0,2}",
        1 => "\\PC{0,10}",
        1 => prop::sample::select(vec!["", "---", "...", "--//", "# x", "key: |", "yes", "1e3", "0o7", "~", "=", "<<"])
            .prop_map(str::to_owned),
    ];
    let lines = (vec(line, 1..6), "\n{0,3}").prop_map(|(lines, end)| lines.join("\n") + &end);
    let letters = vec(any::<char>(), 0..12).prop_map(String::from_iter);
    let texts = vec(prop_oneof![4 => lines, 1 => letters], 10).boxed();
    for texts in generate(&texts, OBJECTS) {
        let data: BTreeMap<String, &String> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| (format!("text-{index}"), text))
            .collect();
        let object = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "texts", "namespace": "default"}, "data": data,
        });
        let answer = apply(&object).unwrap();
        assert_eq!(answer["data"], object["data"]);
    }
}
