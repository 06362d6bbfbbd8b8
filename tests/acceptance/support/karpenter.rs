//! Karpenter's definitions in the cluster of this test process, and its objects past the provider. Karpenter itself does
//! not run there: tests say what it would.

use std::sync::LazyLock;

use counterparts::karpenter::{Flavor, karpenter_crds};
use http::Method;
use serde_json::{Value, json};

use super::kube::KUBE;

static DEFINITIONS: LazyLock<()> = LazyLock::new(|| {
    KUBE.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
});

/// Sees to it that the cluster knows Karpenter's kinds.
pub(crate) fn know_karpenter() {
    LazyLock::force(&DEFINITIONS);
}

/// Where an object is: `at("NodePool", "a")`.
pub(crate) fn at(kind: &str, name: &str) -> String {
    let collection = match kind {
        "EC2NodeClass" => "karpenter.k8s.aws/v1/ec2nodeclasses",
        "NodePool" => "karpenter.sh/v1/nodepools",
        "NodeClaim" => "karpenter.sh/v1/nodeclaims",
        "NodeOverlay" => "karpenter.sh/v1alpha1/nodeoverlays",
        other => panic!("{other} is not used here"),
    };
    format!("/apis/{collection}/{name}")
}

/// An object as it is, if it is there.
pub(crate) fn live(kind: &str, name: &str) -> Option<Value> {
    KUBE.get(&at(kind, name)).unwrap()
}

/// Changes an object as `kubectl edit` does.
pub(crate) fn edit(kind: &str, name: &str, patch: &Value) {
    let path = format!("{}?fieldManager=kubectl-edit", at(kind, name));
    let answer = KUBE
        .request(
            Method::PATCH,
            &path,
            "application/merge-patch+json",
            &patch.to_string(),
        )
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Says of an object what Karpenter would: a condition, for the present generation.
pub(crate) fn set_condition(kind: &str, name: &str, condition: &str, status: &str, message: &str) {
    let generation = live(kind, name).unwrap()["metadata"]["generation"].clone();
    let condition = json!({
        "type": condition, "status": status, "reason": "Said", "message": message, "observedGeneration": generation,
        "lastTransitionTime": "2026-11-24T00:00:00Z",
    });
    let patch = json!({"status": {"conditions": [condition]}}).to_string();
    let path = format!("{}/status", at(kind, name));
    let answer = KUBE
        .request(Method::PATCH, &path, "application/merge-patch+json", &patch)
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A NodeClaim, as a node of this pool and class has one that was launched for a slice.
pub(crate) fn make_claim(name: &str, pool: &str) {
    let claim = json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodeClaim",
        "metadata": {"name": name, "labels": {
            "karpenter.sh/nodepool": pool, "karpenter.k8s.aws/ec2nodeclass": pool,
        }},
        "spec": {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": pool},
            "requirements": [],
            "resources": {"requests": {"cpu": "1", "nvidia.com/mig-1g.10gb": "1"}},
        },
    });
    KUBE.create("/apis/karpenter.sh/v1/nodeclaims", &claim).unwrap();
}
