//! What the API server itself says of Karpenter's objects, by Karpenter's own definitions.

use counterparts::HttpResponse;
use counterparts::kube::object_path;
use http::Method;
use serde_json::{Value, json};

use super::STACK;
use super::objects::{node_class, node_overlay, node_pool};

/// What the server says to an object, without keeping it.
fn tried(object: &Value) -> HttpResponse {
    let path = format!("{}?dryRun=All&fieldManager=test&force=true", object_path(object));
    let form = "application/apply-patch+yaml";
    STACK
        .kube
        .request(Method::PATCH, &path, form, &object.to_string())
        .unwrap()
}

#[test]
fn right_objects_are_accepted() {
    for object in [node_class("a", "prod", ""), node_pool("a"), node_overlay("a")] {
        let answer = tried(&object);
        assert!([200, 201].contains(&answer.status), "{}", answer.body);
    }
}

#[test]
fn wrong_objects_are_refused_with_the_reason() {
    let mut both = node_class("a", "prod", "");
    both["spec"]["instanceProfile"] = json!("nodes-prod");
    let mut misspelt = node_class("a", "prod", "");
    misspelt["spec"]["userdata"] = json!("");
    let mut days = node_pool("a");
    days["spec"]["template"]["spec"]["expireAfter"] = json!("30d");
    let mut label = node_pool("a");
    label["spec"]["template"]["spec"]["requirements"][0]["key"] = json!("karpenter.k8s.aws/gpu");
    let mut cpu = node_overlay("a");
    cpu["spec"]["capacity"] = json!({ "cpu": "8" });
    for (object, reason) in [
        (both, "must specify exactly one of ['role', 'instanceProfile']"),
        (misspelt, "field not declared in schema"),
        (days, "expireAfter"),
        (label, "restricted"),
        (cpu, "invalid resource restricted"),
    ] {
        let answer = tried(&object);
        // A field that the schema does not know is a 500 under server-side apply.
        assert!(answer.status >= 400, "{}: {}", answer.status, answer.body);
        assert!(answer.body.contains(reason), "{reason}: {}", answer.body);
    }
}
