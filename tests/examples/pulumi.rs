//! The programs for Pulumi, by its own engine and our plugin.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use counterparts::cli::Flavor;
use counterparts::{Language, PulumiProject, Stack, node_version, unavailable};

use super::{examples, stack};

const SCHEMA: &str = include_str!("../../schemas/pulumi.json");

const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-mig");

/// A copy of an example, with a stack `dev`, the environment of the counterparts, and the plugin as users have it.
fn project(stack: &Stack, example: &str) -> PulumiProject {
    let mut project = PulumiProject::new(&[]).unwrap();
    install(project.dir().parent().unwrap());
    project.set_envs(stack.env());
    for entry in fs::read_dir(examples().join("pulumi").join(example)).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        project.write(super::name(&path), &text).unwrap();
    }
    project.init("dev").unwrap();
    project
}

/// Runs `make install` for somebody who has a home in this folder; what is installed is the binary under test.
fn install(work: &Path) {
    let release = work.join("target/release");
    fs::create_dir_all(&release).unwrap();
    symlink(BINARY, release.join("terraform-provider-mig")).unwrap();
    let tools = work.join("tools");
    fs::create_dir_all(&tools).unwrap();
    let cargo = tools.join("cargo");
    fs::write(&cargo, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut script = Command::new(examples().join("../scripts/install.sh"));
    script.env("PATH", format!("{}:{path}", tools.display()));
    script.env("HOME", work.join("home")).env_remove("XDG_DATA_HOME");
    script.env("PULUMI_HOME", work.join("pulumi"));
    script.env("CARGO_TARGET_DIR", work.join("target"));
    let output = script.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    let hint = concat!("pulumi package add mig@", env!("CARGO_PKG_VERSION"));
    assert!(said.contains(hint), "{said}");
    let share = work.join("home/.local/share");
    for file in [
        "man/man1/mig-drift.1",
        "bash-completion/completions/mig",
        "fish/vendor_completions.d/mig.fish",
    ] {
        assert!(share.join(file).exists(), "{file}: {said}");
    }
}

/// Previews that just these are made, makes them, and sees that nothing is left to do.
fn make(project: &PulumiProject, names: &[&str]) {
    let preview = project.preview(&[]).unwrap();
    let mut made: Vec<_> = preview
        .changes()
        .iter()
        .map(|step| format!("{} {}", step.op, step.name))
        .collect();
    made.sort();
    let expected: Vec<_> = names.iter().map(|name| format!("create {name}")).collect();
    assert_eq!(made, expected);
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
}

#[test]
fn karpenter_in_yaml() {
    let stack = stack(Flavor::OpenTofu);
    let project = project(&stack, "yaml");
    make(&project, &["class", "overlay", "plugin", "pool"]);
    let checked = project.run(&["schema", "check", &plugin()]).unwrap();
    assert!(
        checked.succeeded() && checked.stdout.is_empty(),
        "{}",
        checked.words()
    );
    assert_eq!(project.output("resource").unwrap(), "nvidia.com/mig-1g.10gb");
    project.destroy(&[]).unwrap();
}

/// Where the plugin is, seen from the program.
fn plugin() -> String {
    let folder = concat!("../pulumi/plugins/resource-mig-v", env!("CARGO_PKG_VERSION"));
    format!("{folder}/pulumi-resource-mig")
}

/// A node group in a language with an SDK.
fn node_group(language: Language, example: &str) {
    let stack = stack(Flavor::OpenTofu);
    let mut project = project(&stack, example);
    project.use_language(language, &[SCHEMA]).unwrap();
    let role = "arn:aws:iam::123456789012:role/nodes";
    project.set_config("nodeRoleArn", role, &[]).unwrap();
    let subnets = stack.moto.default_subnets("us-east-1").unwrap();
    let subnets = serde_json::to_string(&subnets).unwrap();
    project.set_config("subnetIds", &subnets, &[]).unwrap();
    make(&project, &["group", "plugin", "template"]);
    let per_node = project.output("slicesPerNode").unwrap();
    assert_eq!(per_node["nvidia.com/mig-1g.10gb"], 56);
    project.destroy(&[]).unwrap();
}

#[test]
fn a_node_group_in_typescript() {
    if let Err(error) = node_version() {
        unavailable("pulumi SDK for Node.js", &error.to_string());
        return;
    }
    node_group(Language::NodeJs, "typescript");
}

#[test]
fn a_node_group_in_python() {
    node_group(Language::Python, "python");
}

#[test]
fn a_node_group_in_go() {
    node_group(Language::Go, "go");
}
