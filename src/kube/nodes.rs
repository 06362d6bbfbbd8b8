//! The nodes of a cluster, with what Karpenter and NVIDIA's DRA driver say of them: of each object only what a verdict on its slices needs.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use mig::layout::{LAYOUT_LABEL, Taint};
use mig::node_status::{Condition, DRA_DRIVER, DraDevice, NodeClaimFacts, NodeFacts, Tristate};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::api::{KubeApi, Resource};
use super::error::{KubeError, KubeErrorKind};
use super::kinds;
use super::list::{Listing, list};

/// Labels and annotations that a verdict needs begin so; a node of a busy cluster has a hundred others. A node of a layout keeps all its
/// labels: any of them may bring somebody's DaemonSet to it.
const KEPT: [&str; 6] = [
    "mig.eks/",
    "nvidia.com/",
    "node.kubernetes.io/",
    "karpenter.sh/",
    "eks.amazonaws.com/",
    "topology.kubernetes.io/",
];

/// All nodes of a cluster.
///
/// # Errors
/// As [`list`].
pub async fn nodes(api: &dyn KubeApi) -> Result<Vec<NodeFacts>, KubeError> {
    let found: Vec<Node> = list(api, &Listing::all(kinds::NODE)).await?;
    Ok(found.into_iter().map(Node::facts).collect())
}

/// What is said of the nodes elsewhere, and why a part of it could not be read.
#[derive(Debug, Default)]
pub struct Beside {
    /// Kinds that could not be read, and why.
    pub not_read: Vec<(&'static str, KubeError)>,
    /// By the name of the node.
    claims: BTreeMap<String, NodeClaimFacts>,
    devices: BTreeMap<String, Vec<DraDevice>>,
}

/// The claims of Karpenter and the devices of NVIDIA's DRA driver, where the cluster has them and they can be read. A verdict needs neither,
/// so that it does without what cannot be read.
pub async fn beside(api: &dyn KubeApi) -> Beside {
    let claims = optional::<NodeClaim>(api, kinds::NODE_CLAIM);
    let slices = optional::<ResourceSlice>(api, kinds::RESOURCE_SLICE);
    let (claims, slices) = futures::join!(claims, slices);
    let mut found = Beside::default();
    for claim in claims.unwrap_or_else(|error| found.misses(kinds::NODE_CLAIM, error)) {
        if let Some(node) = claim.status.node_name.clone() {
            found.claims.insert(node, claim.facts());
        }
    }
    let slices = slices.unwrap_or_else(|error| found.misses(kinds::RESOURCE_SLICE, error));
    for slice in slices.into_iter().filter(|slice| slice.spec.driver == DRA_DRIVER) {
        if let Some(node) = slice.spec.node_name {
            let devices = slice.spec.devices.into_iter().map(Device::facts);
            found.devices.entry(node).or_default().extend(devices);
        }
    }
    found
}

impl Beside {
    fn misses<T>(&mut self, resource: Resource, error: KubeError) -> Vec<T> {
        self.not_read.push((resource.kind, error));
        Vec::new()
    }

    /// Adds to each node what is said of it.
    pub fn add_to(&mut self, nodes: &mut [NodeFacts]) {
        for node in nodes {
            node.node_claim = self.claims.remove(&node.name);
            node.dra_devices = self.devices.remove(&node.name);
        }
    }
}

/// A list of a kind that the cluster need not have.
async fn optional<T: DeserializeOwned>(api: &dyn KubeApi, resource: Resource) -> Result<Vec<T>, KubeError> {
    match list(api, &Listing::all(resource)).await {
        Err(error) if error.kind == KubeErrorKind::CrdMissing => Ok(Vec::new()),
        listed => listed,
    }
}

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Node {
    metadata: Metadata,
    #[serde(default)]
    spec: NodeSpec,
    #[serde(default)]
    status: NodeStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default, deserialize_with = "kept")]
    labels: Texts,
    #[serde(default, deserialize_with = "kept")]
    annotations: Texts,
    creation_timestamp: Option<String>,
    deletion_timestamp: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeSpec {
    taints: Vec<NodeTaint>,
    unschedulable: bool,
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
}

#[derive(Deserialize)]
struct NodeTaint {
    key: String,
    #[serde(default)]
    value: String,
    effect: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeStatus {
    conditions: Vec<NodeCondition>,
    capacity: BTreeMap<String, Value>,
    allocatable: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeCondition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
    last_transition_time: Option<String>,
}

#[derive(Deserialize)]
struct NodeClaim {
    metadata: Metadata,
    #[serde(default)]
    spec: NodeClaimSpec,
    #[serde(default)]
    status: NodeClaimStatus,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeClaimSpec {
    node_class_ref: NodeClassRef,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeClassRef {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeClaimStatus {
    node_name: Option<String>,
    #[serde(rename = "imageID")]
    image_id: Option<String>,
    conditions: Vec<NodeCondition>,
}

#[derive(Deserialize)]
struct ResourceSlice {
    spec: ResourceSliceSpec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSliceSpec {
    driver: String,
    node_name: Option<String>,
    #[serde(default)]
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct Device {
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    string: Option<String>,
}

/// Only the texts whose keys a verdict needs; all labels of a node that has a layout.
fn kept<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Texts, D::Error> {
    let mut all = Option::<Texts>::deserialize(from)?.unwrap_or_default();
    if !all.contains_key(LAYOUT_LABEL) {
        all.retain(|key, _| KEPT.iter().any(|prefix| key.starts_with(prefix)));
    }
    Ok(all)
}

impl Node {
    fn facts(self) -> NodeFacts {
        let Self {
            metadata,
            spec,
            status,
        } = self;
        let ready = status.conditions.into_iter().find(|one| one.kind == "Ready");
        NodeFacts {
            created: seconds(metadata.creation_timestamp.as_deref()).unwrap_or_default(),
            deleted: seconds(metadata.deletion_timestamp.as_deref()),
            name: metadata.name,
            labels: metadata.labels,
            annotations: metadata.annotations,
            taints: spec.taints.into_iter().map(NodeTaint::facts).collect(),
            unschedulable: spec.unschedulable,
            ready: ready.map(NodeCondition::facts).unwrap_or_default(),
            capacity: whole_numbers(&status.capacity),
            allocatable: whole_numbers(&status.allocatable),
            provider_id: spec.provider_id,
            ..NodeFacts::default()
        }
    }
}

impl NodeTaint {
    fn facts(self) -> Taint {
        Taint {
            key: self.key,
            value: self.value,
            effect: self.effect,
        }
    }
}

impl NodeCondition {
    fn facts(self) -> Condition {
        Condition {
            status: match self.status.as_str() {
                "True" => Tristate::True,
                "False" => Tristate::False,
                _ => Tristate::Unknown,
            },
            since: seconds(self.last_transition_time.as_deref()),
            reason: self.reason,
            message: self.message,
        }
    }
}

impl NodeClaim {
    fn facts(self) -> NodeClaimFacts {
        let mut conditions = self.status.conditions;
        let mut take = |kind: &str| {
            let at = conditions.iter().position(|one| one.kind == kind)?;
            Some(conditions.swap_remove(at).facts())
        };
        NodeClaimFacts {
            name: self.metadata.name,
            initialized: take("Initialized"),
            drifted: take("Drifted"),
            class: self.spec.node_class_ref.name,
            image: self.status.image_id.filter(|id| !id.is_empty()),
        }
    }
}

impl Device {
    fn facts(self) -> DraDevice {
        let profile = self.attributes.into_iter().find_map(|(name, attribute)| {
            let is_profile = name == "profile" || name.ends_with("/profile");
            is_profile.then_some(attribute.string).flatten()
        });
        DraDevice {
            name: self.name,
            profile,
            ..DraDevice::default()
        }
    }
}

/// The condition of that type of an object; none while its controller has not seen the object as it is now.
pub fn condition(object: &Value, kind: &str) -> Option<Condition> {
    let found = super::condition(object, kind)?;
    let (seen, is) = (
        found.get("observedGeneration"),
        object.pointer("/metadata/generation"),
    );
    if seen.is_some() && is.is_some() && seen != is {
        return None;
    }
    let found: NodeCondition = serde_json::from_value(found.clone()).ok()?;
    Some(found.facts())
}

/// Seconds since 1970 of Kubernetes' way to write a time.
fn seconds(text: Option<&str>) -> Option<i64> {
    text?.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

/// Quantities that are whole numbers; others are of no device.
fn whole_numbers(quantities: &BTreeMap<String, Value>) -> BTreeMap<String, u64> {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    quantities
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), number(value)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_node_is_read_as_kubernetes_shows_it() {
        let node: Node = serde_json::from_value(json!({
            "metadata": {
                "name": "ip-10-0-0-1", "creationTimestamp": "2026-11-29T18:00:00Z", "uid": "1",
                "labels": {"mig.eks/layout": "a", "example.com/team": "ml", "nvidia.com/gpu.product": "H100"},
                "managedFields": [{"manager": "kubelet"}]
            },
            "spec": {
                "providerID": "aws:///us-east-1a/i-1", "unschedulable": true,
                "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}]
            },
            "status": {
                "capacity": {"nvidia.com/mig-1g.10gb": "56", "memory": "2Ti", "cpu": 192},
                "allocatable": {"nvidia.com/mig-1g.10gb": "55"},
                "conditions": [
                    {"type": "MemoryPressure", "status": "False"},
                    {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-29T18:04:00Z", "reason": "KubeletReady"}
                ]
            }
        }))
        .unwrap();
        let facts = node.facts();
        assert_eq!(
            (facts.created, facts.ready.since),
            (1_795_975_200, Some(1_795_975_440))
        );
        assert_eq!(facts.labels.len(), 3);
        assert_eq!(facts.capacity["nvidia.com/mig-1g.10gb"], 56);
        assert_eq!(facts.allocatable["nvidia.com/mig-1g.10gb"], 55);
        assert!(!facts.capacity.contains_key("memory") && facts.unschedulable);
        assert_eq!(facts.ready.status, Tristate::True);
        assert_eq!(facts.taints[1].value, "");
        assert_eq!(facts.provider_id.as_deref(), Some("aws:///us-east-1a/i-1"));
    }

    #[test]
    fn a_node_that_says_nothing_yet_is_read_too() {
        let node: Node = serde_json::from_value(json!({"metadata": {"name": "a", "labels": null}})).unwrap();
        let facts = node.facts();
        assert_eq!((facts.created, facts.ready.status), (0, Tristate::Unknown));
    }

    #[test]
    fn a_node_without_a_layout_keeps_what_a_verdict_needs() {
        let labels = json!({"example.com/team": "ml", "nvidia.com/gpu.product": "H100"});
        let node: Node =
            serde_json::from_value(json!({"metadata": {"name": "a", "labels": labels}})).unwrap();
        assert_eq!(
            node.facts().labels.into_keys().collect::<Vec<_>>(),
            ["nvidia.com/gpu.product"]
        );
    }

    #[test]
    fn a_claim_has_its_class_and_its_image() {
        let claim: NodeClaim = serde_json::from_value(json!({
            "metadata": {"name": "a"}, "spec": {"nodeClassRef": {"name": "slices"}},
            "status": {"imageID": "ami-1", "conditions": [{"type": "Drifted", "status": "True"}, {"type": "Launched", "status": "True"}]}
        }))
        .unwrap();
        let facts = claim.facts();
        assert_eq!(
            (facts.class.as_str(), facts.image.as_deref()),
            ("slices", Some("ami-1"))
        );
        assert_eq!(facts.drifted.unwrap().status, Tristate::True);
        assert_eq!(facts.initialized, None);
    }

    #[test]
    fn a_device_has_the_profile_of_its_attribute() {
        let device: Device = serde_json::from_value(json!({
            "name": "gpu-0-mig-1g10gb-19-4",
            "attributes": {"profile": {"string": "1g.10gb"}, "index": {"int": 0}}
        }))
        .unwrap();
        assert_eq!(device.facts().profile.as_deref(), Some("1g.10gb"));
    }
}
