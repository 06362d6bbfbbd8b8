//! NodeClaims, and the nodes that kubelets register for them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::kube::{KWOK_ANNOTATION, KubeApiServer};

impl KubeApiServer {
    /// The NodeClaims of a NodePool.
    ///
    /// # Errors
    /// The API server does not answer, or Karpenter's definitions are not there.
    pub fn node_claims(&self, pool: &str) -> Result<Vec<Value>> {
        let path = node_claims_path(pool);
        let list = self.get(&path)?.unwrap_or_default();
        list["items"].as_array().cloned().ok_or_else(|| Error::Answer {
            request: format!("GET {path}"),
            fact: format!("no list: {list}"),
        })
    }

    /// Waits until a NodePool has exactly so many NodeClaims and each has an instance; gives them by age.
    ///
    /// # Errors
    /// After `limit`.
    pub fn launched_claims(&self, pool: &str, count: usize, limit: Duration) -> Result<Vec<Value>> {
        self.wait_until(&node_claims_path(pool), limit, |list| {
            let mut claims = list["items"].as_array().cloned().unwrap_or_default();
            let launched = claims
                .iter()
                .filter(|claim| claim["status"]["providerID"].is_string())
                .count();
            if (claims.len(), launched) != (count, count) {
                return Err(format!(
                    "{} NodeClaims, {launched} of them launched, not {count}",
                    claims.len()
                ));
            }
            claims.sort_by_key(|claim| claim["metadata"]["creationTimestamp"].to_string());
            Ok(claims)
        })
    }

    /// Registers the node of a launched NodeClaim as its kubelet and the device plugin would, and gives the Node's name.
    ///
    /// `devices` is what the device plugin tells, whatever Karpenter expects: a node may be cut, uncut or cut wrongly.
    /// kwok then keeps the node Ready.
    ///
    /// # Errors
    /// The NodeClaim is not launched, or the API server refuses the node.
    pub fn join(&self, claim: &Value, devices: &BTreeMap<String, u64>) -> Result<String> {
        let node = node_of(claim, devices)?;
        let made = self.create("/api/v1/nodes", &node)?;
        Ok(made["metadata"]["name"].as_str().unwrap_or_default().to_owned())
    }
}

fn node_claims_path(pool: &str) -> String {
    format!("/apis/karpenter.sh/v1/nodeclaims?labelSelector=karpenter.sh%2Fnodepool%3D{pool}")
}

/// The Node of a NodeClaim: labels and taints as the user data hands them to kubelet, resources but devices as
/// Karpenter computed them for the instance type.
fn node_of(claim: &Value, devices: &BTreeMap<String, u64>) -> Result<Value> {
    let name = claim["metadata"]["name"].as_str().unwrap_or_default();
    let provider = claim["status"]["providerID"]
        .as_str()
        .ok_or_else(|| Error::Answer {
            request: format!("join a node for NodeClaim {name:?}"),
            fact: "it has no providerID, so no instance was launched".to_owned(),
        })?;
    let mut labels = claim["metadata"]["labels"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    labels.insert("kubernetes.io/hostname".to_owned(), name.into());
    labels.insert("kubernetes.io/os".to_owned(), "linux".into());
    let mut taints = vec![json!({ "key": "karpenter.sh/unregistered", "effect": "NoExecute" })];
    for list in ["taints", "startupTaints"] {
        taints.extend(claim["spec"][list].as_array().into_iter().flatten().cloned());
    }
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": { KWOK_ANNOTATION.0: KWOK_ANNOTATION.1 },
        },
        "spec": { "providerID": provider, "taints": taints },
        "status": {
            "capacity": resources(&claim["status"]["capacity"], devices),
            "allocatable": resources(&claim["status"]["allocatable"], devices),
        },
    }))
}

/// Extended resources have a domain in their name; all others are the machine's own.
fn resources(computed: &Value, devices: &BTreeMap<String, u64>) -> Map<String, Value> {
    let own = computed.as_object().into_iter().flatten();
    let own = own
        .filter(|(name, _)| !name.contains('/'))
        .map(|(name, amount)| (name.clone(), amount.clone()));
    let devices = devices
        .iter()
        .map(|(name, count)| (name.clone(), count.to_string().into()));
    own.chain(devices).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_shows_the_devices_that_it_has_and_not_those_that_karpenter_expects() {
        let claim = json!({
            "metadata": { "name": "mig-x", "labels": { "karpenter.sh/nodepool": "mig" } },
            "spec": { "taints": [{ "key": "nvidia.com/gpu", "effect": "NoSchedule" }] },
            "status": {
                "providerID": "aws:///us-east-1a/i-1",
                "capacity": { "cpu": "192", "nvidia.com/mig-1g.10gb": "56" },
                "allocatable": { "cpu": "191", "nvidia.com/mig-1g.10gb": "56" },
            },
        });
        let devices = BTreeMap::from([("nvidia.com/gpu".to_owned(), 8)]);
        let node = node_of(&claim, &devices).unwrap();
        assert_eq!(
            node["status"]["allocatable"],
            json!({ "cpu": "191", "nvidia.com/gpu": "8" })
        );
        assert_eq!(node["spec"]["taints"][1]["key"], "nvidia.com/gpu");
        assert_eq!(node["metadata"]["labels"]["karpenter.sh/nodepool"], "mig");
    }

    #[test]
    fn a_claim_without_an_instance_has_no_node() {
        let error = node_of(&json!({ "metadata": { "name": "mig-x" } }), &BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("no providerID"), "{error}");
    }
}
