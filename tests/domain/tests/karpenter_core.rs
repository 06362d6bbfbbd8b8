//! Pool and overlays of every instance type that can be cut, given to Karpenter's core with the instance types of our
//! catalog: no cloud, and nodes that kwok makes.
//!
//! Such a node carries what was asked for and nothing else, so that what shares a node is tested with the AWS provider.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

use std::time::Duration;

use counterparts::karpenter::Pod;
use counterparts::{KarpenterCore, KarpenterOptions};
use mig::catalog::InstanceType;
use mig::manifests::karpenter::node_pool::NodeClassRef;
use mig::manifests::karpenter::{NodeOverlay, NodeOverlayOptions, NodePool, NodePoolOptions};
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::{Value, json};

/// For everything that happens by itself, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(300);

/// The types of the catalog that a layout can be made for, by name.
fn types() -> Vec<&'static InstanceType> {
    let all = Catalog::builtin().instance_types();
    let mut cut: Vec<_> = all.filter(|of| resolved(of).is_some()).collect();
    cut.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(cut.len() > 10, "{}", cut.len());
    cut
}

/// A type in the form in which Karpenter's kwok provider reads it. What the catalog does not know of a type is taken to be
/// ample: no pod here asks for it.
fn kwok_type(of: &InstanceType) -> Value {
    let requirement = |key: &str, value: &str| json!({ "key": key, "operator": "In", "values": [value] });
    let arch = if of.architecture.starts_with("arm") {
        "arm64"
    } else {
        "amd64"
    };
    let price = Catalog::builtin().price(&of.name, "us-east-1");
    let price = price.map_or(100.0, |price| price.usd_micros_per_hour.0 as f64 / 1e6);
    json!({
        "name": of.name,
        "architecture": arch,
        "operatingSystems": ["linux"],
        "resources": {
            "cpu": of.vcpu.unwrap_or(96).to_string(),
            "memory": format!("{}Mi", of.memory_mib.unwrap_or(1_000_000)),
            "pods": "110",
            "ephemeral-storage": "200Gi",
            "nvidia.com/gpu": of.gpu.count.to_string(),
        },
        "offerings": [{
            "Price": price,
            "Available": true,
            "Requirements": [
                requirement("karpenter.sh/capacity-type", "on-demand"),
                requirement("topology.kubernetes.io/zone", "us-east-1a"),
            ],
        }],
    })
}

fn kwok_types() -> Value {
    types().into_iter().map(kwok_type).collect()
}

/// The smallest slice, once on each GPU, where the catalog knows where it may lie.
fn resolved(of: &InstanceType) -> Option<Layout> {
    let spec = json!({ "instance_types": [of.name], "slices": { "1g": 1 } });
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).ok()
}

fn layout(of: &InstanceType) -> Layout {
    resolved(of).unwrap()
}

/// What pods ask for, and how many a node has.
fn offer(layout: &Layout, of: &InstanceType) -> (String, u64) {
    let resources = layout.resources(&of.name).unwrap();
    let slices = resources
        .into_iter()
        .find(|(name, _)| name.starts_with("nvidia.com/mig-"));
    slices.unwrap()
}

fn pool_name(of: &InstanceType) -> String {
    of.name.replace('.', "-")
}

/// The product's pool, on nodes of kwok.
fn pool(name: &str, layout: &Layout, weight: Option<i64>) -> Value {
    let options = NodePoolOptions {
        name: name.to_owned(),
        nodeclass: NodeClassRef::named("default"),
        weight,
        ..NodePoolOptions::default()
    };
    let rendered = NodePool::render(layout, &options, Catalog::builtin()).unwrap();
    let mut pool = rendered.objects.into_iter().next().unwrap();
    pool["spec"]["template"]["spec"]["nodeClassRef"] =
        json!({ "group": "karpenter.kwok.sh", "kind": "KWOKNodeClass", "name": "default" });
    pool
}

/// The product's overlays of a pool.
fn overlays(pool: &str, layout: &Layout) -> Vec<Value> {
    let options = NodeOverlayOptions {
        nodepool: pool.to_owned(),
        ..NodeOverlayOptions::default()
    };
    NodeOverlay::render(layout, &options, Catalog::builtin())
        .unwrap()
        .objects
}

fn apply(stack: &KarpenterCore, objects: &[Value]) {
    for object in objects {
        stack.kube.apply_object(object).unwrap();
    }
}

fn pod_path(name: &str) -> String {
    format!("/api/v1/namespaces/default/pods/{name}")
}

fn runs(stack: &KarpenterCore, pod: &str) {
    let running = stack.kube.wait_until(&pod_path(pod), LIMIT, |pod| {
        (pod["status"]["phase"] == "Running")
            .then_some(())
            .ok_or_else(|| format!("{}\n{}", pod["status"], stack.karpenter.last_words()))
    });
    running.unwrap();
}

/// Waits until Karpenter has said that it has no node for a pod.
fn stays_pending(stack: &KarpenterCore, pod: &str) {
    let path = format!("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D{pod}");
    let judged = stack.kube.wait_until(&path, LIMIT, |list| {
        let mut events = list["items"].as_array().into_iter().flatten();
        let by_karpenter = |event: &Value| {
            event["reportingComponent"] == "karpenter" || event["source"]["component"] == "karpenter"
        };
        let found = events.find(|event| event["reason"] == "FailedScheduling" && by_karpenter(event));
        found.map(|_| ()).ok_or_else(|| list.to_string())
    });
    judged.unwrap();
    let found = stack.kube.get(&pod_path(pod)).unwrap().unwrap();
    assert_eq!(found["status"]["phase"], "Pending");
}

/// One stack for all of it: a start takes longer than the tests.
#[test]
fn a_slice_pod_brings_up_a_node_of_each_type_that_can_be_cut() {
    let stack = KarpenterCore::start(&kwok_types(), &KarpenterOptions::default()).unwrap();
    every_type(&stack);
    none_without_an_overlay(&stack);
    the_heavier_pool_is_first(&stack);
}

fn every_type(stack: &KarpenterCore) {
    for of in types() {
        let (name, layout) = (pool_name(of), layout(of));
        apply(stack, &[pool(&name, &layout, None)]);
        apply(stack, &overlays(&name, &layout));
        let (resource, _) = offer(&layout, of);
        apply(stack, &[Pod::asking(&resource, 1).on_pool(&name).manifest(&name)]);
    }
    for of in types() {
        let name = pool_name(of);
        runs(stack, &name);
        let claims = stack.kube.node_claims(&name).unwrap();
        let labels = &claims[0]["metadata"]["labels"];
        assert_eq!(labels["node.kubernetes.io/instance-type"], of.name.as_str());
        // As many slices as a node has, whatever was asked for.
        let (resource, count) = offer(&layout(of), of);
        let too_many = format!("{name}-all");
        let pod = Pod::asking(&resource, count + 1).on_pool(&name);
        apply(stack, &[pod.manifest(&too_many)]);
        stays_pending(stack, &too_many);
        stack.kube.delete(&pod_path(&too_many)).unwrap();
    }
}

fn none_without_an_overlay(stack: &KarpenterCore) {
    let of = types()[0];
    let layout = layout(of);
    let (resource, _) = offer(&layout, of);
    apply(
        stack,
        &[
            pool("bare", &layout, None),
            Pod::asking(&resource, 1).on_pool("bare").manifest("bare"),
        ],
    );
    stays_pending(stack, "bare");
    assert!(stack.kube.node_claims("bare").unwrap().is_empty());
}

fn the_heavier_pool_is_first(stack: &KarpenterCore) {
    let of = types()[0];
    let layout = layout(of);
    let (resource, _) = offer(&layout, of);
    for (name, weight) in [("light", 1), ("heavy", 100)] {
        let mut pool = pool(name, &layout, Some(weight));
        pool["spec"]["template"]["metadata"]["labels"]["example.com/test"] = json!("weight");
        apply(stack, &[pool]);
        apply(stack, &overlays(name, &layout));
    }
    apply(
        stack,
        &[Pod::asking(&resource, 1)
            .on_nodes("example.com/test", "weight")
            .manifest("either")],
    );
    runs(stack, "either");
    assert_eq!(stack.kube.node_claims("heavy").unwrap().len(), 1);
    assert!(stack.kube.node_claims("light").unwrap().is_empty());
}

#[test]
fn with_the_gate_off_no_slice_pod_brings_up_a_node() {
    let stack = KarpenterCore::start(&kwok_types(), &KarpenterOptions { node_overlay: false }).unwrap();
    let of = types()[0];
    let (name, layout) = (pool_name(of), layout(of));
    let (resource, _) = offer(&layout, of);
    apply(&stack, &[pool(&name, &layout, None)]);
    apply(&stack, &overlays(&name, &layout));
    apply(
        &stack,
        &[Pod::asking(&resource, 1).on_pool(&name).manifest("gateless")],
    );
    stays_pending(&stack, "gateless");
    assert!(stack.kube.node_claims(&name).unwrap().is_empty());
}
