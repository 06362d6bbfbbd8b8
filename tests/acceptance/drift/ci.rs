//! The jobs of `examples/ci` and the commands of the guide: the shell script runs, and the command line takes every line.

use std::process::Command;

use serde_json::json;

use super::{DRIFT, Scene, path_of};

#[test]
fn a_variable_that_is_missing_is_an_error_and_not_drift() {
    for (name, value) in [("LAYOUTS", "slices.yaml"), ("CONTEXTS", "prod")] {
        let script = path_of("examples/ci/drift.sh");
        let output = Command::new("sh")
            .arg(script)
            .env_clear()
            .env("MIG", "false")
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(": set "), "{said}");
    }
}

/// Runs `examples/ci/drift.sh` with these variables beside those that it needs.
fn job(scene: &Scene, contexts: &str, more: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new("sh")
        .arg(path_of("examples/ci/drift.sh"))
        .env("MIG", env!("CARGO_BIN_EXE_terraform-provider-mig"))
        .env("KUBECONFIG", scene.path("kubeconfig"))
        .env("LAYOUTS", path_of("examples/ci/slices.yaml"))
        .env("CONTEXTS", contexts)
        .envs(more.iter().copied())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_script_runs_and_ends_with_the_code_of_the_report() {
    let mut scene = Scene::new("drift-job");
    scene.node("right", |_| ());
    assert_eq!(job(&scene, "good", &[]).0, Some(0));
    let (code, text) = job(&scene, "good gone", &[]);
    assert_eq!(code, Some(3), "{text}");
    // Its boot time is the usual one, so the node must have been there for long or be marked.
    scene.node("failed", |node| {
        node["spec"]["taints"] = json!([{"key": "mig.eks/partition-failed", "effect": "NoSchedule"}])
    });
    let (code, text) = job(&scene, "good gone", &[("FORMAT", "json")]);
    assert_eq!(code, Some(2), "{text}");
    let baseline = scene.write("baseline.json", &text);
    assert_eq!(job(&scene, "good", &[("BASELINE", &baseline)]).0, Some(0));
    let rules = scene.write(
        "ignore.yaml",
        "ignore: [{ object: Node/failed, reason: It is looked at. }]\n",
    );
    assert_eq!(job(&scene, "good", &[("IGNORE", &rules)]).0, Some(0));
    let example = path_of("examples/ci/ignore.yaml");
    assert_eq!(
        job(&scene, "good", &[("IGNORE", example.to_str().unwrap())]).0,
        Some(2),
        "the example can be read"
    );
    assert!(
        DRIFT.get("/api/v1/nodes/failed").unwrap().is_some(),
        "nothing was changed"
    );
}
