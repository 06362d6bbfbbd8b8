//! Whether the schema is one that Terraform takes, is documented throughout, and is printed as Terraform prints it.

use std::process::Command;

use counterparts::{Cli, Project, Provider};
use serde_json::Value;
use tfplug::path::Path;
use tfplug::schema::{Attribute, AttributeType, ObjectKind, Schema, lint_identity, lint_schema};

use super::schemas;

const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-mig");

/// Every schema of the provider by the name that messages give it.
fn all() -> Vec<(String, &'static Schema)> {
    let objects = ObjectKind::ALL.into_iter().flat_map(|kind| {
        let of_kind = schemas().of(kind).iter();
        of_kind.map(move |(name, schema)| (format!("{} {name}", kind.noun()), &**schema))
    });
    let provider = [("provider".to_owned(), &schemas().provider)];
    provider.into_iter().chain(objects).collect()
}

#[test]
fn terraform_takes_every_schema() {
    let mut faults = Vec::new();
    for (name, schema) in all() {
        faults.extend(lint_schema(schema).iter().map(|fault| format!("{name}: {fault}")));
    }
    for (name, identity) in &schemas().identities {
        faults.extend(
            lint_identity(identity)
                .iter()
                .map(|fault| format!("{name} identity: {fault}")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn everything_is_described_in_sentences() {
    let mut missing = Vec::new();
    let mut check = |place: String, text: &str| {
        if !text.trim_end().ends_with('.') {
            missing.push(format!("{place}: {text:?}"));
        }
    };
    for (name, schema) in all() {
        check(name.clone(), &schema.description);
        visit(&schema.attributes, &Path::root(), &mut |path, attribute| {
            check(format!("{name}: {path}"), &attribute.description);
            attribute
                .validators
                .iter()
                .for_each(|v| check(format!("{name}: {path}: a validator"), &v.description));
        });
    }
    for (name, identity) in &schemas().identities {
        identity
            .attributes
            .iter()
            .for_each(|a| check(format!("{name} identity: {}", a.name), &a.description));
    }
    for (name, function) in &schemas().functions {
        check(format!("{name}()"), &function.description);
        function
            .parameters
            .iter()
            .for_each(|p| check(format!("{name}(): {}", p.name), &p.description));
    }
    assert!(
        missing.is_empty(),
        "These need a sentence with a full stop:\n{}",
        missing.join("\n")
    );
}

fn visit(attributes: &[Attribute], above: &Path, check: &mut impl FnMut(&Path, &Attribute)) {
    for attribute in attributes {
        let path = above.attribute(&attribute.name);
        check(&path, attribute);
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            visit(inner, &path, check);
        }
    }
}

/// What our own command prints.
fn printed() -> Value {
    let output = Command::new(BINARY).arg("schema").output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_command_prints_what_terraform_and_opentofu_print() {
    let ours = printed();
    for cli in Cli::every_version().unwrap() {
        let project = Project::new(&cli, &[Provider::mig(BINARY).itself()]).unwrap();
        let required =
            "terraform {\n  required_providers {\n    mig = { source = \"eks-mig/mig\" }\n  }\n}\n";
        project.write("main.tf", required).unwrap();
        project.init().unwrap();
        let output = project
            .run(&["providers", "schema", "-json"])
            .unwrap()
            .success()
            .unwrap();
        let theirs = output.json();
        let program = cli.flavor().program();
        assert_eq!(ours["format_version"], theirs["format_version"], "{program}");
        let address = format!("{}/eks-mig/mig", cli.flavor().registry());
        same_parts(
            &ours["provider_schemas"][provider::cli::ADDRESS],
            &theirs["provider_schemas"][&address],
            program,
        );
    }
}

/// Every part that the other prints is the same in ours. Identities are printed by Terraform 1.12 and OpenTofu 1.12 and
/// later, list resources by Terraform 1.14; each version prints fewer or more parts.
fn same_parts(ours: &Value, theirs: &Value, program: &str) {
    let parts = theirs
        .as_object()
        .unwrap_or_else(|| panic!("{program} printed no schema of ours"));
    for (name, part) in parts {
        let empty = part.as_object().is_some_and(serde_json::Map::is_empty);
        assert!(
            empty || ours[name] == *part,
            "{program} prints another {name}:\n{part:#}\nours:\n{:#}",
            ours[name]
        );
    }
    for name in ["provider", "resource_schemas", "data_source_schemas", "functions"] {
        assert!(parts.contains_key(name), "{program} prints no {name}");
    }
}

#[test]
fn the_command_prints_the_package_for_pulumi() {
    let output = Command::new(BINARY).args(["schema", "pulumi"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        printed,
        provider::pulumi::package::schema_json(schemas()).unwrap()
    );
}

#[test]
fn a_start_by_hand_explains_itself_and_the_command_line() {
    let run = |arguments: &[&str]| {
        let output = Command::new(BINARY)
            .args(arguments)
            .env_remove("TF_PLUGIN_MAGIC_COOKIE")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = run(&[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        err.contains("source = \"eks-mig/mig\"") && err.contains("--help"),
        "{err}"
    );
    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("schema"), "{out}");
    let (code, out, _) = run(&["--version"]);
    assert_eq!(
        (code, out.trim()),
        (
            Some(0),
            concat!("terraform-provider-mig ", env!("CARGO_PKG_VERSION"))
        )
    );
    let (code, out, err) = run(&["shema"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.contains("unrecognized subcommand 'shema'") && err.contains("--help"),
        "{err}"
    );
}
