//! What else is on the cluster: what the plugin needs, and what it cannot live with.

use serde_json::{Value, json};

use super::{MIXED, ground, plugin};
use crate::support::kube::{KUBE, collection, live};
use crate::support::{assert_says, with_a_cli, with_tofu};

const WARNING: &str = "NVIDIA's mig-manager is on the cluster";

/// What marks the GPU operator's DaemonSet.
pub(crate) fn mig_manager() -> Value {
    let labels = json!({"app": "nvidia-mig-manager"});
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "nvidia-mig-manager", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "m", "image": "nvcr.io/nvidia/cloud-native/k8s-mig-manager:v0.15.1"}]},
            },
        },
    })
}

#[test]
fn a_mig_manager_is_reported_with_the_way_out() {
    // The warning is about the whole cluster, so one program at a time.
    with_tofu(|cli| {
        let ground = ground(cli, "two-cutters");
        let namespace = &ground.name;
        let sets = collection(namespace, "DaemonSet");
        KUBE.create(&sets, &mig_manager()).unwrap();
        let place = format!("{namespace}/nvidia-mig-manager");
        let words = ground.plan_words();
        assert_says(&words, &[WARNING, &place, "migManager.enabled=false"]);
        ground.settle();
        KUBE.delete(&format!("{sets}/nvidia-mig-manager")).unwrap();
        ground.write(&plugin(namespace, &[MIXED], "labels = { a = \"b\" }"));
        assert!(!ground.plan_words().contains(&place));
    });
}

/// What eksctl puts on every node, and the DRA driver as its chart is by default.
#[test]
fn who_else_would_serve_the_nodes_is_named() {
    // The warning is about the whole cluster, so one program at a time.
    with_tofu(|cli| {
        let ground = ground(cli, "two-servers");
        let namespace = &ground.name;
        let sets = collection(namespace, "DaemonSet");
        let daemon_set = |name: &str, image: &str, node_selector: Value| {
            json!({
                "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name},
                "spec": {
                    "selector": {"matchLabels": {"name": name}},
                    "template": {"metadata": {"labels": {"name": name}}, "spec": {
                        "nodeSelector": node_selector,
                        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
                        "containers": [{"name": "c", "image": image}],
                    }},
                },
            })
        };
        let plugin_image = "nvcr.io/nvidia/k8s-device-plugin:v0.17.1";
        let driver_image = "registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v0.1.0";
        let present = json!({"nvidia.com/gpu.present": "true"});
        for set in [
            daemon_set("everywhere", plugin_image, json!({})),
            daemon_set("elsewhere", plugin_image, json!({"pool": "whole-gpus"})),
            daemon_set("driver", driver_image, present),
        ] {
            KUBE.create(&sets, &set).unwrap();
        }
        let words = ground.plan_words();
        let place = |name: &str| format!("{namespace}/{name}");
        assert_says(
            &words,
            &[
                "Another device plugin serves the nodes",
                &place("everywhere"),
                "NVIDIA's DRA driver serves the nodes",
                &place("driver"),
                "mig.eks/device-manager",
            ],
        );
        assert!(!words.contains(&place("elsewhere")), "{words}");
        for name in ["everywhere", "elsewhere", "driver"] {
            KUBE.delete(&format!("{sets}/{name}")).unwrap();
        }
    });
}

#[test]
fn feature_discovery_is_applied_and_says_what_it_needs() {
    with_a_cli(|cli| {
        let ground = ground(cli, "discovery");
        let namespace = &ground.name;
        ground.settle();
        let object = "DaemonSet/mig-device-plugin-mixed-gfd";
        assert!(live(namespace, object).is_none());
        ground.write(&plugin(namespace, &[MIXED], "feature_discovery = true"));
        assert_says(
            &ground.plan_words(),
            &[
                "Nothing makes labels of what feature discovery finds",
                "node-feature-discovery",
            ],
        );
        ground.settle();
        assert!(live(namespace, object).is_some());
        ground.write(&plugin(namespace, &[MIXED], ""));
        ground.settle();
        assert!(live(namespace, object).is_none());
    });
}

/// Two plugins on one node would fight for kubelet's socket: the old one goes before the new one comes.
#[test]
fn an_upgrade_never_runs_two_plugins_on_a_node() {
    with_a_cli(|cli| {
        let ground = ground(cli, "surge");
        ground.write(&plugin(
            &ground.name,
            &[MIXED],
            "image = \"nvcr.io/nvidia/k8s-device-plugin:v0.20.0\"",
        ));
        ground.settle();
        ground.write(&plugin(
            &ground.name,
            &[MIXED],
            "image = \"nvcr.io/nvidia/k8s-device-plugin:v0.20.1\"",
        ));
        ground.settle();
        let set = live(&ground.name, "DaemonSet/mig-device-plugin-mixed").unwrap();
        let strategy = &set["spec"]["updateStrategy"];
        assert_eq!(strategy["type"], "RollingUpdate");
        assert_eq!(strategy["rollingUpdate"]["maxSurge"], 0);
    });
}
