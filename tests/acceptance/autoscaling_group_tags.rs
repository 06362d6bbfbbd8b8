//! `mig_autoscaling_group_tags`.

use counterparts::Cli;

use crate::support::{Ground, REGION, assert_says, ec2, eks, with_a_cli, with_each_cli};

const ADDRESS: &str = "mig_autoscaling_group_tags.this";
const NODE: &str = "k8s.io/cluster-autoscaler/node-template";

/// Tags of the group of a name, with slices and further arguments.
fn tags(name: &str, slices: &str, arguments: &str) -> String {
    format!(
        r#"
resource "mig_launch_template" "this" {{
  name          = "{name}"
  layout        = {{ instance_types = ["p5.48xlarge"], slices = {{ {slices} }} }}
  instance_type = "p5.48xlarge"
}}

resource "mig_autoscaling_group_tags" "this" {{
  autoscaling_group_name = "{name}"
  layout                 = mig_launch_template.this.layout
{arguments}
}}
"#
    )
}

const SMALL: &str = "\"1g.10gb\" = 7";

/// A project whose Auto Scaling group somebody else makes of its template.
fn ground(cli: &Cli, test: &str, arguments: &str) -> Ground {
    let ground = Ground::with(cli, test, |name| tags(name, SMALL, arguments));
    let only_template = [
        "apply",
        "-no-color",
        "-input=false",
        "-auto-approve",
        "-target=mig_launch_template.this",
    ];
    ground.project.run(&only_template).unwrap().success().unwrap();
    let template = ec2::template(&ground.name).id;
    eks::auto_scaling(
        "CreateAutoScalingGroup",
        &[
            ("AutoScalingGroupName", &ground.name),
            ("LaunchTemplate.LaunchTemplateId", &template),
            ("LaunchTemplate.Version", "$Latest"),
            ("MinSize", "0"),
            ("MaxSize", "3"),
            ("AvailabilityZones.member.1", &format!("{REGION}a")),
            ("Tags.member.1.ResourceId", &ground.name),
            ("Tags.member.1.ResourceType", "auto-scaling-group"),
            ("Tags.member.1.Key", "Name"),
            ("Tags.member.1.Value", "by another"),
            ("Tags.member.1.PropagateAtLaunch", "true"),
        ],
    );
    ground
}

#[test]
fn tags_are_set_changed_and_taken_off_and_others_stay() {
    with_each_cli(|cli| {
        let ground = ground(
            cli,
            "asg-tags",
            "  cluster_name = \"prod\"\n  labels = { team = \"ml\" }",
        );
        ground.settle();
        let found = eks::tags(&ground.name);
        assert_eq!(found[&format!("{NODE}/resources/nvidia.com/mig-1g.10gb")], "56");
        assert_eq!(found[&format!("{NODE}/resources/nvidia.com/gpu")], "0");
        assert_eq!(
            found[&format!("{NODE}/taint/nvidia.com/gpu")],
            "present:NoSchedule"
        );
        assert_eq!(found["k8s.io/cluster-autoscaler/prod"], "owned");
        assert_eq!(found["Name"], "by another");

        eks::remove_tag(&ground.name, &format!("{NODE}/resources/nvidia.com/gpu"));
        ground.write(&tags(&ground.name, "\"3g.40gb\" = 2", ""));
        assert_says(&ground.plan_words(), &["--node-info-cache-expire-time"]);
        ground.settle();
        let found = eks::tags(&ground.name);
        assert!(found.contains_key(&format!("{NODE}/resources/nvidia.com/mig-3g.40gb")));
        assert!(!found.contains_key(&format!("{NODE}/resources/nvidia.com/mig-1g.10gb")));
        assert!(!found.contains_key("k8s.io/cluster-autoscaler/prod"));

        ground.project.destroy().unwrap();
        let left: Vec<_> = eks::tags(&ground.name).into_keys().collect();
        assert_eq!(left, ["Name"]);
    });
}

#[test]
fn tags_are_imported_with_their_layout() {
    with_a_cli(|cli| {
        let own = "  ephemeral_storage = \"200Gi\"\n  labels = { team = \"ml\" }\n  taints = [{ key = \"team\", value = \"ml\", effect = \"NoExecute\" }]";
        let owner = ground(cli, "asg-import", own);
        owner.apply();
        let other = Ground::with(cli, "asg-import-here", |_| tags(&owner.name, SMALL, own));
        let imports = [
            ("mig_launch_template.this", owner.name.as_str()),
            (ADDRESS, owner.name.as_str()),
        ];
        for (address, id) in imports {
            other.project.try_import(address, id).unwrap().success().unwrap();
        }
        other.assert_settled();
        Ground::new(cli, "asg-import-written").settle_generated(&imports);
    });
}

#[test]
fn a_group_that_is_not_there_is_told() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "asg-none", |name| tags(name, SMALL, ""));
        assert_says(
            &ground.failed_apply(),
            &[
                "The tags of the Auto Scaling group cannot be changed",
                "autoscaling_group_name",
            ],
        );
    });
}
