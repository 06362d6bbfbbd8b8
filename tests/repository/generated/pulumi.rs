//! Whether Pulumi finds a fault in the package schema, and whether the programs in it fit the SDKs that follow from it.

use std::collections::BTreeSet;

use counterparts::{PulumiProject, check_examples, node_version, read_mapping, unavailable};
use provider::pulumi::package::{NAME, info, schema_json};
use serde_json::{Map, Value};

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

/// What `pulumi convert --from terraform` makes of a configuration has the names of the package schema.
#[test]
fn names_of_terraform_lead_to_those_of_the_schema() {
    let project = PulumiProject::new(&[]).unwrap();
    let mapping = pulumiplug::mapping::mapping(NAME, &info().version, schemas());
    let names = read_mapping(&project.write("mapping.json", &mapping).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(&schema_json(schemas()).unwrap()).unwrap();
    let mut seen = 0;
    for (declared, object) in names.as_object().unwrap() {
        let token = object["token"].as_str().unwrap();
        let found = match declared.split_once('.') {
            Some(_) => {
                let function = &schema["functions"][token];
                together(&[
                    &function["inputs"]["properties"],
                    &function["outputs"]["properties"],
                ])
            }
            None if declared == "provider" => together(&[&schema["config"]["variables"]]),
            None => {
                let resource = &schema["resources"][token];
                together(&[&resource["inputProperties"], &resource["properties"]])
            }
        };
        seen += 1;
        assert_same(declared, &object["properties"], &found, &schema["types"]);
    }
    let all = schemas();
    assert_eq!(seen, 1 + all.resources.len() + all.data_sources.len());
}

fn together(parts: &[&Value]) -> Map<String, Value> {
    let all = parts.iter().filter_map(|part| part.as_object()).flatten();
    all.map(|(name, property)| (name.clone(), property.clone()))
        .collect()
}

/// Every attribute has a name that is a property, and every property is one's name.
fn assert_same(place: &str, attributes: &Value, properties: &Map<String, Value>, types: &Value) {
    let attributes = attributes.as_object().unwrap();
    let of_resource = place.starts_with("mig_") && !place.contains('.');
    let attributes = attributes
        .iter()
        .filter(|(name, _)| !(of_resource && *name == "id"));
    let mut names = BTreeSet::new();
    for (attribute, told) in attributes {
        let name = told["name"].as_str().unwrap();
        let place = format!("{place}.{attribute}");
        let property = properties.get(name);
        let property = property.unwrap_or_else(|| panic!("{place}: there is no property {name}"));
        names.insert(name.to_owned());
        if told["properties"].is_object() {
            assert_same(&place, &told["properties"], &within(property, types), types);
        }
    }
    let all: BTreeSet<String> = properties.keys().cloned().collect();
    assert_eq!(names, all, "{place}");
}

/// The properties of the objects in a property.
fn within(property: &Value, types: &Value) -> Map<String, Value> {
    for inner in ["items", "additionalProperties"] {
        if property[inner].is_object() {
            return within(&property[inner], types);
        }
    }
    let token = property["$ref"].as_str().unwrap_or_default();
    together(&[&types[token.trim_start_matches("#/types/")]["properties"]])
}
