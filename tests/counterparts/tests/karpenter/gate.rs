//! With the feature gate off, an overlay is an object that nobody reads.

use counterparts::karpenter::Pod;
use counterparts::kube::object_path;
use counterparts::{KarpenterAws, KarpenterOptions};
use serde_json::Value;

use super::brings_up_nothing;
use super::objects::{SLICE, node_class, node_overlay, node_pool, user_data};

#[test]
fn with_the_gate_off_an_overlay_gets_no_status_and_brings_up_nothing() {
    let stack = KarpenterAws::start("gateless", &KarpenterOptions { node_overlay: false }).unwrap();
    let overlay = node_overlay("gateless");
    for object in [
        node_class("gateless", "gateless", &user_data("true")),
        node_pool("gateless"),
        overlay.clone(),
        Pod::asking(SLICE, 1).on_pool("gateless").manifest("gateless"),
    ] {
        stack.kube.apply_object(&object).unwrap();
    }
    brings_up_nothing(&stack.kube, "gateless", "gateless");
    let found = stack.kube.get(&object_path(&overlay)).unwrap().unwrap();
    assert_eq!(found["status"], Value::Null);
}
