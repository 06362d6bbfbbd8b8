//! Rules of the cluster and tools that work on the same objects.

use serde_json::json;

use super::{MIXED, THIS, ground, plugin, plugin_on};
use counterparts::Fault;

use crate::support::api_proxy::to_cluster;
use crate::support::kube::{KUBE, edit, objects};
use crate::support::{assert_says, with_a_cli, with_tofu};

const DAEMON_SET: &str = "DaemonSet/mig-device-plugin-mixed";

/// A webhook that has images come from a mirror, as such webhooks do (konpyutaika/nifikop 541).
#[test]
fn a_rule_that_rewrites_a_field_is_told_with_the_way_out() {
    with_a_cli(|cli| {
        let ground = ground(cli, "rewritten");
        let proxy = to_cluster();
        proxy.judge(|method, target| {
            (method == "PATCH" && target.contains("daemonsets"))
                .then_some(Fault::rewrite("\"nvcr.io/", "\"mirror.local/nvcr.io/"))
        });
        let token = ground.project.write("token", KUBE.admin_token()).unwrap();
        let cluster = format!("host = \"{}\", token_file = \"{}\"", proxy.url(), token.display());
        let written = |more: &str| plugin_on(&cluster, &ground.name, &[MIXED], more);
        ground.write(&written(""));
        let words = ground.plan_words();
        assert_says(
            &words,
            &[
                "The cluster changes DaemonSet/mig-device-plugin-mixed",
                "\"nvcr.io/nvidia/k8s-device-plugin:",
                "-> \"mirror.local/nvcr.io/nvidia/k8s-device-plugin:",
                "Give image the value that is stored",
            ],
        );
        ground.apply();
        assert_eq!(ground.plan().actions(THIS), ["update"]);
        assert_says(&ground.plan_words(), &["The cluster changes"]);
        ground.write(&written(
            "image = \"mirror.local/nvcr.io/nvidia/k8s-device-plugin:v0.20.1\"",
        ));
        ground.settle();
        proxy.clear_rules();
    });
}

/// `kubectl patch` of a node selector turns the plugin off, and is no drift: the field is not ours.
#[test]
fn a_node_selector_of_others_is_told() {
    with_tofu(|cli| {
        let ground = ground(cli, "turned-off");
        ground.settle();
        let off = json!({"spec": {"template": {"spec": {"nodeSelector": {"off": "true"}}}}});
        edit(&ground.name, DAEMON_SET, "kubectl-patch", &off);
        let plan = ground.plan();
        assert_says(
            &plan.output.words(),
            &[
                "is kept from nodes by another's rule",
                "nodeSelector off=true",
                "node_selector",
            ],
        );
        ground.write(&plugin(
            &ground.name,
            &[MIXED],
            "node_selector = { off = \"true\" }",
        ));
        ground.settle();
        assert!(!ground.plan_words().contains("another's rule"));
    });
}

#[test]
fn a_destroy_of_what_another_tool_deploys_too_says_so() {
    with_tofu(|cli| {
        let ground = ground(cli, "helmed");
        ground.settle();
        let label = json!({"metadata": {"labels": {"app.kubernetes.io/instance": "gpu"}}});
        edit(&ground.name, DAEMON_SET, "helm", &label);
        let words = ground.project.destroy().unwrap().words();
        assert_says(
            &words,
            &[
                "DaemonSet/mig-device-plugin-mixed is deployed by another tool as well",
                "helm holds fields",
            ],
        );
        assert!(objects(&ground.name).is_empty());
    });
}

/// kubectl's edits are a person's, not another tool's.
#[test]
fn a_destroy_after_an_edit_says_nothing() {
    with_tofu(|cli| {
        let ground = ground(cli, "edited-away");
        ground.settle();
        let label = json!({"metadata": {"labels": {"a": "b"}}});
        edit(&ground.name, DAEMON_SET, "kubectl-edit", &label);
        let words = ground.project.destroy().unwrap().words();
        assert!(!words.contains("another tool"), "{words}");
    });
}
