//! What the Cluster Autoscaler makes of a group's tags, labels and taints: how it is told of a node that is not there yet, and
//! whether it then buys one for a pod. A small model of version 1.36.1 on AWS, as the real one was seen to behave, written
//! without the code under test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Texts = BTreeMap<String, String>;

const PREFIX: &str = "k8s.io/cluster-autoscaler/node-template/";
const EFFECTS: [(&str, &str); 3] = [
    ("NO_SCHEDULE", "NoSchedule"),
    ("NO_EXECUTE", "NoExecute"),
    ("PREFER_NO_SCHEDULE", "PreferNoSchedule"),
];

/// Key, value and effect in Kubernetes' words.
pub(crate) type NodeTaint = (String, String, String);

/// A managed node group, as EKS describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeGroup {
    pub(crate) labels: Texts,
    /// Key, value and effect in EKS' words.
    pub(crate) taints: Vec<(String, Option<String>, String)>,
    pub(crate) tags: Texts,
}

/// All that the autoscaler learns of a group without nodes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    /// EC2's figure for the instance type.
    pub(crate) physical_gpus: u64,
    /// Tags of the Auto Scaling group.
    pub(crate) tags: Texts,
    /// None for a self-managed group, and where the autoscaler may not call DescribeNodegroup.
    pub(crate) node_group: Option<NodeGroup>,
}

/// The node that the autoscaler expects of a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Template {
    pub(crate) resources: BTreeMap<String, f64>,
    pub(crate) labels: Texts,
    pub(crate) taints: BTreeSet<NodeTaint>,
}

/// A pod that waits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pod {
    pub(crate) requests: BTreeMap<String, f64>,
    pub(crate) selector: Texts,
    /// Keys that it tolerates, whatever value and effect.
    pub(crate) tolerates: BTreeSet<String>,
}

/// The node that it expects of a group; none where it does not look at the group at all.
pub(crate) fn template(group: &Group, cluster: &str) -> Option<Template> {
    let pair = ["enabled", cluster].map(|name| format!("k8s.io/cluster-autoscaler/{name}"));
    if !pair.iter().all(|tag| group.tags.contains_key(tag)) {
        return None;
    }
    let mut node = Template::default();
    node.resources
        .insert("nvidia.com/gpu".into(), group.physical_gpus as f64);
    node.resources.extend(resources(&group.tags));
    node.labels = named(&group.tags, "label/")
        .map(|(key, value)| (key.into(), value.into()))
        .collect();
    node.taints = named(&group.tags, "taint/").filter_map(taint).collect();
    let Some(described) = &group.node_group else {
        return Some(node);
    };
    node.resources.extend(resources(&described.tags));
    node.labels.extend(described.labels.clone());
    for (key, value, effect) in &described.taints {
        let value = value.clone().filter(|value| !value.is_empty());
        let effect = EFFECTS.iter().find(|(eks, _)| eks == effect);
        node.taints.extend(
            value
                .zip(effect)
                .map(|(value, effect)| (key.clone(), value, effect.1.into())),
        );
    }
    Some(node)
}

fn named<'a>(tags: &'a Texts, kind: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let prefix = format!("{PREFIX}{kind}");
    tags.iter()
        .filter_map(move |(key, value)| Some((key.strip_prefix(&prefix)?, value.as_str())))
}

fn resources(tags: &Texts) -> BTreeMap<String, f64> {
    named(tags, "resources/")
        .filter_map(|(name, value)| Some((name.to_owned(), quantity(value)?)))
        .collect()
}

fn taint((key, tag): (&str, &str)) -> Option<NodeTaint> {
    let (value, effect) = tag.split_once(':')?;
    let known = EFFECTS.iter().any(|(_, kubernetes)| *kubernetes == effect);
    known.then(|| (key.into(), value.into(), effect.into()))
}

/// Digits with one of the units that these tests use.
fn quantity(text: &str) -> Option<f64> {
    let (number, unit) = [("Gi", 1024f64.powi(3)), ("k", 1e3), ("", 1.0)]
        .into_iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<u64>().ok()? as f64 * unit)
}

impl Template {
    /// Whether a node like this would take the pod.
    pub(crate) fn takes(&self, pod: &Pod) -> bool {
        let has = |(name, asked): (&String, &f64)| self.resources.get(name).is_some_and(|has| has >= asked);
        let tolerated = |taint: &NodeTaint| taint.2 == "PreferNoSchedule" || pod.tolerates.contains(&taint.0);
        pod.requests.iter().all(has)
            && pod
                .selector
                .iter()
                .all(|(key, value)| self.labels.get(key) == Some(value))
            && self.taints.iter().all(tolerated)
    }

    /// How many nodes are bought for so many pods of a kind.
    pub(crate) fn nodes_for(&self, pods: u64, pod: &Pod) -> u64 {
        if !self.takes(pod) {
            return 0;
        }
        let each = pod
            .requests
            .iter()
            .map(|(name, asked)| (self.resources[name] / asked) as u64);
        pods.div_ceil(each.min().unwrap_or(pods))
    }

    /// Whether no group of the cluster grows while such a node is on its way: it is taken for one with GPUs and has none.
    pub(crate) fn stalls(&self) -> bool {
        self.labels.contains_key("k8s.amazonaws.com/accelerator") && self.resources["nvidia.com/gpu"] == 0.0
    }
}
