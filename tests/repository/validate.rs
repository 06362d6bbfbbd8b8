//! The command `validate`, run as a user runs it.

use std::process::Output;

use serde_json::{Value, json};

use super::mig::mig;
use super::root;

const ONE: &str = "instance_types: [p5.48xlarge]\nslices: { 1g.10gb: 7 }\n";
const WRONG: &str = "layouts: [{ instance_types: [p5.48xlarge], slices: { 1g.10gb: 8 } }]\n";

fn validate(arguments: &[&str], stdin: &str) -> Output {
    mig(&[&["validate"], arguments].concat(), stdin)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn in_words_it_says_what_each_node_offers() {
    let said = validate(&["-"], ONE);
    assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
    let words = text(&said.stdout);
    assert!(words.starts_with("layout "), "{words}");
    assert!(
        words.ends_with("\n  p5.48xlarge: 56 nvidia.com/mig-1g.10gb\n"),
        "{words}"
    );
    assert_eq!(text(&said.stderr), "");
}

#[test]
fn a_file_of_several_layouts_gives_their_labels_as_json() {
    let file = root().join("examples/ci/slices.yaml");
    let said = validate(&[file.to_str().unwrap(), "--format", "json"], "");
    assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
    let answer: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(
        (&answer["valid"], &answer["findings"]),
        (&json!(true), &json!([]))
    );
    let layouts = answer["layouts"].as_array().unwrap();
    assert_eq!(layouts.len(), 2);
    for layout in layouts {
        assert_eq!(layout["labels"]["mig.eks/layout"], layout["id"]);
        assert_eq!(layout["taints"][0]["effect"], "NoSchedule");
    }
    let resources: Vec<&Value> = layouts.iter().map(|layout| &layout["resources"]).collect();
    assert!(
        resources.contains(&&json!({"p4d.24xlarge": {"nvidia.com/mig-1g.5gb": 56}})),
        "{resources:?}"
    );
}

#[test]
fn what_is_wrong_has_its_place_in_both_formats() {
    let said = validate(&["-"], WRONG);
    assert_eq!((said.status.code(), text(&said.stdout)), (Some(1), ""));
    assert!(
        text(&said.stderr).contains("error: layouts[0].slices"),
        "{}",
        text(&said.stderr)
    );
    let said = validate(&["-", "--format", "json"], WRONG);
    assert_eq!(said.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(
        (&answer["valid"], &answer["layouts"]),
        (&json!(false), &json!([]))
    );
    let finding = &answer["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert!(
        finding["path"].as_str().unwrap().starts_with("layouts[0].slices"),
        "{finding}"
    );
    assert!(
        !finding["summary"].as_str().unwrap().is_empty() && !finding["detail"].as_str().unwrap().is_empty()
    );
}

#[test]
fn files_that_are_none_are_told() {
    for (arguments, stdin, words) in [
        (&["no/such/file.yaml"][..], "", "no/such/file.yaml"),
        (&["-"], "a: [\n", "neither YAML nor JSON"),
        (&["-"], "", "0 documents"),
        (&["-"], "layouts: 7\n", "layouts"),
        (&["-"], "slices: { 1g.10gb: 7 }\n", "instance_types"),
        (
            &["-"],
            "instance_types: [p5.48xlarge]\nslice: { 1g.10gb: 7 }\n",
            "slice",
        ),
    ] {
        let said = validate(arguments, stdin);
        assert_eq!((said.status.code(), text(&said.stdout)), (Some(1), ""), "{stdin}");
        assert!(
            text(&said.stderr).contains(words),
            "{stdin}: {}",
            text(&said.stderr)
        );
    }
}
