//! Rules, baselines, and files instead of standard output.

use serde_json::json;

use super::{Scene, findings};

fn two_faults() -> Scene {
    let mut scene = Scene::new("drift-filters");
    scene.node("known", |node| {
        node["status"]["allocatable"] = json!({(super::SLICE): "0"})
    });
    scene.node("new", |node| {
        node["spec"]["taints"] = json!([{"key": "mig.eks/partition-failed", "effect": "NoSchedule"}])
    });
    scene
}

#[test]
fn rules_leave_out_what_they_name_until_their_day() {
    let scene = two_faults();
    let rules = "ignore:\n\
        - { object: Node/known, reason: It is looked at. }\n\
        - { class: D1, place: good, reason: It was looked at., expires: 2026-01-31 }\n\
        - { class: D8, reason: There are no groups. }\n";
    let rules = scene.write("ignore.yaml", rules);
    let report = scene.report(&["good"], &["--ignore", &rules], 2);
    assert_eq!(findings(&report), ["Node/new D1 partition-failed"]);
    assert_eq!(report["ignored"][0]["reason"], "It is looked at.");
    let notes: Vec<_> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["rule"].as_str(), rule["state"].as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            (Some("D1 at good"), Some("expired")),
            (Some("D8"), Some("unused"))
        ]
    );
    let all = scene.write("all.yaml", "ignore: [{ object: Node/*, reason: All. }]\n");
    assert_eq!(
        findings(&scene.report(&["good"], &["--ignore", &all], 0)),
        Vec::<String>::new()
    );
    for (text, words) in [
        ("ignore: [{ class: D8 }]\n", "reason"),
        ("ignore: [{ object: known, reason: x }]\n", "has no kind"),
        ("rules: []\n", "unknown field"),
        ("ignore: [\n", "neither YAML nor JSON"),
    ] {
        let file = scene.write("wrong.yaml", text);
        let said = scene.look(&["good"], &["--ignore", &file]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{text}");
        assert!(
            said.err.contains(words) && said.err.contains("wrong.yaml"),
            "{text}: {}",
            said.err
        );
    }
}

#[test]
fn what_a_baseline_has_does_not_count_again() {
    let mut scene = two_faults();
    let baseline = scene.path("baseline.json");
    let written = scene.look(&["good"], &["--format", "json", "--output", &baseline]);
    assert_eq!((written.code, written.out.as_str()), (Some(2), ""));
    let report = scene.report(&["good"], &["--baseline", &baseline], 0);
    assert!(
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["known"] == true)
    );
    scene.node("newest", |node| {
        node["status"]["allocatable"] = json!({(super::SLICE): "0"})
    });
    let report = scene.report(&["good"], &["--baseline", &baseline], 2);
    assert_eq!(
        findings(&report)[0],
        "Node/newest D1 unhealthy",
        "what is new comes first"
    );
    let said = scene.look(&["good"], &["--baseline", &scene.path("slices.yaml")]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("is not an earlier report"), "{}", said.err);
    let nowhere = scene.look(&["good"], &["--output", "/no/such/folder/report"]);
    assert_eq!(
        nowhere.code,
        Some(1),
        "what cannot be written is an error and not drift"
    );
    assert!(
        nowhere.err.contains("cannot write /no/such/folder/report"),
        "{}",
        nowhere.err
    );
}
