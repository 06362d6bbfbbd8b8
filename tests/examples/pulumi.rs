//! The programs for Pulumi, by its own engine and our plugin.

use std::fs;

use counterparts::cli::Flavor;
use counterparts::{Language, Plugin, PulumiProject, Stack, node_version, unavailable};

use super::{examples, stack};

const SCHEMA: &str = include_str!("../../schemas/pulumi.json");

/// A copy of an example, with a stack `dev` and the environment of the counterparts.
fn project(stack: &Stack, example: &str) -> PulumiProject {
    let plugin = Plugin::mig(env!("CARGO_BIN_EXE_terraform-provider-mig"));
    let mut project = PulumiProject::new(&[plugin]).unwrap();
    project.set_envs(stack.env());
    for entry in fs::read_dir(examples().join("pulumi").join(example)).unwrap() {
        let path = entry.unwrap().path();
        let mut text = fs::read_to_string(&path).unwrap();
        if path.ends_with("Pulumi.yaml") {
            // Where the plugin is, which users have installed.
            let header = project.header("");
            text += &header[header.find("plugins:").unwrap()..];
        }
        project.write(super::name(&path), &text).unwrap();
    }
    project.init("dev").unwrap();
    project
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
    assert_eq!(project.output("resource").unwrap(), "nvidia.com/mig-1g.10gb");
    project.destroy(&[]).unwrap();
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
