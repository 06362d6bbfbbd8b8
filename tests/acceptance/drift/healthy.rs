//! What is no drift: every row of it in one cluster, and the exit code 0.

use std::time::SystemTime;

use serde_json::json;

use super::nodes::nodes_without_fault;
use super::{BEFORE, DRIFT, Scene, condition, findings, mig, not_checked};
use crate::support::MOTO;

#[test]
fn what_boots_drains_rolls_or_is_others_is_no_drift() {
    let mut scene = Scene::new("drift-healthy");
    scene.node("right", |node| {
        // Fields of others, defaults of the server, and an order of its own.
        node["metadata"]["annotations"] = json!({"node.alpha.kubernetes.io/ttl": "0", "theirs": "1"});
        node["metadata"]["labels"]["theirs"] = json!("1");
        node["spec"]["taints"]
            .as_array_mut()
            .unwrap()
            .insert(0, json!({"key": "theirs", "effect": "PreferNoSchedule"}));
        node["status"]["capacity"]["vpc.amazonaws.com/efa"] = json!("32");
        node["status"]["allocatable"]["vpc.amazonaws.com/efa"] = json!("32");
    });
    nodes_without_fault(&mut scene);
    scene.pool("not-seen", &json!({}));
    scene.class("not-seen", &condition("Ready", "Unknown", BEFORE));
    scene.overlay("taken", &condition("ValidationSucceeded", "True", BEFORE));
    // Another's pool has no layout, whatever Karpenter says of it.
    scene.class("others", &condition("Ready", "False", BEFORE));
    let status = json!({
        "observedGeneration": 1, "desiredNumberScheduled": 3, "currentNumberScheduled": 3, "updatedNumberScheduled": 3, "numberReady": 1,
        "numberMisscheduled": 0,
    });
    let config = scene.labels["mig.eks/device-plugin"].as_str().unwrap().to_owned();
    // It runs on the node that boots, and on those that drain.
    scene.plugin("plugin", &config, &status);
    let report = scene.report(&["good"], &[], 0);
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!(
        not_checked(&report),
        ["good Node/just-lost unknown"],
        "nor is it in sync"
    );
    assert_eq!(report["node_states"]["right"], 1);
    let found = scene.look(&["good"], &[]);
    assert!(found.out.starts_with("No new drift in "), "{}", found.out);
}

#[test]
fn a_refusal_of_an_earlier_form_or_of_this_minute_is_no_drift() {
    let mut scene = Scene::new("drift-mended");
    scene.node("right", |_| ());
    scene.pool("mended", &condition("Ready", "False", BEFORE));
    DRIFT
        .patch(
            "/apis/karpenter.sh/v1/nodepools/mended",
            &json!({"spec": {"weight": 3}}),
        )
        .unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let now = mig::drift::Date::of_seconds(i64::try_from(now).unwrap());
    scene.class(
        "mended",
        &condition("Ready", "False", &format!("{now}T23:59:59Z")),
    );
    assert_eq!(
        findings(&scene.report(&["good"], &["--strict"], 0)),
        Vec::<String>::new()
    );
}

#[test]
fn a_restart_of_the_plugin_is_no_drift_of_its_nodes() {
    let mut scene = Scene::new("drift-rollout");
    scene.node("without-for-a-moment", |node| {
        node["status"]["allocatable"] = json!({});
        node["status"]["capacity"] = json!({});
    });
    let config = scene.labels["mig.eks/device-plugin"].as_str().unwrap().to_owned();
    let rolls = json!({
        "observedGeneration": 1, "desiredNumberScheduled": 1, "currentNumberScheduled": 1, "updatedNumberScheduled": 0, "numberReady": 0,
        "numberMisscheduled": 0,
    });
    scene.plugin("plugin", &config, &rolls);
    let report = scene.report(&["good"], &[], 0);
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!(
        not_checked(&report),
        ["good Node/without-for-a-moment unknown"],
        "nor is it in sync"
    );
}

#[test]
fn a_cluster_without_nodes_or_without_karpenter_is_unknown_and_not_drift() {
    let scene = Scene::new("drift-empty");
    let report = scene.report(&["good"], &["--strict"], 0);
    assert_eq!(not_checked(&report), ["good Node none"]);
    assert!(scene.look(&["good"], &[]).out.starts_with("Nothing was checked."));
}

/// Without a layout nothing is known of nodes; that they are all of an earlier one would be a false alarm.
#[test]
fn without_layouts_nodes_are_not_checked() {
    let mut scene = Scene::new("drift-no-layouts");
    scene.node("right", |_| ());
    let kubeconfig = scene.path("kubeconfig");
    let arguments = [
        "drift",
        "--kubeconfig",
        &kubeconfig,
        "--context",
        "good",
        "--format",
        "json",
        "--strict",
    ];
    let said = mig(&[], &arguments);
    assert_eq!(said.code, Some(3), "{}", said.out);
    assert_eq!(not_checked(&said.report()), ["good Node unknown"]);
    assert_eq!(findings(&said.report()), Vec::<String>::new());
}

#[test]
fn arguments_that_make_no_sense_are_errors_and_not_drift() {
    let scene = Scene::new("drift-usage");
    let layouts = scene.path("slices.yaml");
    let wrong = scene.write(
        "wrong.yaml",
        "instance_types: [p5.48xlarge]\nslices: { 1g.11gb: 7 }\n",
    );
    let cases: [(&[&str], &str); 8] = [
        (&["drift"], "nothing to look at"),
        (&["drift", "--bogus"], "unexpected argument"),
        (
            &["drift", "--plan", "-", "--layout", "-"],
            "standard input can stand for one file only",
        ),
        (&["drift", "--plan", "no/such.json"], "cannot read no/such.json"),
        (&["drift", "--plan", &layouts], "the plan is not what"),
        (&["drift", "--layout", &wrong, "--cluster", "prod"], "1g.11gb"),
        (
            &[
                "drift",
                "--layout",
                &layouts,
                "--context",
                "nobody",
                "--kubeconfig",
                &layouts,
            ],
            "there is no context nobody",
        ),
        (
            &[
                "drift",
                "--layout",
                &layouts,
                "--context",
                "good",
                "--boot-timeout",
                "soon",
            ],
            "such as 15m",
        ),
    ];
    for (arguments, words) in cases {
        let said = mig(&MOTO.env(), arguments);
        assert_eq!(said.code, Some(1), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "", "{arguments:?}");
    }
    assert_eq!(mig(&[], &["drift", "--help"]).code, Some(0));
}
