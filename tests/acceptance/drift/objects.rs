//! Programs of others, the gate of overlays and pinned images.

use serde_json::{Value, json};

use super::{BEFORE, DRIFT, Scene, condition, findings, not_checked};

const DAEMON_SETS: &str = "/apis/apps/v1/namespaces/default/daemonsets";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const PLUGIN: &str = "nvcr.io/nvidia/k8s-device-plugin:v0.19.3";

impl Scene {
    /// Makes a DaemonSet of this image that tolerates the taint of GPUs, with further fields of its pods.
    fn daemon_set(&mut self, name: &str, image: &str, pod: &Value) {
        let mut spec = json!({
            "containers": [{"name": "c", "image": image}],
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        });
        spec.as_object_mut()
            .unwrap()
            .extend(pod.as_object().unwrap().clone());
        let set = json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": spec},
            },
        });
        self.make(DAEMON_SETS, &set, None);
    }

    /// Makes Karpenter's Deployment, with these gates in its environment as its chart writes them.
    fn karpenter(&mut self, gates: &str) {
        let labels = json!({"app.kubernetes.io/name": "karpenter"});
        let container = json!({"name": "controller", "image": "karpenter", "env": [{"name": "FEATURE_GATES", "value": gates}]});
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "karpenter", "namespace": "default", "labels": labels},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        });
        self.make(DEPLOYMENTS, &deployment, None);
    }

    /// Makes a class that pins its image, which its controller has found.
    fn pinned_class(&mut self, name: &str, image: &str) {
        let mut status = condition("AMIsReady", "True", BEFORE);
        status["amis"] = json!([{"id": image, "requirements": []}]);
        self.class(name, &status);
    }

    /// Makes a right node, and the claim that Karpenter made it for.
    fn claimed(&mut self, name: &str, class: &str, image: &str, drifted: Option<&str>) {
        self.node(name, |_| ());
        let mut status = drifted.map_or_else(|| json!({}), |since| condition("Drifted", "True", since));
        status["nodeName"] = json!(name);
        status["imageID"] = json!(image);
        let claim = json!({
            "apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "metadata": {"name": name},
            "spec": {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": class}, "requirements": []},
        });
        self.make("/apis/karpenter.sh/v1/nodeclaims", &claim, Some(&status));
    }
}

#[test]
fn programs_of_others_that_take_our_nodes_are_drift() {
    let mut scene = Scene::new("drift-foreign");
    scene.node("right", |node| {
        node["metadata"]["labels"]["kubernetes.io/os"] = json!("linux");
        node["metadata"]["labels"]["nvidia.com/gpu.deploy.mig-manager"] = json!("true");
    });
    let config = scene.labels["mig.eks/device-plugin"].clone();
    scene.daemon_set(
        "everywhere",
        PLUGIN,
        &json!({"nodeSelector": {"kubernetes.io/os": "linux"}}),
    );
    scene.daemon_set("elsewhere", PLUGIN, &json!({"nodeSelector": {"pool": "whole"}}));
    scene.daemon_set("not-tolerating", PLUGIN, &json!({"tolerations": []}));
    scene.daemon_set(
        "of-a-layout",
        PLUGIN,
        &json!({"nodeSelector": {"mig.eks/device-plugin": config}}),
    );
    let manager = "nvcr.io/nvidia/cloud-native/k8s-mig-manager:v0.15.1";
    scene.daemon_set(
        "manager",
        manager,
        &json!({"nodeSelector": {"nvidia.com/gpu.deploy.mig-manager": "true"}}),
    );
    let driver = "registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v0.5.0";
    let gates = json!([{"name": "FEATURE_GATES", "value": "DynamicMIG=true"}]);
    let container = json!([{"name": "c", "image": driver, "env": gates}]);
    scene.daemon_set("dynamic", driver, &json!({"containers": container}));
    let report = scene.report(&["good"], &[], 2);
    let of_sets: Vec<String> = findings(&report)
        .into_iter()
        .filter(|finding| finding.contains(" D9 "))
        .collect();
    assert_eq!(
        of_sets,
        [
            "DaemonSet/default/dynamic D9 dynamic-mig",
            "DaemonSet/default/everywhere D9 device-plugin",
            "DaemonSet/default/manager D9 mig-manager",
        ]
    );
}

#[test]
fn overlays_behind_a_gate_that_is_off_are_drift() {
    let mut scene = Scene::new("drift-gate");
    scene.node("right", |_| ());
    scene.pool("slices", &json!({}));
    scene.overlay("slices", &json!({}));
    let report = scene.report(&["good"], &["--strict"], 3);
    assert_eq!(
        not_checked(&report),
        ["good FeatureGate/NodeOverlay unknown"],
        "Karpenter runs elsewhere"
    );
    scene.karpenter("SpotToSpotConsolidation=true,NodeOverlay=false");
    let report = scene.report(&["good"], &["--strict"], 2);
    assert_eq!(findings(&report), ["FeatureGate/NodeOverlay D5 gate"]);
    let on = json!({"spec": {"template": {"spec": {"containers": [
        {"name": "controller", "image": "karpenter", "env": [{"name": "FEATURE_GATES", "value": "NodeOverlay=true"}]},
    ]}}}});
    DRIFT.patch(&format!("{DEPLOYMENTS}/karpenter"), &on).unwrap();
    let report = scene.report(&["good"], &["--strict"], 0);
    assert_eq!(findings(&report), Vec::<String>::new());
}

#[test]
fn nodes_of_other_images_than_their_class_pins_are_drift() {
    let mut scene = Scene::new("drift-images");
    scene.pool("slices", &json!({}));
    scene.pinned_class("slices", "ami-1");
    scene.claimed("as-pinned", "slices", "ami-1", None);
    scene.claimed("earlier", "slices", "ami-0", None);
    scene.claimed("kept", "slices", "ami-0", Some(BEFORE));
    scene.claimed("being-replaced", "slices", "ami-0", Some(super::AHEAD));
    // Which image is the newest, nobody has declared.
    scene.pool("newest", &json!({}));
    scene.pinned_class("newest", "ami-1");
    let newest = json!({"spec": {"amiSelectorTerms": [{"alias": "al2023@latest"}]}});
    DRIFT
        .patch("/apis/karpenter.k8s.aws/v1/ec2nodeclasses/newest", &newest)
        .unwrap();
    scene.claimed("newer", "newest", "ami-2", None);
    let report = scene.report(&["good"], &["--strict"], 2);
    assert_eq!(findings(&report), ["Node/earlier D6 image", "Node/kept D6 image"]);
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["expected"], &finding["found"]),
        (&json!("image ami-1"), &json!("image ami-0"))
    );
}
