//! Policies of the guides, against the calls that were made.

use std::collections::{BTreeMap, BTreeSet};

use counterparts::FaultProxy;
use serde_json::Value;

/// The rights of the first policy in a guide.
pub(crate) fn documented(guide: &str) -> BTreeSet<String> {
    let path = format!("{}/docs/guides/{guide}", env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(path).unwrap();
    let (_, rest) = guide.split_once("```json\n").unwrap();
    let policy: Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let mut rights = BTreeSet::new();
    for statement in policy["Statement"].as_array().unwrap() {
        match &statement["Action"] {
            Value::String(one) => drop(rights.insert(one.clone())),
            many => rights.extend(
                many.as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one.as_str().unwrap().to_owned()),
            ),
        }
    }
    rights
}

/// The rights that the calls of a proxy need.
pub(crate) fn needed(proxy: &FaultProxy) -> BTreeSet<String> {
    counted(proxy).into_keys().collect()
}

/// The same, each with the number of its calls.
pub(crate) fn counted(proxy: &FaultProxy) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in proxy.calls() {
        if let Some(service) = call.service.as_deref() {
            *counts
                .entry(format!("{service}:{}", action(&call.action)))
                .or_default() += 1;
        }
    }
    counts
}

/// EKS is asked by method and path.
fn action(asked: &str) -> &str {
    let Some((method, path)) = asked.split_once(' ') else {
        return asked;
    };
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["clusters"]) => "ListClusters",
        ("GET", ["clusters", _]) => "DescribeCluster",
        ("GET", ["clusters", _, "node-groups"]) => "ListNodegroups",
        ("POST", ["clusters", _, "node-groups"]) => "CreateNodegroup",
        ("GET", ["clusters", _, "node-groups", _]) => "DescribeNodegroup",
        ("DELETE", ["clusters", _, "node-groups", _]) => "DeleteNodegroup",
        ("POST", ["clusters", _, "node-groups", _, "update-config"]) => "UpdateNodegroupConfig",
        ("POST", ["clusters", _, "node-groups", _, "update-version"]) => "UpdateNodegroupVersion",
        ("GET", ["clusters", _, "updates", _]) => "DescribeUpdate",
        ("POST", ["tags", ..]) => "TagResource",
        ("DELETE", ["tags", ..]) => "UntagResource",
        _ => panic!("{asked} is no call that is known here"),
    }
}
