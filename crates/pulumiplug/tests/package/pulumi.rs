//! What Pulumi's own tools say of the schema.

use counterparts::{PulumiProject, check_examples, node_version, unavailable};
use pulumiplug::schema::package;

use super::declarations::{info, schemas};

#[test]
fn pulumi_schema_check_finds_nothing() {
    let project = PulumiProject::new(&[]).unwrap();
    let text = package(&schemas(), &info()).unwrap().to_json();
    project.write("schema.json", &text).unwrap();
    let output = project.run(&["schema", "check", "schema.json"]).unwrap();
    let said = output.words();
    assert!(output.succeeded(), "{said}");
    assert!(!said.contains("warning") && !said.contains("error"), "{said}");
}

/// The SDK for Node.js is compiled, that for Python imported.
#[test]
fn sdks_are_generated_and_the_examples_fit_them() {
    if let Err(error) = node_version() {
        unavailable("pulumi SDK for Node.js", &error.to_string());
        return;
    }
    let schema = package(&schemas(), &info()).unwrap().to_json();
    assert_eq!(check_examples(&schema).unwrap(), 4);
    for property in ["frontText: sheetLayout", "front_text=sheet_layout"] {
        let other = schema.replace(property, &format!("x{property}"));
        assert_ne!(other, schema);
        assert!(check_examples(&other).is_err(), "{property}");
    }
}
