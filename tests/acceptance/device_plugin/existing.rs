//! Objects that exist before they are in the state.

use counterparts::Cli;
use serde_json::json;

use super::{MIXED, THIS, TIME_SLICED, ground, plugin, plugin_on, this};
use crate::karpenter::{Wish, configuration};
use crate::support::karpenter::know_karpenter;
use crate::support::kube::{KUBE, collection, live, make_namespace, objects};
use crate::support::{Ground, assert_says, with_each_cli, with_tofu};

#[test]
fn an_object_of_others_is_not_taken_over_unasked() {
    with_each_cli(|cli| {
        let ground = ground(cli, "stranger");
        let namespace = &ground.name;
        let theirs = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mig-device-plugin"}, "data": {"theirs": "1"},
        });
        KUBE.create(&collection(namespace, "ConfigMap"), &theirs).unwrap();
        let taken = format!("ConfigMap/mig-device-plugin exists already in {namespace}");
        let plan = ground.plan();
        assert_eq!(plan.actions(THIS), ["create"]);
        assert_says(&plan.output.words(), &["Warning:", &taken]);
        let id = format!("id = \"prod/{namespace}/mig-device-plugin\"");
        let words = ground.failed_apply();
        assert_says(
            &words,
            &["Error:", &taken, "import {", &id, "force_conflicts = true"],
        );
        assert_eq!(objects(namespace).len(), 1);

        ground.write(&plugin(namespace, &[MIXED], "force_conflicts = true"));
        ground.settle();
        let data = live(namespace, "ConfigMap/mig-device-plugin").unwrap()["data"].clone();
        assert_eq!(data["theirs"], "1");
        assert!(data["mixed.yaml"].is_string());
    });
}

#[test]
fn two_states_do_not_share_one_plugin() {
    with_each_cli(|cli| {
        let first = ground(cli, "twice");
        first.settle();
        let second = Ground::with(cli, "again", |_| plugin(&first.name, &[MIXED], ""));
        assert_says(
            &second.failed_apply(),
            &["exists already", "another configuration may manage it"],
        );
        first.assert_settled();
    });
}

/// A second project, empty of state, for the same objects.
fn importer(cli: &Cli, test: &str, configuration: &str) -> Ground {
    Ground::with(cli, test, |_| configuration.to_owned())
}

/// What was imported needs one apply, which changes nothing in the cluster: configuration that only the provider
/// knows has to reach the state.
fn assert_adopts(ground: &Ground, namespace: &str) {
    let before = live(namespace, "DaemonSet/mig-device-plugin-mixed").unwrap();
    assert_adopts_all(ground);
    let after = live(namespace, "DaemonSet/mig-device-plugin-mixed").unwrap();
    assert_eq!(
        before["metadata"]["resourceVersion"],
        after["metadata"]["resourceVersion"]
    );
}

/// The same, by the objects of the state.
fn assert_adopts_all(ground: &Ground) {
    let plan = ground.plan();
    for change in plan.changes() {
        assert_eq!(change.actions, ["update"], "{}", plan.output.stdout);
        assert_eq!(
            change.before["manifests"], change.after["manifests"],
            "{}",
            plan.output.stdout
        );
    }
    ground.settle();
}

#[test]
fn imported_by_id_in_both_forms() {
    with_each_cli(|cli| {
        let made = ground(cli, "import");
        let namespace = made.name.as_str();
        made.settle();
        let with_cluster = importer(cli, "import-cluster", &plugin(namespace, &[MIXED], ""));
        let id = format!("prod/{namespace}/mig-device-plugin");
        with_cluster
            .project
            .try_import(THIS, &id)
            .unwrap()
            .success()
            .unwrap();
        assert_eq!(this(&with_cluster)["cluster"]["name"], "prod");
        assert_adopts(&with_cluster, namespace);

        let region = "name = \"prod\", region = \"us-east-1\"";
        let with_region = importer(cli, "import-region", &plugin_on(region, namespace, &[MIXED], ""));
        let id = format!("prod@us-east-1/{namespace}/mig-device-plugin");
        with_region
            .project
            .try_import(THIS, &id)
            .unwrap()
            .success()
            .unwrap();
        assert_adopts(&with_region, namespace);

        let by_default = plugin(namespace, &[MIXED], "")
            .replace(
                "provider \"mig\" {}",
                "provider \"mig\" {\n  kubernetes = { name = \"prod\" }\n}",
            )
            .replace("  cluster = { name = \"prod\" }\n", "");
        let without = importer(cli, "import-default", &by_default);
        let id = format!("{namespace}/mig-device-plugin");
        without.project.try_import(THIS, &id).unwrap().success().unwrap();
        assert_adopts(&without, namespace);
    });
}

/// A layout with a configuration of the plugin that no other test has, so that the layouts follow from the pool beside it.
const OWN: &str = r#"{
  instance_types = ["p5.48xlarge"]
  slices         = { "1g.10gb" = 7 }
  sharing        = { strategy = "time-slicing", replicas = 37 }
}"#;

/// Attributes of all kinds.
const EVERYTHING: &str = r#"
  image               = "nvcr.io/nvidia/k8s-device-plugin:v0.20.0"
  image_pull_policy   = "Always"
  image_pull_secrets  = ["registry"]
  tolerations         = [{ key = "team", operator = "Equal", value = "ml", effect = "NoSchedule" }]
  node_selector       = { team = "ml" }
  priority_class_name = "system-cluster-critical"
  runtime_class_name  = "nvidia"
  resources           = { requests = { cpu = "10m" }, limits = { memory = "64Mi" } }
  feature_discovery   = true
  env                 = { PASS_DEVICE_SPECS = "true" }
  labels              = { team = "ml" }
  annotations         = { note = "x" }
  extra               = jsonencode({ minReadySeconds = 10 })
  render_version      = 1"#;

#[test]
fn after_an_import_beside_its_pools_nothing_is_left_to_do() {
    with_each_cli(|cli| {
        know_karpenter();
        for (number, more) in ["", EVERYTHING].into_iter().enumerate() {
            let nodes = |name: &str| {
                let wish = Wish {
                    layout: OWN,
                    ..Wish::default()
                };
                let plugin = plugin(name, &[OWN], more).replace("provider \"mig\" {}", "");
                configuration(name, &wish) + &plugin
            };
            let ground = Ground::with(cli, &format!("imports-{number}"), nodes);
            make_namespace(&ground.name);
            ground.settle();
            let forgotten = ground.project.run(&["state", "rm", THIS]).unwrap();
            forgotten.success().unwrap();
            let id = format!("prod/{}/mig-device-plugin", ground.name);
            ground.project.try_import(THIS, &id).unwrap().success().unwrap();
            let plan = ground.plan();
            let changes = plan.changes().into_iter();
            let changes: Vec<_> = changes.map(|change| (change.before, change.after)).collect();
            assert_eq!(changes, [], "{}", plan.output.stdout);

            let generated = Ground::new(cli, &format!("generated-{number}"));
            generated.settle_generated(&[(THIS, id.as_str())]);
            ground.project.destroy().unwrap();
        }
    });
}

#[test]
fn layouts_that_do_not_follow_from_the_cluster_are_said() {
    with_each_cli(|cli| {
        let ground = ground(cli, "no-pools");
        ground.write(&plugin(&ground.name, &[TIME_SLICED], ""));
        ground.settle();
        let forgotten = ground.project.run(&["state", "rm", THIS]).unwrap();
        forgotten.success().unwrap();
        let id = format!("prod/{}/mig-device-plugin", ground.name);
        let imported = ground.project.try_import(THIS, &id).unwrap();
        assert_eq!(imported.code, 0);
        assert_says(
            &imported.words(),
            &["The layouts of the plugin do not follow from the cluster"],
        );
        assert!(this(&ground)["layouts"].is_null());
        assert_adopts_all(&ground);
    });
}

#[test]
fn imported_by_identity() {
    with_tofu(|cli| {
        let made = ground(cli, "identity");
        let namespace = made.name.as_str();
        made.settle();
        let block = format!(
            "import {{\n  to = {THIS}\n  identity = {{ cluster_name = \"prod\", namespace = \"{namespace}\", name = \
             \"mig-device-plugin\" }}\n}}\n"
        );
        let second = importer(
            cli,
            "identity-import",
            &format!("{}{block}", plugin(namespace, &[MIXED], "")),
        );
        assert_adopts(&second, namespace);
    });
}

#[test]
fn what_is_not_there_cannot_be_imported_and_a_wrong_id_says_its_form() {
    with_each_cli(|cli| {
        let ground = ground(cli, "absent");
        let id = format!("prod/{}/absent", ground.name);
        let output = ground.project.try_import(THIS, &id).unwrap();
        assert_eq!(output.code, 1);
        assert_says(&output.words(), &["non-existent remote object"]);
        let output = ground.project.try_import(THIS, "mig-device-plugin").unwrap();
        assert_eq!(output.code, 1);
        assert_says(
            &output.words(),
            &["NAMESPACE/NAME", "CLUSTER@REGION/NAMESPACE/NAME"],
        );
    });
}
