//! What else is on the cluster: what the plugin needs, and what it cannot live with.

use serde_json::{Value, json};

use super::{MIXED, ground, plugin};
use crate::support::kube::{KUBE, collection, live};
use crate::support::{assert_says, with_each_cli, with_tofu};

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
        let place = format!("DaemonSet {namespace}/nvidia-mig-manager");
        let words = ground.plan().output.words();
        assert_says(&words, &[WARNING, &place, "migManager.enabled=false"]);
        ground.settle();
        KUBE.delete(&format!("{sets}/nvidia-mig-manager")).unwrap();
        ground.write(&plugin(namespace, &[MIXED], "labels = { a = \"b\" }"));
        assert!(!ground.plan().output.words().contains(&place));
    });
}

#[test]
fn feature_discovery_is_applied_and_says_what_it_needs() {
    with_each_cli(|cli| {
        let ground = ground(cli, "discovery");
        let namespace = &ground.name;
        ground.settle();
        let object = "DaemonSet/mig-device-plugin-mixed-gfd";
        assert!(live(namespace, object).is_none());
        ground.write(&plugin(namespace, &[MIXED], "feature_discovery = true"));
        assert_says(
            &ground.plan().output.words(),
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
    with_each_cli(|cli| {
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
