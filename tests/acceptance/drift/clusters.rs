//! Several clusters, of which one does not answer.

use super::{Scene, findings, not_checked};

#[test]
fn a_cluster_that_does_not_answer_is_not_checked_and_keeps_nobody_from_the_others() {
    let mut scene = Scene::new("drift-clusters");
    scene.node("right", |_| ());
    let both = ["gone", "good"];
    for (strict, code) in [(&[][..], 0), (&["--strict"], 3)] {
        let report = scene.report(&both, strict, code);
        assert_eq!(not_checked(&report), ["gone Cluster unreachable"]);
        assert_eq!(report["node_states"]["right"], 1);
        assert!(
            !report["checked"].to_string().contains("gone"),
            "it is not in sync: {report}"
        );
    }
    let said = scene.look(&both, &[]);
    assert!(
        said.out
            .contains("Not checked:\n  Cluster in cluster gone (unreachable): "),
        "{}",
        said.out
    );
    scene.node("right-too", |node| {
        node["status"]["capacity"]["nvidia.com/gpu"] = serde_json::json!("8")
    });
    scene.node("worse", |node| {
        node["status"]["allocatable"]["nvidia.com/gpu"] = serde_json::json!("8")
    });
    let report = scene.report(&both, &["--strict"], 2);
    assert_eq!(
        findings(&report),
        ["Node/worse D1 unexpected"],
        "drift is more than a gap"
    );
}
