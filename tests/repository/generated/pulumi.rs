//! Whether Pulumi finds a fault in the package schema, and whether the programs in it fit the SDKs that follow from it.

use counterparts::{PulumiProject, check_examples, node_version, unavailable};
use provider::pulumi::package::{info, schema_json};

use super::schemas;

#[test]
fn pulumi_finds_nothing_wrong() {
    let project = PulumiProject::new(&[]).unwrap();
    project
        .write("schema.json", &schema_json(schemas()).unwrap())
        .unwrap();
    let output = project.run(&["schema", "check", "schema.json"]).unwrap();
    let said = output.words();
    assert!(output.succeeded() && said.is_empty(), "{said}");
}

#[test]
fn everything_has_an_example() {
    let examples = info().examples;
    let resources = schemas().resources.keys().chain(schemas().data_sources.keys());
    let all = resources.chain(schemas().functions.keys());
    let missing: Vec<_> = all.filter(|name| !examples.contains_key(*name)).collect();
    assert!(
        missing.is_empty(),
        "src/pulumi/examples.rs has none of {missing:?}"
    );
}

#[test]
fn sdks_compile_and_the_examples_fit_them() {
    if let Err(error) = node_version() {
        unavailable("pulumi SDK for Node.js", &error.to_string());
        return;
    }
    let schema = schema_json(schemas()).unwrap();
    let examples: usize = info().examples.values().map(Vec::len).sum();
    assert_eq!(check_examples(&schema).unwrap(), examples);
}

/// Nothing tells a reader of Pulumi's reference of another tool.
#[test]
fn the_reference_speaks_of_pulumi() {
    let schema = schema_json(schemas()).unwrap();
    let words = ["Terraform", "terraform", "OpenTofu", "HCL", "`mig_"];
    let lines = schema.lines().filter(|line| line.contains("\"description\""));
    let told: Vec<_> = lines
        .filter(|line| words.iter().any(|word| line.contains(word)))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
}
