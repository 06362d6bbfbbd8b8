//! From apply to destroy.

use std::time::Duration;

use counterparts::wait_for;
use serde_json::json;

use super::{ALSO_MIXED, MIXED, MIXED_OBJECTS, MPS, SINGLE, THIS, TIME_SLICED, ground, plugin, this};
use crate::support::kube::{KUBE, image, live, objects, path};
use crate::support::with_each_cli;

#[test]
fn made_changed_renamed_and_destroyed() {
    with_each_cli(|cli| {
        let ground = ground(cli, "lifecycle");
        let namespace = &ground.name;
        ground.settle();
        assert!(
            objects(namespace).iter().eq(&MIXED_OBJECTS),
            "{:?}",
            objects(namespace)
        );
        assert_eq!(this(&ground)["id"], format!("{namespace}/mig-device-plugin"));

        ground.write(&plugin(namespace, &[MIXED], "image = \"example.com/plugin:v2\""));
        let plan = ground.plan();
        assert_eq!(plan.actions(THIS), ["update"]);
        ground.settle();
        assert_eq!(
            image(namespace, "mig-device-plugin-mixed"),
            "example.com/plugin:v2"
        );

        ground.write(&plugin(namespace, &[MIXED], "name = \"slices\""));
        assert_eq!(ground.plan().actions(THIS), ["delete", "create"]);
        ground.settle();
        let renamed = [
            "ConfigMap/slices",
            "DaemonSet/slices-mixed",
            "ServiceAccount/slices",
        ];
        assert!(objects(namespace).iter().eq(&renamed), "{:?}", objects(namespace));

        ground.project.destroy().unwrap();
        assert!(objects(namespace).is_empty(), "{:?}", objects(namespace));
        assert_eq!(ground.project.state_list().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn one_daemon_set_for_each_configuration_that_the_layouts_need() {
    with_each_cli(|cli| {
        let ground = ground(cli, "layouts");
        let namespace = &ground.name;
        let all = [MIXED, ALSO_MIXED, SINGLE, TIME_SLICED, MPS];
        ground.write(&plugin(namespace, &all, ""));
        ground.settle();
        let daemon_sets: Vec<String> = objects(namespace)
            .into_iter()
            .filter(|name| name.starts_with("DaemonSet/"))
            .collect();
        // Mixed, single, time-sliced, MPS and the MPS control daemon.
        assert_eq!(daemon_sets.len(), 5, "{daemon_sets:?}");
        let strategy = |name: &str| {
            let found = live(namespace, name).unwrap();
            let env = found["spec"]["template"]["spec"]["containers"][0]["env"].clone();
            let mut env = env.as_array().unwrap().clone().into_iter();
            env.find(|entry| entry["name"] == "MIG_STRATEGY").unwrap()["value"].clone()
        };
        assert_eq!(strategy("DaemonSet/mig-device-plugin-mixed"), "mixed");
        assert_eq!(strategy("DaemonSet/mig-device-plugin-single"), "single");
        let files = live(namespace, "ConfigMap/mig-device-plugin").unwrap()["data"].to_string();
        assert!(files.contains("timeSlicing") && files.contains("mps"), "{files}");

        ground.write(&plugin(namespace, &[SINGLE], ""));
        ground.settle();
        let left = [
            "ConfigMap/mig-device-plugin",
            "DaemonSet/mig-device-plugin-single",
            "ServiceAccount/mig-device-plugin",
        ];
        assert!(objects(namespace).iter().eq(&left), "{:?}", objects(namespace));
        ground.project.destroy().unwrap();
        assert!(objects(namespace).is_empty());
    });
}

#[test]
fn every_option_is_taken_by_the_api_server_and_comes_back_as_written() {
    let options = r#"
  image_pull_policy   = "IfNotPresent"
  image_pull_secrets  = ["registry"]
  tolerations         = [{ key = "team", operator = "Equal", value = "ml", effect = "NoExecute" }, { operator = "Exists" }]
  node_selector       = { "example.com/pool" = "gpu" }
  priority_class_name = ""
  resources           = { requests = { cpu = "1000m", memory = "0.5Gi" }, limits = { memory = "1024Mi" } }
  env                 = { PASS_DEVICE_SPECS = "true" }
  labels              = { "example.com/team" = "ml" }
  annotations         = { "example.com/docs" = "https://example.com/gpu, see: \"slices\"" }
  rollout_timeout     = "600s"
"#;
    with_each_cli(|cli| {
        let ground = ground(cli, "options");
        ground.write(&plugin(&ground.name, &[MIXED, TIME_SLICED, MPS], options));
        ground.settle();
        let pod =
            live(&ground.name, "DaemonSet/mig-device-plugin-mixed").unwrap()["spec"]["template"]["spec"]
                .clone();
        assert_eq!(pod["nodeSelector"]["example.com/pool"], "gpu");
        assert_eq!(pod["containers"][0]["resources"]["requests"]["cpu"], "1");
        assert_eq!(this(&ground)["resources"]["requests"]["cpu"], "1000m");
        // Each option is taken away again.
        ground.write(&plugin(&ground.name, &[MIXED], ""));
        ground.settle();
        let pod =
            live(&ground.name, "DaemonSet/mig-device-plugin-mixed").unwrap()["spec"]["template"]["spec"]
                .clone();
        assert_eq!(pod["nodeSelector"].as_object().unwrap().len(), 1);
        assert_eq!(pod["containers"][0]["resources"], serde_json::json!({}));
    });
}

#[test]
fn a_destroy_waits_for_what_others_still_hold() {
    let account = "ServiceAccount/mig-device-plugin";
    with_each_cli(|cli| {
        let ground = ground(cli, "held");
        ground.apply();
        let at = path(&ground.name, account);
        let held = |by: serde_json::Value| KUBE.patch(&at, &json!({"metadata": {"finalizers": by}})).unwrap();
        held(json!(["example.com/held"]));
        let arguments = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        let destroy = ground.project.spawn(&arguments).unwrap();
        let marked = || {
            let found = live(&ground.name, account).unwrap_or_default();
            let time = found["metadata"]["deletionTimestamp"].as_str().map(drop);
            time.ok_or_else(|| found.to_string())
        };
        wait_for("the deletion", Duration::from_secs(120), marked).unwrap();
        held(json!(null));
        destroy.wait(Duration::from_secs(120)).unwrap().success().unwrap();
        assert!(objects(&ground.name).is_empty());
    });
}
