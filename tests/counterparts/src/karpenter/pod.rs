//! Pods that ask for devices.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A pod that asks for devices and goes to nodes with certain labels only.
///
/// It is gone at once when it is deleted, and tolerates the taint that keeps pods without GPU off GPU nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pod {
    requests: BTreeMap<String, u64>,
    selector: BTreeMap<String, String>,
}

impl Pod {
    /// A pod that asks for `count` devices of a resource, for example `nvidia.com/mig-1g.10gb`.
    #[must_use]
    pub fn asking(resource: &str, count: u64) -> Self {
        Self {
            requests: BTreeMap::from([(resource.to_owned(), count)]),
            selector: BTreeMap::new(),
        }
    }

    /// The same, on nodes of one NodePool only.
    #[must_use]
    pub fn on_pool(self, pool: &str) -> Self {
        self.on_nodes("karpenter.sh/nodepool", pool)
    }

    /// The same, on nodes with this label only.
    #[must_use]
    pub fn on_nodes(mut self, label: &str, value: &str) -> Self {
        self.selector.insert(label.to_owned(), value.to_owned());
        self
    }

    /// The Pod's manifest.
    #[must_use]
    pub fn manifest(&self, name: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": { "name": name, "labels": { "app": name } },
            "spec": self.spec(),
        })
    }

    /// The manifest of a ReplicaSet of such pods; each has the label `app` with its name.
    #[must_use]
    pub fn replica_set(&self, name: &str, replicas: u32) -> Value {
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": { "name": name },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": { "app": name } },
                "template": { "metadata": { "labels": { "app": name } }, "spec": self.spec() },
            },
        })
    }

    fn spec(&self) -> Value {
        let limits: BTreeMap<&String, String> = self
            .requests
            .iter()
            .map(|(resource, count)| (resource, count.to_string()))
            .collect();
        json!({
            "terminationGracePeriodSeconds": 0,
            "nodeSelector": self.selector,
            "tolerations": [{ "key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule" }],
            "containers": [{
                "name": "work",
                "image": "work",
                "resources": { "limits": limits },
            }],
        })
    }
}
