//! From creation to destruction.

use serde_json::json;

use super::{ADDRESS, SIZES, SLICES, SMALL, auto_scaling_group, ground, group};
use crate::support::{MOTO, REGION, assert_says, eks, with_a_cli, with_each_cli};

#[test]
fn a_group_is_made_changed_rolled_and_destroyed() {
    with_each_cli(|cli| {
        let ground = ground(cli, "group", &format!("{SIZES}\n  tags = {{ team = \"ml\" }}"));
        ground.settle();
        let this = ground.resource(ADDRESS);
        let made = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(this["status"], json!("ACTIVE"));
        assert_eq!(this["arn"], made["nodegroupArn"]);
        assert_eq!(made["amiType"], json!("AL2023_x86_64_NVIDIA"));
        assert_eq!(made["instanceTypes"], json!(["p5.48xlarge"]));
        assert_eq!(
            made["taints"],
            json!([{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}])
        );
        assert_eq!(made["tags"][SLICES], json!("56"));
        assert_eq!(made["tags"]["team"], json!("ml"));
        assert_eq!(this["slices_per_node"], json!({"nvidia.com/mig-1g.10gb": 56}));
        let tags = eks::tags(&auto_scaling_group(&ground));
        assert_eq!(tags[SLICES], "56");
        let layout = "k8s.io/cluster-autoscaler/node-template/label/mig.eks/layout";
        assert_eq!(json!(tags[layout]), made["tags"]["mig.eks/layout"]);
        assert!(
            made["labels"].get("mig.eks/layout").is_none(),
            "user data gives it, so that a roll changes it with the slices"
        );
        assert!(tags.contains_key("eks:nodegroup-name"), "EKS' own stay");

        // The autoscaler has begun to use the group.
        MOTO.node_groups(REGION, &ground.name)
            .change(
                &ground.name,
                &json!({"scalingConfig": {"minSize": 0, "maxSize": 3, "desiredSize": 2}}),
            )
            .unwrap();
        ground.assert_settled();
        let sizes =
            "  scaling_config = { min_size = 0, max_size = 5 }\n  update_config = { max_unavailable = 2 }";
        ground.write(&group(&ground.name, "\"3g.40gb\" = 2", sizes));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        assert_says(
            &plan.output.words(),
            &[
                "another version of the launch template",
                "all 2 nodes",
                "--node-info-cache-expire-time",
            ],
        );
        ground.settle();
        let rolled = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(rolled["launchTemplate"]["version"], json!("2"));
        assert_eq!(rolled["updateConfig"]["maxUnavailable"], json!(2));
        let desired = json!({"minSize": 0, "maxSize": 5, "desiredSize": 2});
        assert_eq!(rolled["scalingConfig"], desired, "the autoscaler's number stays");
        assert!(rolled["tags"].get(SLICES).is_none() && rolled["tags"].get("team").is_none());
        let tags = eks::tags(&auto_scaling_group(&ground));
        assert!(!tags.contains_key(SLICES) && tags.contains_key(&SLICES.replace("1g.10gb", "3g.40gb")));

        ground.project.destroy().unwrap();
        assert_eq!(eks::groups(&ground.name), Vec::<String>::new());
    });
}

/// EKS refuses a minimum above the number of nodes that there is (terraform-aws-eks, issue 3521).
#[test]
fn a_minimum_above_the_nodes_takes_their_number_along() {
    with_a_cli(|cli| {
        let ground = ground(cli, "minimum", SIZES);
        ground.apply();
        ground.write(&group(
            &ground.name,
            SMALL,
            "  scaling_config = { min_size = 2, max_size = 3 }",
        ));
        ground.settle();
        let sizes = eks::group(&ground.name, &ground.name).unwrap()["scalingConfig"].clone();
        assert_eq!(sizes, json!({"minSize": 2, "maxSize": 3, "desiredSize": 2}));
    });
}

#[test]
fn another_template_replaces_the_group_and_settings_of_every_kind_are_changed() {
    with_a_cli(|cli| {
        let all = r#"  scaling_config     = { min_size = 0, max_size = 3, desired_size = 1 }
  capacity_type      = "SPOT"
  labels             = { team = "ml" }
  taints             = [{ key = "team", value = "ml", effect = "NO_EXECUTE" }]
  update_config      = { max_unavailable_percentage = 50, update_strategy = "MINIMAL" }
  node_repair_config = { enabled = true, max_parallel_nodes_repaired_count = 1 }
  scale_from_zero    = false
  timeouts           = { create = "10m" }"#;
        let ground = ground(cli, "settings", all);
        ground.settle();
        let made = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(made["capacityType"], json!("SPOT"));
        assert_eq!(made["labels"]["team"], json!("ml"));
        assert_eq!(made["taints"].as_array().unwrap().len(), 2);
        assert_eq!(made["nodeRepairConfig"]["enabled"], json!(true));
        assert!(made["tags"].get(SLICES).is_none());
        assert!(!eks::tags(&auto_scaling_group(&ground)).contains_key(SLICES));
        let fewer = all
            .replace("labels             = { team = \"ml\" }", "")
            .replace("desired_size = 1", "desired_size = 2");
        let fewer = fewer
            .replace("scale_from_zero    = false", "")
            .replace("value = \"ml\"", "value = \"other\"");
        ground.write(&group(&ground.name, SMALL, &fewer));
        ground.settle();
        let changed = eks::group(&ground.name, &ground.name).unwrap();
        assert!(changed["labels"].get("team").is_none());
        assert_eq!(changed["scalingConfig"]["desiredSize"], json!(2));
        assert_eq!(changed["tags"][SLICES], json!("56"));
        let replaced = group(&ground.name, SMALL, SIZES).replace("capacity_type", "");
        ground.write(&replaced);
        assert_eq!(
            ground.plan().actions(ADDRESS),
            ["delete", "create"],
            "another way to buy"
        );
        ground.settle();
        assert_eq!(eks::groups(&ground.name), std::slice::from_ref(&ground.name));
    });
}

/// EKS would take the cluster's version and the newest release for whatever a request leaves out (terraform-provider-aws, issue 40902).
#[test]
fn a_roll_keeps_the_version_of_a_group_and_its_pinned_release() {
    with_a_cli(|cli| {
        let pinned = format!("{SIZES}\n  version = \"1.34\"\n  release_version = \"1.34.5-20260917\"");
        let ground = ground(cli, "pinned", SIZES);
        ground.apply();
        // The cluster was upgraded since the group was made.
        let behind = json!({"version": "1.34", "releaseVersion": "1.34.5-20260917"});
        MOTO.node_groups(REGION, &ground.name)
            .change(&ground.name, &behind)
            .unwrap();
        ground.write(&group(&ground.name, SMALL, &pinned));
        ground.settle();
        ground.write(&group(&ground.name, "\"3g.40gb\" = 2", &pinned));
        ground.settle();
        let rolled = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(rolled["launchTemplate"]["version"], json!("2"));
        assert_eq!(
            (&rolled["version"], &rolled["releaseVersion"]),
            (&json!("1.34"), &json!("1.34.5-20260917"))
        );

        let unpinned = pinned
            .replace("release_version = \"1.34.5-20260917\"", "")
            .replace("version = \"1.34\"", "");
        ground.write(&group(&ground.name, SMALL, &unpinned));
        ground.settle();
        let rolled = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(rolled["version"], json!("1.34"), "not the cluster's");
        assert_eq!(
            rolled["releaseVersion"],
            json!("1.34.5-20261003"),
            "the newest one"
        );
    });
}

/// An image of the user's own that is being made anew: nodes are rolled, and the group stays.
#[test]
fn an_image_that_is_not_known_yet_rolls_the_group_and_replaces_nothing() {
    with_a_cli(|cli| {
        let ground = ground(cli, "group-image", SIZES);
        let with_image = |image: &str, trigger: u8| {
            let source = format!(
                "resource \"terraform_data\" \"image\" {{\n  input            = \"{image}\"\n  triggers_replace = {trigger}\n}}\n"
            );
            let group = group(&ground.name, SMALL, SIZES);
            let image = "image_id = terraform_data.image.output\n  layout = {";
            ground.write(&(source + &group.replace("layout = {", image)));
        };
        with_image("ami-0123456789abcdef0", 1);
        ground.settle();
        let arn = || ground.resource(ADDRESS)["arn"].clone();
        let (before, made) = (arn(), eks::group(&ground.name, &ground.name).unwrap());
        assert_eq!(made["amiType"], json!("CUSTOM"));
        with_image("ami-0fedcba9876543210", 2);
        assert_eq!(ground.plan().actions(ADDRESS), ["update"]);
        ground.settle();
        assert_eq!(arn(), before);
    });
}
