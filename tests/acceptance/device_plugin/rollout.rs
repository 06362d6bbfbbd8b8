//! Waiting for the pods.

use std::time::Duration;

use counterparts::wait_for;
use http::Method;
use serde_json::json;

use super::{MIXED, MIXED_OBJECTS, THIS, ground, plugin};
use crate::support::kube::{KUBE, live, objects};
use crate::support::{assert_says, with_a_cli};

const DAEMON_SET: &str = "DaemonSet/mig-device-plugin-mixed";

/// Options with which only nodes of [`Node`] count.
fn waiting(name: &str, timeout: &str) -> String {
    let selector = format!("node_selector = {{ test = \"{name}\" }}");
    plugin(
        name,
        &[MIXED],
        &format!("wait_for_rollout = true\n  rollout_timeout = \"{timeout}\"\n  {selector}"),
    )
}

/// A node that no kubelet ever starts a pod on.
struct Node(String);

impl Node {
    fn make(name: &str) -> Self {
        let labels = json!({"mig.eks/device-plugin": "mixed", "test": name});
        let manifest =
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}});
        KUBE.create("/api/v1/nodes", &manifest).unwrap();
        Self(name.to_owned())
    }

    /// Removes it and its pods, and waits until no pod is wanted. Without a scheduler the pods are on no node, so that
    /// the DaemonSet's controller looks again only when they go.
    fn remove(self) {
        KUBE.delete(&format!("/api/v1/nodes/{}", self.0)).unwrap();
        let pods = format!("/api/v1/namespaces/{}/pods", self.0);
        let unwanted = || {
            KUBE.delete(&pods).map_err(|error| error.to_string())?;
            std::thread::sleep(Duration::from_millis(500));
            let status = live(&self.0, DAEMON_SET).unwrap_or_default()["status"].clone();
            if status["desiredNumberScheduled"] == 0 {
                Ok(())
            } else {
                Err(status.to_string())
            }
        };
        wait_for("no wanted pods", Duration::from_secs(60), unwanted).unwrap();
    }
}

#[test]
fn without_nodes_nothing_is_waited_for() {
    with_a_cli(|cli| {
        let ground = ground(cli, "no-nodes");
        ground.write(&waiting(&ground.name, "10m"));
        ground.settle();
    });
}

#[test]
fn a_rollout_that_does_not_end_says_what_it_waited_for() {
    with_a_cli(|cli| {
        let ground = ground(cli, "pending");
        let node = Node::make(&ground.name);
        ground.write(&waiting(&ground.name, "3s").replace("wait_for_rollout = true", ""));
        ground.apply();
        wait_for_pending_pod(&ground.name);
        ground.write(&waiting(&ground.name, "3s"));
        let words = ground.failed_apply();
        assert_says(
            &words,
            &[
                "DaemonSet/mig-device-plugin-mixed is not rolled out",
                "waited 3 s for 0 of 1 pods available",
            ],
        );
        assert_eq!(ground.project.state_list().unwrap(), [THIS]);
        assert!(objects(&ground.name).iter().eq(&MIXED_OBJECTS));
        node.remove();
        ground.settle();
    });
}

/// What the controller says of pods that it may not make (NVIDIA/k8s-device-plugin 763).
#[test]
fn a_rollout_that_the_cluster_forbids_says_why() {
    with_a_cli(|cli| {
        let ground = ground(cli, "forbidden-pods");
        let node = Node::make(&ground.name);
        let level = json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}});
        let namespace = format!("/api/v1/namespaces/{}", ground.name);
        KUBE.request(
            Method::PATCH,
            &namespace,
            "application/merge-patch+json",
            &level.to_string(),
        )
        .unwrap();
        ground.write(&waiting(&ground.name, "3s").replace("wait_for_rollout = true", ""));
        ground.apply();
        let events = format!("/api/v1/namespaces/{}/events", ground.name);
        let told = || {
            let found = KUBE.get(&events).map_err(|error| error.to_string())?;
            let found = found.unwrap_or_default().to_string();
            found.contains("FailedCreate").then_some(()).ok_or(found)
        };
        wait_for("the controller's event", Duration::from_secs(120), told).unwrap();
        ground.write(&waiting(&ground.name, "3s"));
        let words = ground.failed_apply();
        assert_says(
            &words,
            &[
                "is not rolled out",
                "The cluster says of its pods",
                "FailedCreate",
                "violates PodSecurity",
            ],
        );
        node.remove();
    });
}

fn wait_for_pending_pod(namespace: &str) {
    let pending = || {
        let status = live(namespace, DAEMON_SET).unwrap_or_default()["status"].clone();
        if status["desiredNumberScheduled"] == 1 && status["updatedNumberScheduled"] == 1 {
            Ok(())
        } else {
            Err(status.to_string())
        }
    };
    wait_for("a pending pod", Duration::from_secs(120), pending).unwrap();
}

#[test]
fn an_interrupt_ends_the_wait_and_keeps_the_objects() {
    with_a_cli(|cli| {
        let ground = ground(cli, "interrupted");
        let node = Node::make(&ground.name);
        ground.write(&waiting(&ground.name, "30m"));
        let apply = ground
            .project
            .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"]);
        let apply = apply.unwrap();
        wait_for_pending_pod(&ground.name);
        apply.interrupt().unwrap();
        let output = apply.wait(Duration::from_secs(120)).unwrap();
        assert_eq!(output.code, 1, "{}", output.words());
        assert_says(
            &output.words(),
            &["is not rolled out", "stopped while waiting for"],
        );
        assert_eq!(ground.project.state_list().unwrap(), [THIS]);
        node.remove();
        ground.settle();
        assert!(objects(&ground.name).iter().eq(&MIXED_OBJECTS));
    });
}
