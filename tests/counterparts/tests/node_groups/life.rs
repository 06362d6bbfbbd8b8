//! From creation to deletion, with what others and failures do in between.

use std::time::Duration;

use counterparts::Issue;
use http::Method;
use serde_json::{Value, json};

use super::{Cluster, IMAGE, REGION, refused, scaling, scaling_group, scaling_tags, template};
use crate::aws::MOTO;

#[test]
fn a_group_is_created_for_one_look_and_then_has_an_auto_scaling_group() {
    let cluster = Cluster::create("ng-life");
    let answer = cluster.ask(&json!({"tags": {"team": "ml"}, "amiType": "AL2023_x86_64_NVIDIA"}));
    assert_eq!(
        answer.json()["nodegroup"]["status"],
        "CREATING",
        "{}",
        answer.body
    );
    assert_eq!(cluster.look()["status"], "CREATING");
    let group = cluster.look();
    assert_eq!(group["status"], "ACTIVE");
    assert_eq!(
        (&group["version"], &group["releaseVersion"]),
        (&json!("1.35"), &json!("1.35.2-20261003"))
    );
    assert_eq!(group["updateConfig"], json!({"maxUnavailable": 1}));
    assert_eq!(group["health"], json!({"issues": []}));
    let tags = scaling_tags(&scaling_group(&group));
    let has = |key: &str, value: &str| tags.contains(&(key.to_owned(), value.to_owned()));
    assert!(has("eks:cluster-name", "ng-life"), "{tags:?}");
    assert!(has("eks:nodegroup-name", "g"), "{tags:?}");
    assert!(has("kubernetes.io/cluster/ng-life", "owned"), "{tags:?}");
    assert!(!has("team", "ml"), "{tags:?}");
}

#[test]
fn tags_of_the_group_and_of_its_auto_scaling_group_are_changed_apart() {
    let cluster = Cluster::create("ng-tags").with_group(&json!({"tags": {"a": "1", "b": "2"}}));
    let group = cluster.look();
    let path = format!("/tags/{}", group["nodegroupArn"].as_str().unwrap());
    let body = json!({"tags": {"c": "3"}}).to_string();
    MOTO.eks(Method::POST, REGION, &path, &body).unwrap();
    MOTO.eks(Method::DELETE, REGION, &format!("{path}?tagKeys=a&tagKeys=b"), "")
        .unwrap();
    assert_eq!(cluster.look()["tags"], json!({"c": "3"}));
    let name = scaling_group(&group);
    let tag = [
        ("Tags.member.1.Key", "k8s.io/x"),
        ("Tags.member.1.ResourceId", name.as_str()),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.1.PropagateAtLaunch", "false"),
    ];
    let before = scaling_tags(&name).len();
    scaling("CreateOrUpdateTags", &tag);
    assert_eq!(scaling_tags(&name).len(), before + 1);
    scaling("DeleteTags", &tag[..3]);
    assert_eq!(scaling_tags(&name).len(), before);
}

#[test]
fn the_same_request_with_the_same_token_makes_one_group() {
    let cluster = Cluster::create("ng-token");
    let wanted = json!({"clientRequestToken": "one"});
    let first = cluster.ask(&wanted).json();
    let second = cluster.ask(&wanted).json();
    assert_eq!(
        first["nodegroup"]["nodegroupArn"],
        second["nodegroup"]["nodegroupArn"]
    );
    let taken = "NodeGroup already exists with name g and cluster name ng-token";
    let other = cluster.ask(&json!({"clientRequestToken": "two"}));
    refused(&other, "ResourceInUseException", taken);
}

#[test]
fn a_template_by_name_answers_its_id_default_version_and_image() {
    let id = template(
        "CreateLaunchTemplate",
        "ng-custom",
        &[("ImageId", IMAGE), ("InstanceType", "p5.48xlarge")],
    );
    let cluster = Cluster::create("ng-custom").with_group(&json!({"launchTemplate": {"name": "ng-custom"}}));
    let group = cluster.look();
    assert_eq!(
        group["launchTemplate"],
        json!({"id": id, "name": "ng-custom", "version": "1"})
    );
    assert_eq!(
        (&group["amiType"], &group["releaseVersion"]),
        (&json!("CUSTOM"), &json!(IMAGE))
    );
    for missing in ["instanceTypes", "diskSize", "remoteAccess"] {
        assert_eq!(group[missing], Value::Null, "{missing}");
    }
}

#[test]
fn a_deleted_group_takes_its_auto_scaling_group_along() {
    let cluster = Cluster::create("ng-delete").with_group(&Value::Null);
    let name = scaling_group(&cluster.look());
    let listed = || {
        scaling(
            "DescribeAutoScalingGroups",
            &[("AutoScalingGroupNames.member.1", &name)],
        )
    };
    assert_eq!(listed().elements("AutoScalingGroupName"), [name.as_str()]);
    assert_eq!(cluster.delete().json()["nodegroup"]["status"], "DELETING");
    assert_eq!(cluster.look()["status"], "DELETING");
    assert_eq!(cluster.get().status, 404);
    assert!(listed().elements("AutoScalingGroupName").is_empty());
}

#[test]
fn the_desired_size_is_that_of_auto_scaling() {
    let cluster = Cluster::create("ng-desired").with_group(&Value::Null);
    let name = scaling_group(&cluster.look());
    let parameters = [("AutoScalingGroupName", name.as_str()), ("DesiredCapacity", "1")];
    scaling("SetDesiredCapacity", &parameters);
    assert_eq!(cluster.look()["scalingConfig"]["desiredSize"], 1);
    cluster.start("config", &json!({"labels": {"addOrUpdateLabels": {"a": "1"}}}));
    cluster.look();
    assert_eq!(cluster.look()["scalingConfig"]["desiredSize"], 1);
}

#[test]
fn a_failure_can_be_ordered_for_each_operation() {
    let cluster = Cluster::create("ng-failures");
    let ordered = MOTO.node_groups(REGION, "ng-failures");
    let created = Issue::new("NodeCreationFailure", "Instances failed to join").on("i-1");
    ordered.fail_next_create("g", &[created]).unwrap();
    cluster.ask(&Value::Null);
    cluster.look();
    let group = cluster.look();
    assert_eq!(group["status"], "CREATE_FAILED");
    let issue =
        json!({"code": "NodeCreationFailure", "message": "Instances failed to join", "resourceIds": ["i-1"]});
    assert_eq!(group["health"]["issues"], json!([issue]));

    let deleted = Issue::new("Ec2SecurityGroupDeletionFailure", "In use").on("sg-1");
    ordered.fail_next_delete("g", &[deleted]).unwrap();
    cluster.delete();
    cluster.look();
    assert_eq!(cluster.look()["status"], "DELETE_FAILED");
    cluster.delete();
    cluster.look();
    assert_eq!(cluster.get().status, 404);

    let cluster = cluster.with_group(&Value::Null);
    let evicted = Issue::new("PodEvictionFailure", "Reached max retries").on("ip-10-0-0-1");
    ordered.fail_next_update("g", &[evicted]).unwrap();
    let id = cluster.start("config", &json!({"labels": {"addOrUpdateLabels": {"a": "1"}}}));
    cluster.look_at_update(&id);
    let update = cluster.look_at_update(&id);
    assert_eq!(update["status"], "Failed");
    assert_eq!(update["errors"][0]["errorCode"], "PodEvictionFailure");
    let group = cluster.look();
    assert_eq!(
        (&group["status"], &group["labels"]),
        (&json!("ACTIVE"), &json!({}))
    );
}

#[test]
fn somebody_else_can_change_a_group_and_its_health() {
    let cluster = Cluster::create("ng-others").with_group(&Value::Null);
    let ordered = MOTO.node_groups(REGION, "ng-others");
    ordered
        .degrade("g", &[Issue::new("AsgInstanceLaunchFailures", "No capacity")])
        .unwrap();
    let group = cluster.look();
    assert_eq!(group["status"], "DEGRADED");
    assert_eq!(group["health"]["issues"][0]["code"], "AsgInstanceLaunchFailures");
    ordered.recover("g").unwrap();
    let fields = json!({"labels": {"by": "hand"}, "scalingConfig": {"maxSize": 7}});
    ordered.change("g", &fields).unwrap();
    let group = cluster.look();
    assert_eq!(
        (&group["status"], &group["labels"]),
        (&json!("ACTIVE"), &json!({"by": "hand"}))
    );
    assert_eq!(
        group["scalingConfig"],
        json!({"minSize": 1, "maxSize": 7, "desiredSize": 2})
    );
    let nobody = ordered.recover("nobody").unwrap_err().to_string();
    assert!(nobody.contains("400"), "{nobody}");
}

#[test]
fn the_pace_can_be_ordered_in_looks_or_in_time() {
    let cluster = Cluster::create("ng-pace");
    let ordered = MOTO.node_groups(REGION, "ng-pace");
    ordered.looks(0).unwrap();
    cluster.ask(&Value::Null);
    assert_eq!(cluster.look()["status"], "ACTIVE");
    ordered.takes(Duration::from_secs(3600)).unwrap();
    cluster.delete();
    for _ in 0..3 {
        assert_eq!(cluster.look()["status"], "DELETING");
    }
}
