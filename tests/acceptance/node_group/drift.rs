//! What others change of a group.

use serde_json::json;

use super::{ADDRESS, SIZES, SLICES, auto_scaling_group, ground};
use crate::support::{MOTO, REGION, assert_says, eks, with_a_cli};

#[test]
fn tags_that_somebody_takes_off_come_back() {
    with_a_cli(|cli| {
        let ground = ground(cli, "tags-gone", SIZES);
        ground.apply();
        let auto_scaling = auto_scaling_group(&ground);
        eks::remove_tag(&auto_scaling, SLICES);
        eks::set_tag(&auto_scaling, "by", "another");
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        ground.settle();
        let tags = eks::tags(&auto_scaling);
        assert_eq!((tags[SLICES].as_str(), tags["by"].as_str()), ("56", "another"));

        let tags = json!({(SLICES): "8", "team": "ml"});
        MOTO.node_groups(REGION, &ground.name)
            .change(&ground.name, &json!({"tags": tags}))
            .unwrap();
        ground.settle();
        let tags = eks::group(&ground.name, &ground.name).unwrap()["tags"].clone();
        assert_eq!(tags[SLICES], json!("56"));
        assert!(
            tags.get("team").is_none(),
            "a tag of the group is the configuration's"
        );
    });
}

#[test]
fn labels_taints_and_sizes_are_mended() {
    with_a_cli(|cli| {
        let ground = ground(cli, "console", SIZES);
        ground.apply();
        let labels = json!({"labels": {"by": "hand"}, "taints": [], "updateConfig": {"maxUnavailable": 3}});
        MOTO.node_groups(REGION, &ground.name)
            .change(&ground.name, &labels)
            .unwrap();
        MOTO.node_groups(REGION, &ground.name)
            .change(
                &ground.name,
                &json!({"scalingConfig": {"minSize": 1, "maxSize": 9, "desiredSize": 4}}),
            )
            .unwrap();
        assert_eq!(ground.plan().actions(ADDRESS), ["update"]);
        ground.settle();
        let group = eks::group(&ground.name, &ground.name).unwrap();
        assert!(
            group["labels"].get("by").is_none() && group["labels"].get("nvidia.com/gpu.present").is_some()
        );
        assert_eq!(group["taints"].as_array().unwrap().len(), 1);
        assert_eq!(group["updateConfig"]["maxUnavailable"], json!(1));
        assert_eq!(
            group["scalingConfig"],
            json!({"minSize": 0, "maxSize": 3, "desiredSize": 3})
        );
    });
}

#[test]
fn a_group_that_is_gone_is_made_anew_and_one_with_faults_is_reported() {
    with_a_cli(|cli| {
        let ground = ground(cli, "faults", SIZES);
        ground.apply();
        let issue = counterparts::Issue::new(
            "AsgInstanceLaunchFailures",
            "Could not launch On-Demand Instances",
        )
        .on("asg-1");
        MOTO.node_groups(REGION, &ground.name)
            .degrade(&ground.name, &[issue])
            .unwrap();
        let plan = ground.plan();
        assert!(
            plan.changes().iter().all(|change| change.actions == ["no-op"]),
            "nothing to do about it"
        );
        assert_says(
            &plan.output.words(),
            &[
                "DEGRADED",
                "AsgInstanceLaunchFailures",
                "look at the quota of the instance type's family",
            ],
        );
        let path = format!("/clusters/{0}/node-groups/{0}", ground.name);
        MOTO.eks(http::Method::DELETE, REGION, &path, "").unwrap();
        while eks::group(&ground.name, &ground.name).is_some() {}
        assert_eq!(ground.plan().actions(ADDRESS), ["create"]);
        ground.settle();
    });
}
