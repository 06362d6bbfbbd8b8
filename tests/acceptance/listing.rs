//! Objects that exist: as import blocks by `mig list`, and as Terraform finds them.

mod query;
mod whole;

use std::process::{Command, Output};

use counterparts::Cli;
use counterparts::cli::Flavor;
use counterparts::eks::{ADMIN, aws_env};
use http::Method;
use serde_json::{Value, json};

use crate::karpenter::{Wish, configuration};
use crate::support::karpenter::know_karpenter;
use crate::support::kube::CLUSTER;
use crate::support::{Ground, MOTO, REGION, assert_says, ec2, eks, with_a_cli};

/// A region of this test and program alone, so that nothing else is in it.
fn region(cli: &Cli) -> &'static str {
    match cli.flavor() {
        Flavor::Terraform => "ap-southeast-3",
        Flavor::OpenTofu => "ap-southeast-4",
    }
}

/// Runs the command past Terraform.
fn list(ground: &Ground, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-mig"));
    command.arg("list").args(arguments);
    command.env_remove("TF_PLUGIN_MAGIC_COOKIE");
    command.envs(aws_env(&ground.proxy.url(), &ADMIN));
    command.output().unwrap()
}

/// What it prints; it succeeds.
fn listed(ground: &Ground, arguments: &[&str]) -> String {
    let output = list(ground, arguments);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Address and ID of each block.
fn pairs(ground: &Ground, arguments: &[&str]) -> Vec<(String, String)> {
    let text = listed(ground, &[arguments, &["--format", "json"]].concat());
    let found: Value = serde_json::from_str(&text).unwrap();
    let part = |block: &Value, name: &str| block[name].as_str().unwrap().to_owned();
    let blocks = found["import"].as_array().unwrap();
    blocks
        .iter()
        .map(|block| (part(block, "to"), part(block, "id")))
        .collect()
}

/// Two templates and a group of ours.
fn groups(here: &str, name: &str) -> String {
    let subnets = serde_json::to_string(&MOTO.default_subnets(here).unwrap()).unwrap();
    format!(
        r#"
provider "mig" {{
  region = "{here}"
}}

locals {{
  layout = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
}}

resource "mig_launch_template" "this" {{
  for_each = toset(["{name}", "2nd.{name}"])
  name     = each.key
  layout   = local.layout
}}

resource "mig_node_group" "this" {{
  cluster_name    = "{name}"
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = {subnets}
  launch_template = mig_launch_template.this["{name}"]
  scaling_config  = {{ min_size = 0, max_size = 3 }}
}}
"#
    )
}

/// What others have made: a template, and a group of the cluster.
fn make_others(here: &str, name: &str) {
    let template = [
        ("LaunchTemplateName", "web"),
        ("LaunchTemplateData.InstanceType", "m7i.large"),
    ];
    ec2::call(here, "CreateLaunchTemplate", &template);
    let group = json!({
        "nodegroupName": "web",
        "nodeRole": "arn:aws:iam::123456789012:role/nodes",
        "subnets": MOTO.default_subnets(here).unwrap(),
    });
    let path = format!("/clusters/{name}/node-groups");
    let answer = MOTO.eks(Method::POST, here, &path, &group.to_string()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The blocks import three objects, and there is nothing else to do.
fn assert_imports(cli: &Cli, owner: &Ground, here: &str) {
    let other = Ground::new(cli, "listing-here");
    // Terraform 1.16.0 to 1.16.2 look for another provider without its name.
    other.write(&listed(owner, &["--region", here, "--provider", "mig"]));
    other.project.init().unwrap();
    let generated = other
        .project
        .try_plan(&["-generate-config-out=generated.tf"])
        .unwrap();
    let all = "3 to import, 0 to add, 0 to change, 0 to destroy";
    assert_says(&generated.words(), &[all]);
    other.write(&listed(owner, &["--region", here]));
    assert_says(&other.plan_words(), &[all]);
    other.settle();
}

#[test]
fn what_is_listed_is_imported_and_nothing_else() {
    with_a_cli(|cli| {
        let here = region(cli);
        let owner = Ground::with(cli, "listing", |name| {
            eks::add_cluster(here, name);
            groups(here, name)
        });
        assert_eq!(listed(&owner, &["--region", here]), "", "nothing is there yet");
        owner.apply();
        make_others(here, &owner.name);
        let found = pairs(&owner, &["--region", here]);
        let label = owner.name.replace('-', "_");
        let addresses: Vec<_> = found.iter().map(|(to, _)| to.as_str()).collect();
        let expected = [
            format!("mig_launch_template._2nd_{label}"),
            format!("mig_launch_template.{label}"),
            format!("mig_node_group.{label}"),
        ];
        assert_eq!(addresses, expected);
        assert_eq!(found[2].1, format!("{0}:{0}@{here}", owner.name));
        assert_eq!(pairs(&owner, &["--region", here, "--all"]).len(), 5);

        assert_imports(cli, &owner, here);
        let failed = list(&owner, &["node-groups", "--cluster", "none", "--region", here]);
        assert_eq!((failed.status.code(), failed.stdout.len()), (Some(1), 0));
        assert_says(
            &String::from_utf8(failed.stderr).unwrap(),
            &["The node groups cannot be listed", "none"],
        );
    });
}

#[test]
fn karpenters_objects_are_listed_by_cluster() {
    know_karpenter();
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "listed", |name| configuration(name, &Wish::default()));
        ground.apply();
        let place = format!("{CLUSTER}@{REGION}");
        let kinds = ["nodeclasses", "nodepools", "nodeoverlays"];
        let mut found = pairs(&ground, &[&kinds[..], &["--cluster", &place]].concat());
        // Other tests have objects in the cluster, too.
        let id = format!("{place}/{}", ground.name);
        found.retain(|(_, of)| *of == id);
        let name = ground.name.replace('-', "_");
        let types = ["nodeclass", "nodepool", "nodeoverlay"];
        let expected = types.map(|kind| (format!("mig_karpenter_{kind}.{name}"), id.clone()));
        assert_eq!(found, expected);
        let other = Ground::new(cli, "listed-here");
        let found: Vec<_> = found.iter().map(|(to, id)| (to.as_str(), id.as_str())).collect();
        other.settle_generated(&found);
    });
}
