//! Hand-written objects for these tests.

use serde_json::{Value, json};

/// The resource of the slices here: seven on each H100.
pub(crate) const SLICE: &str = "nvidia.com/mig-1g.10gb";

/// A node class of a cluster whose parts carry the discovery tag.
pub(crate) fn node_class(name: &str, cluster: &str, user_data: &str) -> Value {
    let discovery = json!([{ "tags": { "karpenter.sh/discovery": cluster } }]);
    json!({
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": { "name": name },
        "spec": {
            "role": format!("KarpenterNodeRole-{cluster}"),
            "amiSelectorTerms": [{ "alias": "al2023@v20261003" }],
            "subnetSelectorTerms": discovery,
            "securityGroupSelectorTerms": discovery,
            "userData": user_data,
        },
    })
}

/// A pool of p5.48xlarge nodes of the node class with the same name.
pub(crate) fn node_pool(name: &str) -> Value {
    json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": { "name": name },
        "spec": {
            "template": { "spec": {
                "nodeClassRef": { "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name },
                "requirements": [
                    { "key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p5.48xlarge"] },
                    { "key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"] },
                ],
                "taints": [{ "key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule" }],
                "expireAfter": "Never",
            } },
            "disruption": { "consolidationPolicy": "WhenEmpty", "consolidateAfter": "Never" },
        },
    })
}

/// An overlay that gives a pool's nodes 56 slices and hides their whole GPUs.
pub(crate) fn node_overlay(pool: &str) -> Value {
    json!({
        "apiVersion": "karpenter.sh/v1alpha1",
        "kind": "NodeOverlay",
        "metadata": { "name": pool },
        "spec": {
            "requirements": [{ "key": "karpenter.sh/nodepool", "operator": "In", "values": [pool] }],
            "capacity": { SLICE: "56", "nvidia.com/gpu": "0" },
            "weight": 10,
        },
    })
}

/// User data of two parts, the NodeConfig without anything of the cluster.
pub(crate) fn user_data(command: &str) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"OURS\"\n\n\
         --OURS\nContent-Type: application/node.eks.aws\n\n\
         apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {{}}\n\n\
         --OURS\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n\
         #!/bin/bash\n{command}\n\n--OURS--\n"
    )
}
