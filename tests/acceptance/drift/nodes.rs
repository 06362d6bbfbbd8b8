//! Nodes in every state, and the objects around them.

use serde_json::json;

use super::{AHEAD, BEFORE, DRIFT, NODES, SLICE, Scene, condition, findings, not_checked};

/// Every state that a node can be in.
fn crowd(scene: &mut Scene) {
    scene.node("right", |_| ());
    scene.node("fewer", |node| {
        node["status"]["capacity"] = json!({(SLICE): "8"});
        node["status"]["allocatable"] = json!({(SLICE): "8"});
    });
    scene.node("uncut", |node| {
        node["status"]["capacity"] = json!({(SLICE): "0", "nvidia.com/gpu": "8"});
        node["status"]["allocatable"] = json!({(SLICE): "0", "nvidia.com/gpu": "8"});
    });
    scene.node("unhealthy", |node| {
        node["status"]["allocatable"] = json!({(SLICE): "0"})
    });
    scene.node("empty", |node| {
        node["status"]["capacity"] = json!({});
        node["status"]["allocatable"] = json!({});
    });
    scene.node("failed", |node| {
        node["spec"]["taints"] =
            json!([{"key": "mig.eks/partition-failed", "value": "no-profile", "effect": "NoSchedule"}]);
    });
    scene.node("lost", |node| {
        node["status"]["conditions"][0]["status"] = json!("Unknown");
        node["status"]["conditions"][0]["reason"] = json!("NodeStatusUnknown");
    });
    scene.node("unlabelled", |node| {
        node["metadata"]["labels"]
            .as_object_mut()
            .unwrap()
            .remove("mig.eks/layout");
    });
    scene.node("old", |node| {
        node["metadata"]["labels"]["mig.eks/layout"] = json!("earlier")
    });
    scene.node("stale", |node| {
        node["status"]["capacity"] = json!({(SLICE): "56", "nvidia.com/mig-7g.80gb": "0"});
        node["status"]["allocatable"] = json!({(SLICE): "56", "nvidia.com/mig-7g.80gb": "0"});
    });
    scene.node("waited-for", |_| ());
    let mut waiting = condition("Initialized", "Unknown", BEFORE);
    waiting["nodeName"] = json!("waited-for");
    scene.claim("waited-for", &waiting);
    nodes_without_fault(scene);
}

/// Nodes that have less than their layout says, and with whom nothing is wrong.
pub(super) fn nodes_without_fault(scene: &mut Scene) {
    let nothing = |node: &mut serde_json::Value| {
        node["status"]["capacity"] = json!({});
        node["status"]["allocatable"] = json!({});
    };
    scene.node("boots", |node| {
        nothing(node);
        node["status"]["conditions"][0]["lastTransitionTime"] = json!(AHEAD);
    });
    scene.node("just-lost", |node| {
        nothing(node);
        node["status"]["conditions"][0]["status"] = json!("False");
        node["status"]["conditions"][0]["lastTransitionTime"] = json!(AHEAD);
    });
    scene.node("cordoned", |node| {
        nothing(node);
        node["spec"]["unschedulable"] = json!(true);
    });
    scene.node("disrupted", |node| {
        nothing(node);
        node["spec"]["taints"] = json!([{"key": "karpenter.sh/disrupted", "effect": "NoSchedule"}]);
    });
    scene.node("deleted", |node| {
        nothing(node);
        node["metadata"]["finalizers"] = json!(["karpenter.sh/termination"]);
    });
    DRIFT.delete(&format!("{NODES}/deleted")).unwrap();
    scene.node("cpu", |node| {
        nothing(node);
        node["metadata"]["labels"] = json!({"team": "web", "node.kubernetes.io/instance-type": "m7i.large"});
        node["spec"]["taints"] = json!([]);
    });
}

#[test]
fn each_state_of_a_node_has_its_class() {
    let mut scene = Scene::new("drift-nodes");
    crowd(&mut scene);
    let report = scene.report(&["good"], &["--strict"], 2);
    let expected = [
        "Node/failed D1 partition-failed",
        "Node/fewer D1 other-count",
        "Node/uncut D1 other-count",
        "Node/unhealthy D1 unhealthy",
        "Node/unlabelled D1 layout-label-missing",
        "Node/empty D2 nothing-registered",
        "Node/lost D2 not-ready",
        "Node/waited-for D2 not-initialized",
        "Node/stale D7 stale",
        "Node/old D10 old-layout",
    ];
    assert_eq!(findings(&report), expected);
    let states = &report["node_states"];
    let counts = ["right", "wrong", "booting", "draining"].map(|state| states[state].as_i64().unwrap());
    assert_eq!(counts, [2, 8, 1, 3], "{states}");
    let fewer = &report["findings"][1];
    assert_eq!(
        (&fewer["expected"], &fewer["found"]),
        (
            &json!("56 nvidia.com/mig-1g.10gb"),
            &json!("8 nvidia.com/mig-1g.10gb")
        )
    );
    for part in ["cause", "next_step", "fingerprint"] {
        assert!(!fewer[part].as_str().unwrap().is_empty(), "{part}");
    }
}

#[test]
fn what_karpenter_refuses_and_plugins_that_do_not_run_are_drift() {
    let mut scene = Scene::new("drift-objects");
    scene.node("right", |_| ());
    scene.pool("refused", &condition("Ready", "False", BEFORE));
    scene.class("refused", &condition("Ready", "False", BEFORE));
    scene.overlay("refused", &condition("ValidationSucceeded", "False", BEFORE));
    let config = scene.labels["mig.eks/device-plugin"].as_str().unwrap().to_owned();
    let status = |desired: u32, ready: u32| {
        json!({
            "observedGeneration": 1, "desiredNumberScheduled": desired, "currentNumberScheduled": desired,
            "updatedNumberScheduled": desired, "numberReady": ready, "numberMisscheduled": 0,
        })
    };
    scene.plugin("unready", &config, &status(1, 0));
    scene.plugin("nowhere", &config, &status(0, 0));
    let report = scene.report(&["good"], &["--strict"], 2);
    let expected = [
        "DaemonSet/default/nowhere D3 not-scheduled",
        "DaemonSet/default/unready D3 not-ready",
        "EC2NodeClass/refused D5 refused",
        "NodeOverlay/refused D5 refused",
        "NodePool/refused D5 refused",
    ];
    assert_eq!(findings(&report), expected);
    assert_eq!(not_checked(&report), Vec::<String>::new());
    assert!(
        report["findings"][2]["found"]
            .as_str()
            .unwrap()
            .contains("no subnet fits")
    );
}
