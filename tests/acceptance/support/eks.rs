//! Managed node groups and Auto Scaling groups as AWS has them, past the provider: a colleague with another tool.

use std::collections::BTreeMap;

use counterparts::EksCluster;
use http::Method;
use serde_json::Value;

use super::{MOTO, REGION, ec2};

/// Makes a cluster to have node groups in; nobody answers at its address.
pub(crate) fn add_cluster(region: &str, name: &str) {
    let cluster = EksCluster {
        name: name.to_owned(),
        region: region.to_owned(),
        endpoint: "https://127.0.0.1:1".to_owned(),
        certificate_authority: "Q0E=".to_owned(),
        version: "1.35".to_owned(),
    };
    MOTO.add_eks_cluster(&cluster).unwrap();
}

/// The node group, if there is one. Looking moves on what is under way.
pub(crate) fn group(cluster: &str, name: &str) -> Option<Value> {
    let path = format!("/clusters/{cluster}/node-groups/{name}");
    let answer = MOTO.eks(Method::GET, REGION, &path, "").unwrap();
    (answer.status == 200).then(|| answer.json()["nodegroup"].clone())
}

/// The names of a cluster's node groups.
pub(crate) fn groups(cluster: &str) -> Vec<String> {
    let path = format!("/clusters/{cluster}/node-groups");
    let answer = MOTO.eks(Method::GET, REGION, &path, "").unwrap();
    let names = answer.json()["nodegroups"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    names
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Calls EKS about a group, or about what is below it; a refusal fails the test.
pub(crate) fn change(cluster: &str, path: &str, body: &Value) {
    let path = format!("/clusters/{cluster}/{path}");
    let answer = MOTO.eks(Method::POST, REGION, &path, &body.to_string()).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
}

/// Calls an action of Auto Scaling; a refusal fails the test.
pub(crate) fn auto_scaling(action: &str, parameters: &[(&str, &str)]) -> String {
    let fixed = [("Action", action), ("Version", "2011-01-01")];
    let answer = MOTO
        .query("autoscaling", REGION, &[&fixed[..], parameters].concat())
        .unwrap();
    assert_eq!(answer.status, 200, "{action}: {}", answer.body);
    answer.body
}

/// The tags of an Auto Scaling group.
pub(crate) fn tags(group: &str) -> BTreeMap<String, String> {
    let filter = [
        ("Filters.member.1.Name", "auto-scaling-group"),
        ("Filters.member.1.Values.member.1", group),
    ];
    let all = auto_scaling("DescribeTags", &filter);
    let (keys, values) = (ec2::texts(&all, "Key"), ec2::texts(&all, "Value"));
    assert_eq!(keys.len(), values.len(), "{all}");
    keys.into_iter().zip(values).collect()
}

/// Takes a tag off an Auto Scaling group.
pub(crate) fn remove_tag(group: &str, key: &str) {
    let tag = [
        ("Tags.member.1.ResourceId", group),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Key", key),
    ];
    auto_scaling("DeleteTags", &tag);
}

/// Gives an Auto Scaling group a tag.
pub(crate) fn set_tag(group: &str, key: &str, value: &str) {
    let tag = [
        ("Tags.member.1.ResourceId", group),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.PropagateAtLaunch", "false"),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
    ];
    auto_scaling("CreateOrUpdateTags", &tag);
}
