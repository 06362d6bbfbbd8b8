//! What is known only after apply: nothing that a plan calls known may come out otherwise.

use super::{MIXED, THIS, ground, plugin_on};
use crate::support::{assert_says, with_a_cli};

/// A value that is unknown at the first plan.
fn later(name: &str, value: &str) -> String {
    format!("resource \"terraform_data\" \"{name}\" {{\n  input = {value}\n}}\n")
}

#[test]
fn a_cluster_whose_name_comes_later() {
    with_a_cli(|cli| {
        let ground = ground(cli, "later-cluster");
        let cluster = "name = terraform_data.cluster.output";
        let configuration = plugin_on(cluster, &ground.name, &[MIXED], "");
        ground.write(&format!("{}{configuration}", later("cluster", "\"prod\"")));
        let plan = ground.plan();
        assert_eq!(plan.actions(THIS), ["create"]);
        let words = plan.output.words();
        assert_eq!(words.matches("Warning:").count(), 1, "{words}");
        assert_says(&words, &["The cluster is known only after apply"]);
        let change = plan
            .changes()
            .into_iter()
            .find(|change| change.address == THIS)
            .unwrap();
        assert_eq!(change.after["manifests"].as_object().unwrap().len(), 3);
        ground.project.try_apply_plan().unwrap().success().unwrap();
        ground.assert_settled();
    });
}

#[test]
fn layout_image_and_names_that_come_later() {
    with_a_cli(|cli| {
        let ground = ground(cli, "later-parts");
        let layout =
            r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = terraform_data.count.output } }"#;
        let more = "image = terraform_data.image.output\n  name = terraform_data.name.output\n  labels = { team = \
                    terraform_data.name.output }";
        let configuration = [
            later("count", "7"),
            later("image", "\"example.com/plugin:v2\""),
            later("name", "\"slices\""),
            plugin_on("name = \"prod\"", &ground.name, &[layout], more),
        ];
        ground.write(&configuration.concat());
        let plan = ground.plan();
        let change = plan
            .changes()
            .into_iter()
            .find(|change| change.address == THIS)
            .unwrap();
        assert_eq!(change.after_unknown["manifests"], true);
        assert_eq!(change.after_unknown["id"], true);
        ground.project.try_apply_plan().unwrap().success().unwrap();
        ground.assert_settled();
        // The same again, for an object that exists.
        ground.write(&configuration.concat().replace("plugin:v2", "plugin:v3"));
        assert_eq!(ground.plan().actions(THIS), ["update"]);
        ground.project.try_apply_plan().unwrap().success().unwrap();
        ground.assert_settled();
    });
}

/// The provider's default cluster is unknown while the object exists: nothing can be read, nothing is lost.
#[test]
fn a_default_cluster_that_comes_later_for_an_object_that_exists() {
    with_a_cli(|cli| {
        let ground = ground(cli, "later-default");
        let provider = |name: &str| format!("provider \"mig\" {{\n  kubernetes = {{ name = {name} }}\n}}\n");
        let resource = plugin_on("", &ground.name, &[MIXED], "")
            .replace("provider \"mig\" {}\n", "")
            .replace("  cluster = {  }\n", "");
        ground.write(&format!("{}{resource}", provider("\"prod\"")));
        ground.settle();
        let unknown = format!(
            "{}{}{resource}",
            later("cluster", "\"prod\""),
            provider("terraform_data.cluster.output")
        );
        ground.write(&unknown);
        let plan = ground.plan();
        assert_says(&plan.output.words(), &["The objects were not read"]);
        assert!(
            plan.actions(THIS).iter().all(|action| action == "no-op"),
            "{}",
            plan.output.stdout
        );
        ground.apply();
        ground.assert_settled();
    });
}
