//! Karpenter's core alone: instance types from a file, nodes from kwok.

use counterparts::karpenter::Pod;
use counterparts::{KarpenterCore, KarpenterOptions};
use serde_json::{Value, json};

use super::objects::{SLICE, node_overlay, node_pool};
use super::{LIMIT, brings_up_nothing};

fn instance_types() -> Value {
    let requirement = |key: &str, value: &str| json!({ "key": key, "operator": "In", "values": [value] });
    json!([{
        "name": "p5.48xlarge",
        "architecture": "amd64",
        "operatingSystems": ["linux"],
        "resources": {
            "cpu": "192", "memory": "2048Gi", "pods": "110", "ephemeral-storage": "100Gi", "nvidia.com/gpu": "8",
        },
        "offerings": [{
            "Price": 55.04,
            "Available": true,
            "Requirements": [
                requirement("karpenter.sh/capacity-type", "on-demand"),
                requirement("topology.kubernetes.io/zone", "us-east-1a"),
            ],
        }],
    }])
}

fn pool(name: &str) -> Value {
    let mut pool = node_pool(name);
    pool["spec"]["template"]["spec"]["nodeClassRef"] =
        json!({ "group": "karpenter.kwok.sh", "kind": "KWOKNodeClass", "name": "default" });
    pool
}

#[test]
fn the_core_makes_a_node_for_a_slice_pod_and_none_without_an_overlay() {
    let stack = KarpenterCore::start(&instance_types(), &KarpenterOptions::default()).unwrap();
    for object in [
        pool("sliced"),
        pool("whole"),
        node_overlay("sliced"),
        Pod::asking(SLICE, 1).on_pool("sliced").manifest("sliced"),
        Pod::asking(SLICE, 1).on_pool("whole").manifest("whole"),
    ] {
        stack.kube.apply_object(&object).unwrap();
    }
    let running = stack
        .kube
        .wait_until("/api/v1/namespaces/default/pods/sliced", LIMIT, |pod| {
            (pod["status"]["phase"] == "Running")
                .then_some(())
                .ok_or_else(|| format!("{}\n{}", pod["status"], stack.karpenter.last_words()))
        });
    running.unwrap();
    assert_eq!(stack.kube.node_claims("sliced").unwrap().len(), 1);
    brings_up_nothing(&stack.kube, "whole", "whole");
}
