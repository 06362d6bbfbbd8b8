//! Templates of nodes that boot Bottlerocket.

use serde_json::json;

use crate::support::{Ground, assert_says, ec2, with_a_cli};

const ADDRESS: &str = "mig_launch_template.this";

/// A template `this` of a name, whose nodes boot Bottlerocket, with further arguments.
fn template(name: &str, slices: &str, arguments: &str) -> String {
    format!(
        "resource \"mig_launch_template\" \"this\" {{\n  name   = \"{name}\"\n  ami_family = \"Bottlerocket\"\n  layout = {{ \
         instance_types = [\"p5.48xlarge\"], slices = {{ {slices} }}, strategy = \"single\" }}\n{arguments}\n}}\n"
    )
}

const SMALL: &str = "\"1g.10gb\" = 7";

#[test]
fn its_user_data_is_settings() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "bottlerocket", |name| template(name, SMALL, ""));
        let plan = ground.plan();
        assert_says(
            &plan.output.words(),
            &[
                "Bottlerocket has a device plugin built in",
                "mig_device_plugin must not match these nodes",
                "mig.eks/device-plugin",
            ],
        );
        ground.settle();
        let stored = ec2::user_data(&ground.name);
        let expected = "[settings.kubelet-device-plugins.nvidia]\ndevice-partitioning-strategy = \"mig\"\n\n\
                        [settings.kubelet-device-plugins.nvidia.mig.profile]\n\"h100.80gb\" = \"1g.10gb\"\n";
        assert_eq!(stored, expected);
        let this = ground.this();
        assert_eq!(this["user_data"], json!(expected));
        assert!(!ground.plan_words().contains("device plugin"), "said once");
    });
}

#[test]
fn another_cut_rolls_nodes_and_so_does_another_family() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "bottlerocket-change", |name| template(name, SMALL, ""));
        ground.apply();
        ground.write(&template(&ground.name, "\"3g\" = 2", ""));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        assert_says(
            &plan.output.words(),
            &["A new version of the launch template rolls nodes", "user_data"],
        );
        ground.settle();
        assert!(ec2::user_data(&ground.name).contains("\"h100.80gb\" = \"3g.40gb\""));
        ground.write(&template(&ground.name, "\"3g\" = 2", "").replace("Bottlerocket", "AL2023"));
        assert_says(&ground.plan_words(), &["rolls nodes"]);
        ground.settle();
        assert!(ec2::user_data(&ground.name).contains("gpus 0-7 9:0,9:4"));
        ground.write(&template(&ground.name, "\"3g\" = 2", ""));
        assert_says(&ground.plan_words(), &["rolls nodes", "device plugin built in"]);
        ground.settle();
        assert_eq!(ec2::template(&ground.name).latest_version, 4);
        ground.project.destroy().unwrap();
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}

#[test]
fn an_import_changes_nothing_at_ec2() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "bottlerocket-import", |name| template(name, SMALL, ""));
        let other = Ground::with(cli, "elsewhere", |_| template(&ground.name, SMALL, ""));
        other.apply();
        ground
            .project
            .try_import(ADDRESS, &ground.name)
            .unwrap()
            .success()
            .unwrap();
        let plan = ground.plan();
        assert!(!plan.output.words().contains("rolls nodes"));
        assert_eq!(
            plan.changes()[0].after["user_data"],
            json!(ec2::user_data(&ground.name))
        );
        ground.settle();
        assert_eq!(ec2::template(&ground.name).latest_version, 1);
    });
}

#[test]
fn a_family_that_is_unknown_at_plan() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "bottlerocket-unknown", |name| {
            let late = "resource \"terraform_data\" \"family\" {\n  input = \"Bottlerocket\"\n}\n";
            let template = template(name, SMALL, "");
            late.to_owned() + &template.replace("\"Bottlerocket\"", "terraform_data.family.output")
        });
        let planned = ground.plan();
        let change = planned
            .changes()
            .iter()
            .find(|change| change.address == ADDRESS)
            .unwrap()
            .clone();
        assert!(change.after["user_data"].is_null(), "unknown at plan");
        ground.settle();
        assert!(ec2::user_data(&ground.name).starts_with("[settings."));
    });
}

#[test]
fn what_bottlerocket_has_no_use_for_is_refused() {
    let node_config = "  node_config = { cluster_name = \"a\", api_server_endpoint = \"https://a\", certificate_authority = \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\", \
                       service_cidr = \"10.0.0.0/16\" }";
    let refused: [(&str, &str, &[&str]); 6] = [
        (
            SMALL,
            "  on_failure = \"terminate\"",
            &[
                "on_failure does not apply to Bottlerocket",
                "on_failure = \"terminate\"",
                "without a script",
            ],
        ),
        (
            SMALL,
            "  partition_timeout = \"5m\"",
            &["partition_timeout does not apply", "ami_family = \"AL2023\""],
        ),
        (SMALL, node_config, &["node_config does not apply", "nodeadm"]),
        (
            SMALL,
            "  extra_user_data = {}",
            &["extra_user_data does not apply", "TOML"],
        ),
        (
            "\"1g\" = 6",
            "",
            &[
                "Bottlerocket cannot make these slices on p5.48xlarge",
                "layout.slices",
                "7 x 1g.10gb",
            ],
        ),
        ("\"3g\" = 1, \"2g\" = 2", "", &["needs equal slices"]),
    ];
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "bottlerocket-refused", |name| template(name, SMALL, ""));
        for (slices, arguments, words) in refused {
            ground.write(&template(&ground.name, slices, arguments));
            assert_says(&ground.refused_plan(), words);
        }
        ground.write(&template(&ground.name, SMALL, "").replace("\"single\"", "\"mixed\""));
        assert_says(
            &ground.refused_plan(),
            &["Bottlerocket cannot serve the mixed strategy", "strategy"],
        );
        ground.write(&template(&ground.name, SMALL, "").replace("\"Bottlerocket\"", "\"AL2\""));
        assert_says(&ground.refused_plan(), &["ami_family", "AL2023, Bottlerocket"]);
    });
}
