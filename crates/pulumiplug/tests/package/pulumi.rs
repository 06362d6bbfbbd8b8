//! What Pulumi's own tools say of the schema.

use std::process::Command;

use counterparts::{Cache, Program, Workspace, install};
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
