//! What CreateNodegroup refuses.

use serde_json::{Value, json};

use super::{Cluster, IMAGE, REGION, refused, template};
use crate::aws::MOTO;

#[test]
fn what_eks_refuses_in_a_new_group() {
    let cluster = Cluster::create("ng-refused");
    let sizes = |min, max, desired| json!({"scalingConfig": {"minSize": min, "maxSize": max, "desiredSize": desired}});
    let taints: Vec<_> = (0..51)
        .map(|number| json!({"key": format!("k{number}"), "effect": "NO_SCHEDULE"}))
        .collect();
    let cases = [
        (sizes(3, 4, 2), "minSize can't be greater than desiredSize"),
        (sizes(0, 1, 2), "desiredSize can't be greater than maxSize"),
        (
            json!({"updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 10}}),
            "not both",
        ),
        (
            json!({"updateConfig": {"maxUnavailable": 9}}),
            "within the range 1 and max size",
        ),
        (
            json!({"taints": [{"key": "k", "effect": "NoSchedule"}]}),
            "Invalid taint effect: NoSchedule",
        ),
        (json!({"taints": taints}), "50 taints"),
        (json!({"subnets": ["subnet-0"]}), "subnet-0"),
        (json!({"nodeRole": "node"}), "Invalid Role Arn"),
        (json!({"version": "1.34"}), "1.34"),
        (json!({"amiType": "AL2023_x86_64_nvidia"}), "Invalid AMI type"),
        (
            json!({"launchTemplate": {"version": "1"}}),
            "Either provide launch template ID or launch template name",
        ),
    ];
    for (more, words) in cases {
        refused(&cluster.ask(&more), "InvalidParameterException", words);
    }
    let nowhere = Cluster("ng-nowhere").ask(&Value::Null);
    refused(
        &nowhere,
        "ResourceNotFoundException",
        "No cluster found for name: ng-nowhere",
    );
    refused(
        &cluster.get(),
        "ResourceNotFoundException",
        "No node group found for name: g",
    );
}

#[test]
fn what_eks_refuses_of_a_launch_template() {
    let cluster = Cluster::create("ng-template");
    let subnet = MOTO.default_subnets(REGION).unwrap().remove(0);
    let cases = [
        ("NetworkInterface.1.SubnetId", subnet.as_str(), "a subnet ID"),
        ("IamInstanceProfile.Name", "node", "an instance profile"),
        ("InstanceMarketOptions.MarketType", "spot", "Spot options"),
        (
            "InstanceInitiatedShutdownBehavior",
            "terminate",
            "a shutdown behavior",
        ),
        ("HibernationOptions.Configured", "true", "hibernation"),
    ];
    for (number, (key, value, words)) in cases.into_iter().enumerate() {
        let name = format!("ng-bad-{number}");
        template("CreateLaunchTemplate", &name, &[(key, value)]);
        let answer = cluster.ask(&json!({"launchTemplate": {"name": name}}));
        refused(&answer, "InvalidParameterException", words);
    }
}

#[test]
fn what_eks_refuses_beside_a_launch_template() {
    let cluster = Cluster::create("ng-beside");
    let data = [("ImageId", IMAGE), ("InstanceType", "p5.48xlarge")];
    template("CreateLaunchTemplate", "ng-beside", &data);
    let cases = [
        (
            json!({"amiType": "AL2023_x86_64_NVIDIA"}),
            "AMI Type other than CUSTOM",
        ),
        (json!({"version": "1.35"}), "a kubernetes version"),
        (json!({"releaseVersion": "1.35.2-20261003"}), "a release version"),
        (json!({"diskSize": 100}), "Disk size must be specified within"),
        (json!({"remoteAccess": {"ec2SshKey": "key"}}), "Remote access"),
    ];
    for (mut more, words) in cases {
        more["launchTemplate"] = json!({"name": "ng-beside"});
        refused(&cluster.ask(&more), "InvalidParameterException", words);
    }
    let both = json!({"launchTemplate": {"name": "ng-beside"}, "instanceTypes": ["p4d.24xlarge"]});
    let words = "Cannot specify instance types in launch template and API request";
    refused(&cluster.ask(&both), "InvalidRequestException", words);
    let unknown = json!({"launchTemplate": {"id": "lt-00000000000000000"}});
    refused(
        &cluster.ask(&unknown),
        "InvalidRequestException",
        "lt-00000000000000000",
    );
}
