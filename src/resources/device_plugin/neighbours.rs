//! DaemonSets of others that would serve the same GPUs. Pure.

use std::collections::{BTreeMap, BTreeSet};

use mig::Layout;
use mig::layout::{DEVICE_MANAGER_LABEL, DEVICE_PLUGIN};
use mig::manifests::gpu_actor::GpuActor;
use mig::manifests::karpenter::labels::INSTANCE_TYPE;
use mig::manifests::scheduling::runs_on;
use serde_json::Value as Json;
use tfplug::Diagnostic;

/// A warning for each kind of DaemonSets that would serve GPUs of the nodes of these layouts, but for `own`, which are ours
/// by namespace and name. Terraform shows only one of several warnings with one summary, so each names all.
pub(super) fn warnings(found: &[Json], layouts: &[Layout], own: &[(String, String)]) -> Vec<Diagnostic> {
    let mut places: BTreeMap<GpuActor, BTreeSet<String>> = BTreeMap::new();
    for daemon_set in found {
        let place = place(daemon_set);
        let pod = daemon_set.pointer("/spec/template/spec");
        let Some(actor) = pod.and_then(GpuActor::of_pod).filter(|_| !own.contains(&place)) else {
            continue;
        };
        // The operator labels nodes for the MIG manager once they are there, so that no layout tells whether it comes to its nodes.
        if actor == GpuActor::MigManager || layouts.iter().any(|layout| serves(daemon_set, layout)) {
            let (namespace, name) = place;
            places
                .entry(actor)
                .or_default()
                .insert(format!("{namespace}/{name}"));
        }
    }
    places
        .into_iter()
        .map(|(actor, places)| warning(actor, &places))
        .collect()
}

/// Namespace and name.
fn place(daemon_set: &Json) -> (String, String) {
    let word = |pointer: &str| daemon_set.pointer(pointer).and_then(Json::as_str);
    let word = |pointer: &str| word(pointer).unwrap_or_default().to_owned();
    (word("/metadata/namespace"), word("/metadata/name"))
}

/// Whether its pods would run on the layout's nodes, as nodes of the newest rendering are labelled.
fn serves(daemon_set: &Json, layout: &Layout) -> bool {
    let Some(pod) = daemon_set.pointer("/spec/template/spec") else {
        return false;
    };
    let mut labels: BTreeMap<String, String> = layout.labels();
    labels.insert(DEVICE_MANAGER_LABEL.to_owned(), DEVICE_PLUGIN.to_owned());
    labels.insert("kubernetes.io/os".to_owned(), "linux".to_owned());
    layout.nodes().any(|node| {
        let mut labels = labels.clone();
        labels.insert(INSTANCE_TYPE.to_owned(), node.instance_type().to_owned());
        runs_on(pod, &labels, &layout.taints())
    })
}

fn warning(actor: GpuActor, places: &BTreeSet<String>) -> Diagnostic {
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let (summary, why, off) = match actor {
        GpuActor::MigManager => (
            "NVIDIA's mig-manager is on the cluster",
            "It cuts GPUs as the node label nvidia.com/mig.config says, under running pods, and restarts kubelet, from which an \
             Amazon Linux 2023 node does not recover while it boots (NVIDIA/gpu-operator issue 2415). The nodes of these layouts \
             cut themselves before kubelet starts.",
            "Turn it off (Helm value migManager.enabled=false of the GPU operator), or keep it from these nodes by the label \
             nvidia.com/gpu.deploy.mig-manager=false."
                .to_owned(),
        ),
        GpuActor::DevicePlugin => (
            "Another device plugin serves the nodes of these layouts",
            "Two plugins register the same resources at kubelet, and which one serves depends on their order; when one goes, \
             the node has 0 of them. In NVIDIA's chart it is the value affinity.",
            off_by_affinity(),
        ),
        GpuActor::DraDriver => (
            "NVIDIA's DRA driver serves the nodes of these layouts",
            "Device plugin and DRA driver give the same slices to pods twice, without an error. In NVIDIA's chart it is the \
             value kubeletPlugin.affinity.",
            off_by_affinity(),
        ),
        GpuActor::DynamicMig => (
            "NVIDIA's DRA driver cuts the GPUs of these layouts",
            "With its feature gate DynamicMIG it destroys slices that it did not make, and device plugin and DRA driver give the \
             same slices to pods twice, without an error. In NVIDIA's chart it is the value kubeletPlugin.affinity.",
            off_by_affinity(),
        ),
    };
    let places = places.join(", ");
    Diagnostic::warning(summary, format!("DaemonSets: {places}.\n\n{why}\n\n{off}"))
}

fn off_by_affinity() -> String {
    format!(
        "Keep it off these nodes by a required node affinity: key {DEVICE_MANAGER_LABEL}, operator NotIn, values \
         [\"{DEVICE_PLUGIN}\"]. Nodes have that label from render_version 3 on; by mig.eks/layout, operator DoesNotExist, \
         older ones are kept out too."
    )
}

#[cfg(test)]
mod tests {
    use mig::{Catalog, LayoutSpec};
    use serde_json::json;

    use super::*;

    fn layout() -> Layout {
        let spec = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}});
        let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
        Layout::resolve(&spec, Catalog::builtin()).unwrap()
    }

    fn daemon_set(image: &str, pod: Json) -> Json {
        let mut spec = json!({
            "containers": [{"name": "c", "image": image}],
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        });
        if let (Json::Object(spec), Json::Object(pod)) = (&mut spec, pod) {
            spec.extend(pod);
        }
        json!({"metadata": {"namespace": "kube-system", "name": "theirs"}, "spec": {"template": {"spec": spec}}})
    }

    fn told(set: Json) -> Option<String> {
        let own = [("kube-system".to_owned(), "ours".to_owned())];
        let warnings = warnings(&[set], &[layout()], &own);
        warnings
            .first()
            .map(|warning| format!("{}: {}", warning.summary, warning.detail))
    }

    const PLUGIN: &str = "nvcr.io/nvidia/k8s-device-plugin:v0.17.1";

    #[test]
    fn what_would_serve_our_nodes_is_named() {
        let text = told(daemon_set(PLUGIN, json!({}))).unwrap();
        assert!(
            text.contains("kube-system/theirs") && text.contains("mig.eks/device-manager"),
            "{text}"
        );
        let present = json!({"nodeSelector": {"nvidia.com/gpu.present": "true"}});
        let dra = told(daemon_set(
            "registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v0.1",
            present,
        ))
        .unwrap();
        assert!(dra.contains("DRA driver"), "{dra}");
        let second = json!({"nodeSelector": {"mig.eks/device-plugin": "mixed"}});
        assert!(
            told(daemon_set(PLUGIN, second)).is_some(),
            "a second mig_device_plugin"
        );
    }

    #[test]
    fn what_would_not_is_not() {
        assert_eq!(told(daemon_set("nginx:1", json!({}))), None);
        assert_eq!(
            told(daemon_set(PLUGIN, json!({"nodeSelector": {"pool": "whole"}}))),
            None
        );
        assert_eq!(told(daemon_set(PLUGIN, json!({"tolerations": []}))), None);
        let mut ours = daemon_set(PLUGIN, json!({}));
        ours["metadata"]["name"] = json!("ours");
        assert_eq!(told(ours), None);
        let mut discovery = daemon_set(PLUGIN, json!({}));
        discovery["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["gpu-feature-discovery"]);
        assert_eq!(told(discovery), None);
    }
}
