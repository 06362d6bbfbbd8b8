//! The product's point: `terraform apply` of `examples/karpenter`, and a pending pod that asks for a slice gets a node
//! that has it, from a real Karpenter. AWS is moto and the kubelets are kwok's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use counterparts::cli::Flavor;
use counterparts::eks::{ADMIN, aws_env};
use counterparts::karpenter::Pod;
use counterparts::kube::is_true;
use counterparts::{Cli, KarpenterAws, KarpenterOptions, Project, Provider};
use serde_json::Value;

/// For everything that happens by itself, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(300);

const SLICE: &str = "nvidia.com/mig-1g.10gb";

fn waited<T>(stack: &KarpenterAws, result: counterparts::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}\n{}", stack.karpenter.last_words()))
}

/// The example, initialised, in the environment of an administrator.
fn example(stack: &KarpenterAws) -> Project {
    let clis = Cli::all().unwrap();
    let terraform = clis.iter().find(|cli| cli.flavor() == Flavor::Terraform).unwrap();
    let provider = Provider::mig(env!("CARGO_BIN_EXE_terraform-provider-mig"));
    let mut project = Project::new(terraform, &[provider]).unwrap();
    project.set_envs(aws_env(&stack.moto.url(), &ADMIN));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/karpenter/main.tf");
    project
        .write("main.tf", &std::fs::read_to_string(file).unwrap())
        .unwrap();
    project.init().unwrap();
    project
}

#[test]
fn one_apply_and_a_pending_pod_brings_up_the_node_that_has_its_slice() {
    let stack = KarpenterAws::start("prod", &KarpenterOptions::default()).unwrap();
    stack.kube.webhook().trust_issuer(&stack.moto.url());
    let project = example(&stack);
    let applied = project.apply(&[]).unwrap();
    // Karpenter has read the overlay.
    assert!(
        !applied.words().contains("Nothing has read"),
        "{}",
        applied.words()
    );
    assert!(project.plan(&[]).unwrap().is_empty());

    let class = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses/mig-small";
    let ready = stack
        .kube
        .wait_until(class, LIMIT, |found| is_true(found, "Ready"));
    waited(&stack, ready);
    let ours = project
        .resource("mig_karpenter_nodeclass.slices")
        .unwrap()
        .unwrap();
    let merged = stack.merged_user_data("mig-small").unwrap();
    assert!(merged.contains(&shell_part(&ours)), "{merged}");

    let pods = Pod::asking(SLICE, 1).on_pool("mig-small").replica_set("slice", 1);
    stack.kube.apply_object(&pods).unwrap();
    let claims = waited(&stack, stack.kube.launched_claims("mig-small", 1, LIMIT));
    let instances = stack.ec2(&[("Action", "DescribeInstances")]).unwrap();
    assert_eq!(instances.elements("instanceType"), ["p5.48xlarge"]);
    let devices = BTreeMap::from([(SLICE.to_owned(), 56)]);
    stack.kube.join(&claims[0], &devices).unwrap();
    let running = stack
        .kube
        .wait_until("/api/v1/namespaces/default/pods", LIMIT, |list| {
            let phase = &list["items"][0]["status"]["phase"];
            (phase == "Running")
                .then_some(())
                .ok_or_else(|| phase.to_string())
        });
    waited(&stack, running);

    stack
        .kube
        .delete("/apis/apps/v1/namespaces/default/replicasets/slice")
        .unwrap();
    project.destroy().unwrap();
    assert!(stack.kube.get(class).unwrap().is_none());
}

/// The text of our own part of the user data, which Karpenter hands on as it is.
fn shell_part(class: &Value) -> String {
    let text = class["user_data"].as_str().unwrap();
    let script = text.find("#!/bin/bash").unwrap();
    let end = text.rfind("\n--").unwrap();
    text[script..end].to_owned()
}
