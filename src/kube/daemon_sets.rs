//! The DaemonSets of a cluster: of each only what a verdict on it needs.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use mig::manifests::gpu_actor::GpuActor;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::KubeApi;
use super::error::KubeError;
use super::kinds;
use super::list::{Listing, list};

/// A DaemonSet and how far it is rolled out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaemonSetFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The labels of the nodes that its pods run on.
    pub node_selector: BTreeMap<String, String>,
    /// What it is to GPUs, if anything; and where its pods may run: the part of their spec that says it.
    pub actor: Option<(GpuActor, Value)>,
    /// `metadata.generation`
    pub generation: i64,
    /// `status.observedGeneration`
    pub observed_generation: i64,
    /// `status.desiredNumberScheduled`
    pub desired: u32,
    /// `status.updatedNumberScheduled`
    pub updated: u32,
    /// `status.numberReady`
    pub ready: u32,
    /// When anything but its status was last written, in seconds since 1970; none where the API server does not say it.
    pub changed: Option<i64>,
}

/// All DaemonSets of a cluster.
///
/// # Errors
/// As [`list`].
pub async fn daemon_sets(api: &dyn KubeApi) -> Result<Vec<DaemonSetFacts>, KubeError> {
    let found: Vec<DaemonSet> = list(api, &Listing::all(kinds::DAEMON_SET)).await?;
    Ok(found.into_iter().map(DaemonSet::facts).collect())
}

#[derive(Deserialize)]
struct DaemonSet {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    generation: i64,
    #[serde(default)]
    managed_fields: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    time: Option<String>,
    #[serde(default)]
    subresource: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    template: Template,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Template {
    spec: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    observed_generation: i64,
    desired_number_scheduled: u32,
    updated_number_scheduled: u32,
    number_ready: u32,
}

impl DaemonSet {
    fn facts(self) -> DaemonSetFacts {
        let Self {
            metadata,
            spec,
            status,
        } = self;
        let written = metadata
            .managed_fields
            .iter()
            .filter(|written| written.subresource.is_empty());
        let times = written.filter_map(|written| written.time.as_deref()?.parse::<Timestamp>().ok());
        let pod = spec.template.spec;
        DaemonSetFacts {
            namespace: metadata.namespace,
            name: metadata.name,
            node_selector: node_selector(&pod),
            actor: GpuActor::of_pod(&pod).map(|actor| (actor, scheduling(&pod))),
            generation: metadata.generation,
            observed_generation: status.observed_generation,
            desired: status.desired_number_scheduled,
            updated: status.updated_number_scheduled,
            ready: status.number_ready,
            changed: times.map(Timestamp::as_second).max(),
        }
    }
}

fn node_selector(pod: &Value) -> BTreeMap<String, String> {
    let selector = pod.get("nodeSelector").and_then(Value::as_object);
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    selector.into_iter().flatten().filter_map(pair).collect()
}

fn scheduling(pod: &Value) -> Value {
    json!({"nodeSelector": pod["nodeSelector"], "affinity": pod["affinity"], "tolerations": pod["tolerations"]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_is_the_last_that_is_not_of_the_status() {
        let set: DaemonSet = serde_json::from_value(json!({
            "metadata": {
                "name": "plugin", "namespace": "gpu", "generation": 2,
                "managedFields": [
                    {"manager": "mig", "time": "2026-11-29T18:00:00Z"},
                    {"manager": "kubectl-rollout", "time": "2026-11-29T18:04:00Z"},
                    {"manager": "kube-controller-manager", "time": "2026-11-29T19:00:00Z", "subresource": "status"}
                ]
            },
            "spec": {"template": {"spec": {
                "nodeSelector": {"a": "b"}, "containers": [{"name": "c", "image": "nvcr.io/nvidia/k8s-device-plugin:v0.19.3"}]
            }}},
            "status": {"observedGeneration": 2, "desiredNumberScheduled": 3, "numberReady": 1, "currentNumberScheduled": 3}
        }))
        .unwrap();
        let facts = set.facts();
        assert_eq!(facts.changed, Some(1_795_975_440));
        assert_eq!(
            (facts.desired, facts.updated, facts.ready, facts.generation),
            (3, 0, 1, 2)
        );
        assert_eq!(facts.node_selector["a"], "b");
        let (actor, pod) = facts.actor.unwrap();
        assert_eq!(
            (actor, &pod["nodeSelector"]["a"]),
            (GpuActor::DevicePlugin, &json!("b"))
        );
        assert!(pod.get("containers").is_none());
    }

    #[test]
    fn one_that_says_nothing_yet_is_read_too() {
        let set: DaemonSet = serde_json::from_value(json!({"metadata": {"name": "a"}})).unwrap();
        let facts = set.facts();
        assert_eq!((facts.changed, facts.desired, facts.actor), (None, 0, None));
    }
}
