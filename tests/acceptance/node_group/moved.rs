//! A group that terraform-provider-aws manages so far is taken over by a `moved` block, with its template and without a roll. Run where that
//! provider is installed.

use serde_json::json;

use super::{ADDRESS, SIZES, SMALL, SUBNETS, group};
use crate::support::{Ground, REGION, assert_says, ec2, eks, with_each_cli};

/// The same group and template as those of [`group`], as the AWS provider has them.
fn theirs(name: &str) -> String {
    let subnets = SUBNETS.as_str();
    format!(
        r#"resource "aws_launch_template" "this" {{
  name                   = "{name}"
  update_default_version = true
  user_data = base64encode(provider::mig::user_data({{ instance_types = ["p5.48xlarge"], slices = {{ {SMALL} }} }}))
  metadata_options {{
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }}
}}

resource "aws_eks_node_group" "this" {{
  cluster_name    = "{name}"
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = {subnets}
  ami_type        = "AL2023_x86_64_NVIDIA"
  instance_types  = ["p5.48xlarge"]
  launch_template {{
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }}
  scaling_config {{
    min_size     = 0
    max_size     = 3
    desired_size = 0
  }}
  taint {{
    key    = "nvidia.com/gpu"
    value  = "present"
    effect = "NO_SCHEDULE"
  }}
}}
"#
    )
}

const MOVED: &str = r#"moved {
  from = aws_launch_template.this
  to   = mig_launch_template.this
}

moved {
  from = aws_eks_node_group.this
  to   = mig_node_group.this
}
"#;

#[test]
fn a_group_of_the_aws_provider_is_taken_over_without_a_roll() {
    with_each_cli(|cli| {
        let Some(ground) = Ground::beside_aws(cli, "group-moved") else {
            return;
        };
        let name = ground.name.as_str();
        eks::add_cluster(REGION, name);
        ground.write(&theirs(name));
        ground.project.init().unwrap();
        ground.apply();
        let before = eks::group(name, name).unwrap();

        ground.write(&(MOVED.to_owned() + &group(name, SMALL, SIZES)));
        let plan = ground.plan();
        let words = plan.output.words();
        assert_says(&words, &["0 to add", "0 to destroy"]);
        assert!(!words.contains("rolls nodes"), "{words}");
        ground.settle();
        let after = eks::group(name, name).unwrap();
        for kept in [
            "nodegroupArn",
            "launchTemplate",
            "releaseVersion",
            "taints",
            "instanceTypes",
            "resources",
        ] {
            assert_eq!(after[kept], before[kept], "{kept}");
        }
        assert_eq!(ground.resource(ADDRESS)["arn"], before["nodegroupArn"]);
        assert_eq!(ec2::template(name).latest_version, 1);
        assert_eq!(eks::groups(name), [name]);
        assert_eq!(json!(ground.project.state_list().unwrap().len()), json!(2));
    });
}
