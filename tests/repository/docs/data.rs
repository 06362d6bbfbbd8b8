//! Blocks of YAML and JSON are that, and those of layouts and policies are what they seem. `tests/examples/docs.rs` gives those that are
//! Kubernetes objects to a real API server.

use serde_json::Value;
use yaml_rust2::YamlLoader;

use crate::markdown::{Block, documents};
use crate::mig::mig;

fn blocks(languages: &[&str]) -> Vec<Block> {
    documents()
        .iter()
        .flat_map(|document| document.blocks_in(languages))
        .collect()
}

#[test]
fn yaml_is_yaml() {
    let blocks = blocks(&["yaml", "yml"]);
    assert!(blocks.len() > 10, "{}", blocks.len());
    for block in blocks {
        let read = YamlLoader::load_from_str(&block.text);
        let documents = read.unwrap_or_else(|error| panic!("{}: {error}", block.place));
        assert!(!documents.is_empty(), "{}", block.place);
    }
}

#[test]
fn json_is_json_and_policies_are_policies() {
    let blocks = blocks(&["json"]);
    let mut policies = 0;
    for block in &blocks {
        let read: Result<Value, _> = serde_json::from_str(&block.text);
        let value = read.unwrap_or_else(|error| panic!("{}: {error}", block.place));
        let Some(statements) = value["Statement"].as_array() else {
            continue;
        };
        policies += 1;
        assert_eq!(value["Version"], "2012-10-17", "{}", block.place);
        for statement in statements {
            let actions = statement["Action"].as_array().cloned();
            let actions = actions.unwrap_or_else(|| vec![statement["Action"].clone()]);
            for action in &actions {
                let named = action.as_str().and_then(|action| action.split_once(':'));
                let named = named.is_some_and(|(service, verb)| !service.is_empty() && !verb.contains('*'));
                assert!(named, "{}: {action} is not one action", block.place);
            }
            assert!(
                !actions.is_empty() && statement["Effect"] == "Allow",
                "{}",
                block.place
            );
        }
    }
    assert!(policies >= 2, "{policies}");
}

/// A file of layouts begins with their names or with `instance_types`.
#[test]
fn layouts_can_be_made() {
    let blocks = blocks(&["yaml"]);
    let layouts = blocks.iter().filter(|block| {
        let lines = block.text.lines().filter(|line| !line.starts_with('#'));
        let first = lines.take(1).next().unwrap_or_default();
        first == "layouts:" || first.starts_with("instance_types:")
    });
    let mut number = 0;
    for block in layouts {
        number += 1;
        let output = mig(&["validate", "-"], &block.text);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", block.place);
    }
    assert!(number >= 1, "{number}");
}
