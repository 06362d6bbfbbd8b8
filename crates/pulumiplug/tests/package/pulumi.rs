//! What Pulumi's own tools say of the schema.

use std::process::Command;

use counterparts::{Cache, Program, Workspace, check_examples, install, node_version, unavailable};
use pulumiplug::schema::package;

use super::declarations::{info, schemas};

#[test]
fn pulumi_schema_check_finds_nothing() {
    let work = Workspace::new("pulumi-schema").unwrap();
    let path = work
        .write("schema.json", package(&schemas(), &info()).unwrap().to_json())
        .unwrap();
    let mut command = Command::new(install(&Cache::open().unwrap(), Program::Pulumi).unwrap());
    command.args(["schema", "check"]).arg(path);
    command.env("PULUMI_HOME", work.path().join("home"));
    command.env("PULUMI_SKIP_UPDATE_CHECK", "1");
    let output = command.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
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
