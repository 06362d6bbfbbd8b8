//! Fields of a DaemonSet that have no attribute.

use serde_json::json;

use super::{MIXED, THIS, ground, plugin};
use crate::support::kube::{edit, live};
use crate::support::{assert_says, with_a_cli, with_tofu};

const DAEMON_SET: &str = "DaemonSet/mig-device-plugin-mixed";

const EXTRA: &str = r#"extra = jsonencode({
    minReadySeconds = 5
    template = { spec = {
      terminationGracePeriodSeconds = 7
      volumes    = [{ name = "scratch", emptyDir = {} }]
      containers = [{ name = "nvidia-device-plugin", terminationMessagePolicy = "FallbackToLogsOnError" }]
    } }
  })"#;

#[test]
fn they_are_applied_watched_and_taken_away_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "extra");
        let name = &ground.name;
        ground.write(&plugin(name, &[MIXED], EXTRA));
        ground.settle();
        let spec = live(name, DAEMON_SET).unwrap()["spec"].clone();
        assert_eq!(spec["minReadySeconds"], 5);
        let pod = &spec["template"]["spec"];
        assert_eq!(pod["terminationGracePeriodSeconds"], 7);
        let container = &pod["containers"][0];
        assert_eq!(container["terminationMessagePolicy"], "FallbackToLogsOnError");
        assert!(container["image"].is_string(), "what is rendered is still there");
        let volumes = pod["volumes"].as_array().unwrap();
        assert!(volumes.len() > 1 && volumes.iter().any(|volume| volume["name"] == "scratch"));

        edit(
            name,
            DAEMON_SET,
            "kubectl-edit",
            &json!({"spec": {"minReadySeconds": 60}}),
        );
        assert_eq!(ground.plan().actions(THIS), ["update"]);
        ground.settle();
        assert_eq!(live(name, DAEMON_SET).unwrap()["spec"]["minReadySeconds"], 5);

        ground.write(&plugin(name, &[MIXED], ""));
        ground.settle();
        let spec = live(name, DAEMON_SET).unwrap()["spec"].clone();
        assert!(spec.get("minReadySeconds").is_none(), "{spec}");
        assert_eq!(spec["template"]["spec"]["terminationGracePeriodSeconds"], 30);
    });
}

#[test]
fn what_cannot_be_given_is_refused_at_plan() {
    with_tofu(|cli| {
        let ground = ground(cli, "extra-wrong");
        for (extra, said) in [
            ("\"[1]\"", "The text is not a JSON object"),
            (
                "jsonencode({ template = { spec = { tolerations = [] } } })",
                "spec.template.spec.tolerations has an attribute of its own",
            ),
            (
                "jsonencode({ updateStrategy = { type = \"OnDelete\" } })",
                "spec.updateStrategy.type is rendered already",
            ),
            // The API server knows its own fields.
            ("jsonencode({ minReadySecond = 5 })", "minReadySecond"),
        ] {
            ground.write(&plugin(&ground.name, &[MIXED], &format!("extra = {extra}")));
            assert_says(&ground.refused_plan(), &[said]);
        }
        // What a module's caller left out.
        let nulls = "extra = jsonencode({ minReadySeconds = null })";
        ground.write(&plugin(&ground.name, &[MIXED], nulls));
        ground.settle();
    });
}
