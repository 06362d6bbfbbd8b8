//! The product's point: `terraform apply` of `examples/karpenter`, and a pending pod that asks for a slice gets a node
//! that has it, from a real Karpenter. AWS is moto and the kubelets are kwok's.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use counterparts::eks::{ADMIN, aws_env};
use counterparts::karpenter::Pod;
use counterparts::kube::is_true;
use counterparts::{Cli, KarpenterAws, KarpenterOptions, Project};
use serde_json::Value;

use crate::support::provider;

/// For everything that happens by itself, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(300);

const SLICE: &str = "nvidia.com/mig-1g.10gb";

fn waited<T>(stack: &KarpenterAws, result: counterparts::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}\n{}", stack.karpenter.last_words()))
}

/// The cluster, for one test at a time: each expects that its pods are the only ones.
fn stack() -> MutexGuard<'static, KarpenterAws> {
    static STACK: LazyLock<Mutex<KarpenterAws>> = LazyLock::new(|| {
        let stack = KarpenterAws::start("prod", &KarpenterOptions::default()).unwrap();
        stack.kube.webhook().trust_issuer(&stack.moto.url());
        Mutex::new(stack)
    });
    STACK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An example, initialised, in the environment of an administrator.
fn example(stack: &KarpenterAws, cli: &Cli, name: &str) -> Project {
    let mut project = Project::new(cli, &[provider()]).unwrap();
    project.set_envs(aws_env(&stack.moto.url(), &ADMIN));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("examples").join(name).join("main.tf")).unwrap();
    // The project is elsewhere than the example.
    let modules = root.join("modules");
    let text = text.replace("../../modules", modules.to_str().unwrap());
    project.write("main.tf", &text).unwrap();
    project.init().unwrap();
    project
}

#[test]
fn one_apply_and_a_pending_pod_brings_up_the_node_that_has_its_slice() {
    for cli in Cli::all().unwrap() {
        let stack = stack();
        slice(&stack, &example(&stack, &cli, "karpenter"));
    }
}

fn slice(stack: &KarpenterAws, project: &Project) {
    let applied = project.apply(&[]).unwrap();
    // Karpenter has read the overlay.
    assert!(
        !applied.words().contains("Nothing has read"),
        "{}",
        applied.words()
    );
    assert_eq!(project.try_plan(&[]).unwrap().code, 0);

    let class = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses/mig-small";
    let ready = stack
        .kube
        .wait_until(class, LIMIT, |found| is_true(found, "Ready"));
    waited(stack, ready);
    let ours = project
        .resource("mig_karpenter_nodeclass.slices")
        .unwrap()
        .unwrap();
    let merged = stack.merged_user_data("mig-small").unwrap();
    assert!(merged.contains(&shell_part(&ours)), "{merged}");

    let pods = Pod::asking(SLICE, 1).on_pool("mig-small").replica_set("slice", 1);
    stack.kube.apply_object(&pods).unwrap();
    let claims = waited(stack, stack.kube.launched_claims("mig-small", 1, LIMIT));
    assert_eq!(
        claims[0]["metadata"]["labels"]["node.kubernetes.io/instance-type"],
        "p5.48xlarge"
    );
    join(stack, &claims[0], SLICE, 56);
    runs(stack);
    gone(stack, "slice");
    project.destroy().unwrap();
    assert!(stack.kube.get(class).unwrap().is_none());
}

#[test]
fn a_pod_gets_a_node_of_the_preferred_layout() {
    let all = Cli::all().unwrap();
    let stack = stack();
    // One of them suffices: what each makes of the module is what `tests/examples` compares.
    let project = example(&stack, all.last().unwrap(), "karpenter-fallback");
    project.apply(&[]).unwrap();
    assert_eq!(project.try_plan(&[]).unwrap().code, 0);
    let weights = project.output("weights").unwrap();
    let weights: BTreeMap<i64, String> = weights
        .as_object()
        .unwrap()
        .iter()
        .map(|(pool, weight)| (weight.as_i64().unwrap(), pool.clone()))
        .collect();
    assert_eq!(weights.keys().copied().collect::<Vec<_>>(), [98, 99, 100]);
    for pool in weights.values() {
        let path = format!("/apis/karpenter.sh/v1/nodepools/{pool}");
        let ready = stack
            .kube
            .wait_until(&path, LIMIT, |found| is_true(found, "Ready"));
        waited(&stack, ready);
    }

    stack
        .kube
        .apply_object(&Pod::asking("nvidia.com/gpu", 1).replica_set("any", 1))
        .unwrap();
    let claims = waited(&stack, stack.kube.launched_claims(&weights[&100], 1, LIMIT));
    for other in [98, 99] {
        assert!(stack.kube.node_claims(&weights[&other]).unwrap().is_empty());
    }
    join(&stack, &claims[0], "nvidia.com/gpu", 56);
    runs(&stack);
    gone(&stack, "any");
    project.destroy().unwrap();
}

/// Lets the node of a claim join with what it was cut into.
fn join(stack: &KarpenterAws, claim: &Value, resource: &str, count: u64) {
    let devices = BTreeMap::from([(resource.to_owned(), count)]);
    stack.kube.join(claim, &devices).unwrap();
}

/// Waits until the test's pod runs.
fn runs(stack: &KarpenterAws) {
    let running = stack
        .kube
        .wait_until("/api/v1/namespaces/default/pods", LIMIT, |list| {
            let phases: Vec<&Value> = list["items"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|pod| &pod["status"]["phase"])
                .collect();
            (phases == ["Running"])
                .then_some(())
                .ok_or_else(|| format!("{phases:?}"))
        });
    waited(stack, running);
}

/// Deletes a ReplicaSet and waits until its pods are gone.
fn gone(stack: &KarpenterAws, name: &str) {
    stack
        .kube
        .delete(&format!("/apis/apps/v1/namespaces/default/replicasets/{name}"))
        .unwrap();
    let gone = stack
        .kube
        .wait_until("/api/v1/namespaces/default/pods", LIMIT, |list| {
            let left = list["items"].as_array().map_or(0, Vec::len);
            (left == 0).then_some(()).ok_or_else(|| format!("{left} pods"))
        });
    waited(stack, gone);
}

/// The text of our own part of the user data, which Karpenter hands on as it is.
fn shell_part(class: &Value) -> String {
    let text = class["user_data"].as_str().unwrap();
    let script = text.find("#!/bin/bash").unwrap();
    let end = text.rfind("\n--").unwrap();
    text[script..end].to_owned()
}
