//! Updates of configuration and version.

use http::Method;
use serde_json::{Value, json};

use super::{Cluster, IMAGE, refused, template};

const NEWER_IMAGE: &str = "ami-0a120230135000001";

#[test]
fn a_configuration_update_is_seen_when_it_ends_and_nothing_else_starts_before() {
    let wanted =
        json!({"labels": {"a": "1"}, "taints": [{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}]});
    let cluster = Cluster::create("ng-config").with_group(&wanted);
    let id = cluster.start(
        "config",
        &json!({
            "labels": {"addOrUpdateLabels": {"b": "2"}, "removeLabels": ["a"]},
            "taints": {
                "addOrUpdateTaints": [{"key": "k", "value": "w", "effect": "NO_EXECUTE"}],
                "removeTaints": [{"key": "k", "effect": "NO_SCHEDULE"}],
            },
            "scalingConfig": {"minSize": 0, "maxSize": 5},
            "updateConfig": {"maxUnavailablePercentage": 50},
            "nodeRepairConfig": {"enabled": true},
        }),
    );
    let busy = "currently not in Active State";
    let more = json!({"scalingConfig": {"maxSize": 6}});
    refused(&cluster.update("config", &more), "ResourceInUseException", busy);
    refused(&cluster.delete(), "ResourceInUseException", busy);
    assert_eq!(cluster.look_at_update(&id)["status"], "InProgress");
    let update = cluster.look_at_update(&id);
    assert_eq!(
        (&update["status"], &update["type"]),
        (&json!("Successful"), &json!("ConfigUpdate"))
    );
    let group = cluster.look();
    assert_eq!(group["labels"], json!({"b": "2"}));
    assert_eq!(
        group["taints"],
        json!([{"key": "k", "value": "w", "effect": "NO_EXECUTE"}])
    );
    assert_eq!(
        group["scalingConfig"],
        json!({"minSize": 0, "maxSize": 5, "desiredSize": 2})
    );
    assert_eq!(group["updateConfig"], json!({"maxUnavailablePercentage": 50}));
    assert_eq!(group["nodeRepairConfig"], json!({"enabled": true}));
    let listed = cluster.call(Method::GET, "updates?nodegroupName=g", &Value::Null);
    assert_eq!(listed.json()["updateIds"], json!([id]));
    let words = "Minimum capacity 3 can't be greater than desired size 2";
    let above = json!({"scalingConfig": {"minSize": 3}});
    refused(
        &cluster.update("config", &above),
        "InvalidParameterException",
        words,
    );
}

#[test]
fn a_group_with_an_image_follows_the_versions_of_its_template() {
    let id = template("CreateLaunchTemplate", "ng-version", &[("ImageId", IMAGE)]);
    template("CreateLaunchTemplate", "ng-another", &[("ImageId", IMAGE)]);
    template(
        "CreateLaunchTemplateVersion",
        "ng-version",
        &[("ImageId", NEWER_IMAGE)],
    );
    let cluster = Cluster::create("ng-version").with_group(&json!({"launchTemplate": {"id": id}}));
    let cases = [
        (
            json!({"launchTemplate": {"name": "ng-another"}}),
            "cannot be changed to another",
        ),
        (
            json!({"launchTemplate": {"id": id, "name": "ng-version"}}),
            "Either provide",
        ),
        (
            json!({"launchTemplate": {"id": id}, "version": "1.35"}),
            "the field kubernetesVersion",
        ),
        (json!({}), "Launch template details can't be null"),
    ];
    for (body, words) in cases {
        refused(
            &cluster.update("version", &body),
            "InvalidParameterException",
            words,
        );
    }
    let update = cluster.start(
        "version",
        &json!({"launchTemplate": {"id": id, "version": "2"}, "force": true}),
    );
    let group = cluster.look();
    assert_eq!(
        (&group["status"], &group["launchTemplate"]["version"]),
        (&json!("UPDATING"), &json!("1"))
    );
    assert_eq!(cluster.look_at_update(&update)["status"], "Successful");
    let group = cluster.look();
    assert_eq!(
        (&group["status"], &group["launchTemplate"]["version"]),
        (&json!("ACTIVE"), &json!("2"))
    );
    assert_eq!(group["releaseVersion"], NEWER_IMAGE);
}

#[test]
fn a_group_of_eks_own_images_goes_to_the_newest_release() {
    let wanted = json!({"amiType": "BOTTLEROCKET_x86_64_NVIDIA", "releaseVersion": "1.67.1-fedcba"});
    let cluster = Cluster::create("ng-release").with_group(&wanted);
    let words = "Requested release version 1.0.0 is not valid for kubernetes version 1.35";
    let invalid = json!({"releaseVersion": "1.0.0"});
    refused(
        &cluster.update("version", &invalid),
        "InvalidParameterException",
        words,
    );
    cluster.start("version", &json!({}));
    cluster.look();
    assert_eq!(cluster.look()["releaseVersion"], "1.68.0-abcdef");
}
