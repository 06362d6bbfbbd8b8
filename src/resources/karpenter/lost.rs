//! Resources that running pods ask for and a changed layout no longer has.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use tfplug::{Diagnostic, Path};

use crate::resources::manifests::remote::first_of;

/// What the names of all resources of GPUs begin with.
const OF_GPUS: &str = "nvidia.com/";

/// Names of NodeClaims in a message.
const SHOWN: usize = 3;

/// A NodeClaim with what the pods that it was launched for ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Claim {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
struct Spec {
    #[serde(default)]
    resources: Resources,
}

#[derive(Debug, Default, Deserialize)]
struct Resources {
    #[serde(default)]
    requests: BTreeMap<String, IgnoredAny>,
}

/// Warns of resources that NodeClaims were launched for and nodes of the new layout do not have.
pub(super) fn lost(claims: &[Claim], offered: &BTreeSet<String>) -> Option<Diagnostic> {
    let mut lost: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for claim in claims {
        let asked = claim.spec.resources.requests.keys();
        for resource in asked.filter(|name| name.starts_with(OF_GPUS) && !offered.contains(*name)) {
            lost.entry(resource).or_default().insert(&claim.metadata.name);
        }
    }
    if lost.is_empty() {
        return None;
    }
    let lines: Vec<_> = lost
        .iter()
        .map(|(resource, claims)| {
            format!(
                "{resource}: NodeClaims launched for it: {}.",
                first_of(claims, SHOWN)
            )
        })
        .collect();
    let detail = format!(
        "{}\n\nPods that still ask for it stay pending after the change. Until Karpenter has read the new overlay, it may also \
         launch a node for them. Such a node never gets the resource: Karpenter does not initialise it, does not remove it, and it is \
         billed. Scale these pods to zero first, or move them to another pool.",
        lines.join("\n")
    );
    let summary = "Pods ask for what the new layout does not have";
    Some(Diagnostic::warning(summary, detail).at(Path::attr("layout")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claim(name: &str, requests: &serde_json::Value) -> Claim {
        let claim = json!({"metadata": {"name": name}, "spec": {"resources": {"requests": requests}}});
        serde_json::from_value(claim).unwrap()
    }

    fn offered(resources: &[&str]) -> BTreeSet<String> {
        resources.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_the_new_layout_has_is_no_loss() {
        let claims = [
            claim("a", &json!({"cpu": "1", "nvidia.com/mig-1g.10gb": "1"})),
            claim("b", &json!({"cpu": "1", "vpc.amazonaws.com/efa": "1"})),
            serde_json::from_value(json!({"metadata": {"name": "static"}})).unwrap(),
        ];
        assert!(lost(&claims, &offered(&["nvidia.com/mig-1g.10gb"])).is_none());
        assert!(lost(&[], &offered(&[])).is_none());
    }

    #[test]
    fn each_lost_resource_is_named_with_its_claims() {
        let claims: Vec<_> = ["d", "c", "b", "a"]
            .iter()
            .map(|name| claim(name, &json!({"nvidia.com/mig-1g.10gb": "1"})))
            .chain([claim("whole", &json!({"nvidia.com/gpu": "1"}))])
            .collect();
        let warning = lost(&claims, &offered(&["nvidia.com/mig-3g.40gb"])).unwrap();
        assert_eq!(warning.path, Path::attr("layout"));
        let lines: Vec<&str> = warning.detail.lines().take(2).collect();
        assert_eq!(
            lines,
            [
                "nvidia.com/gpu: NodeClaims launched for it: whole.",
                "nvidia.com/mig-1g.10gb: NodeClaims launched for it: a, b, c and 1 more.",
            ]
        );
    }
}
