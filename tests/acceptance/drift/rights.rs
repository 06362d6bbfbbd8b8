//! The guide's role, and what is said where a part of it is missing.

use std::time::Duration;

use counterparts::wait_for;
use serde_json::{Value, json};

use super::{DRIFT, Scene, findings, not_checked};

const GUIDE: &str = include_str!("../../../docs/guides/drift-in-ci.md");
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

/// The kind that is not checked without the right to list a resource.
const KINDS: [(&str, &str); 8] = [
    ("nodes", "Node"),
    ("daemonsets", "DaemonSet"),
    ("nodeclaims", "NodeClaim"),
    ("nodepools", "NodePool"),
    ("nodeoverlays", "NodeOverlay"),
    ("ec2nodeclasses", "EC2NodeClass"),
    ("resourceslices", "ResourceSlice"),
    ("deployments", "Deployment"),
];

/// Gives a user the guide's role, but for one resource.
pub(crate) fn grant(scene: &mut Scene, user: &str, without: &str) {
    let text = GUIDE
        .split("```yaml\n")
        .find(|block| block.contains("kind: ClusterRole"))
        .unwrap();
    let whole = DRIFT
        .apply_yaml(
            &format!("{RBAC}/clusterroles/mig-drift"),
            "guide",
            text.split("```").next().unwrap(),
        )
        .unwrap();
    let mut rules = whole["rules"].clone();
    for rule in rules.as_array_mut().unwrap() {
        rule["resources"]
            .as_array_mut()
            .unwrap()
            .retain(|resource| resource != without);
    }
    rules
        .as_array_mut()
        .unwrap()
        .retain(|rule| !rule["resources"].as_array().unwrap().is_empty());
    let api = "rbac.authorization.k8s.io";
    let role = json!({"metadata": {"name": user}, "rules": rules});
    let binding = json!({
        "metadata": {"name": user}, "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": user},
        "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
    });
    scene.make(&format!("{RBAC}/clusterroles"), &role, None);
    scene.make(&format!("{RBAC}/clusterrolebindings"), &binding, None);
}

#[test]
fn the_guides_role_is_enough_and_what_is_missing_of_it_is_not_checked() {
    let mut scene = Scene::new("drift-rights");
    scene.node("right", |_| ());
    scene.node("wrong", |node| {
        node["status"]["allocatable"] = json!({(super::SLICE): "0"})
    });
    let refused = super::condition("Ready", "False", super::BEFORE);
    scene.pool("refused", &refused);
    scene.overlay(
        "taken",
        &super::condition("ValidationSucceeded", "True", super::BEFORE),
    );
    grant(&mut scene, "with-all", "none");
    for (resource, _) in KINDS {
        grant(&mut scene, &format!("without-{resource}"), resource);
    }
    let users: Vec<String> = KINDS
        .iter()
        .map(|(resource, _)| format!("without-{resource}"))
        .collect();
    let users: Vec<&str> = users.iter().map(String::as_str).chain(["with-all"]).collect();
    scene.contexts(&users);
    let mut expected: Vec<String> = KINDS
        .iter()
        .map(|(resource, kind)| format!("without-{resource} {kind} no-rights"))
        .collect();
    expected.sort();
    // The API server learns of roles after it has them.
    let report: Value = wait_for("the roles", Duration::from_secs(60), || {
        let report = scene.look(&users, &["--format", "json", "--strict"]).report();
        let found = not_checked(&report);
        if found == expected {
            Ok(report)
        } else {
            Err(format!("{found:?}"))
        }
    })
    .unwrap();
    let all = findings(&report);
    let count = |line: &str| all.iter().filter(|finding| finding.as_str() == line).count();
    assert_eq!(
        count("Node/wrong D1 unhealthy"),
        KINDS.len(),
        "all but one see the nodes: {all:?}"
    );
    assert_eq!(
        count("NodePool/refused D5 refused"),
        KINDS.len(),
        "all but one see the pools: {all:?}"
    );
    assert_eq!(all.len(), 2 * KINDS.len());
}

#[test]
fn a_user_without_any_right_sees_nothing_in_sync() {
    let scene = Scene::new("drift-nobody");
    scene.contexts(&["nobody"]);
    let report = scene.report(&["nobody"], &["--strict"], 3);
    assert_eq!(
        not_checked(&report),
        [
            "nobody DaemonSet no-rights",
            "nobody Node no-rights",
            "nobody NodePool no-rights"
        ]
    );
    assert_eq!(report["checked"], json!([]));
}
