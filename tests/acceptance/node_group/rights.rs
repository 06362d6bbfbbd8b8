//! The policy of the guide: every call that a whole life makes is in it, and every right in it is used.

use std::collections::BTreeSet;

use counterparts::Cli;

use super::{ADDRESS, SIZES, SMALL, SUBNETS, group};
use crate::support::{Ground, REGION, ec2, eks, rights, with_a_cli};

/// What EKS itself demands of who makes a group on a launch template.
const OF_EKS: [&str; 2] = ["ec2:RunInstances", "iam:PassRole"];

/// The rights of the guide's policy.
fn documented() -> BTreeSet<String> {
    let mut rights = rights::documented("managed-node-groups.md");
    for right in OF_EKS {
        assert!(rights.remove(right), "{right}");
    }
    rights
}

/// A group alone: its template is another project's.
fn alone(name: &str, template: &ec2::Template, slices: &str, arguments: &str) -> String {
    format!(
        r#"
resource "mig_node_group" "this" {{
  cluster_name    = "{name}"
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = {}
  launch_template = {{ id = "{}", version = {} }}
  layout          = {{ instance_types = ["p5.48xlarge"], slices = {{ {slices} }} }}
{arguments}
}}
"#,
        SUBNETS.as_str(),
        template.id,
        template.latest_version
    )
}

fn life(cli: &Cli) -> Ground {
    let maker = Ground::with(cli, "rights-template", |name| {
        eks::add_cluster(REGION, name);
        let all = group(name, SMALL, SIZES);
        all.split_once("\nresource \"mig_node_group\"")
            .unwrap()
            .0
            .to_owned()
    });
    maker.apply();
    let template = |slices: &str| {
        let all = group(&maker.name, slices, SIZES);
        maker.write(all.split_once("\nresource \"mig_node_group\"").unwrap().0);
        maker.apply();
        ec2::template(&maker.name)
    };
    let name = maker.name.clone();
    let first = format!("{SIZES}\n  tags = {{ team = \"ml\" }}");
    let ground = Ground::with(cli, "rights-group", |_| {
        alone(&name, &template(SMALL), SMALL, &first)
    });
    ground.settle();
    let other = "\"3g.40gb\" = 2";
    let after = alone(
        &name,
        &template(other),
        other,
        "  scaling_config = { min_size = 0, max_size = 5 }",
    );
    ground.write(&after);
    ground.settle();
    ground.import_anew(ADDRESS, &format!("{name}:{name}"));
    ground.assert_settled();
    ground.project.destroy().unwrap();
    ground
}

#[test]
fn the_policy_of_the_guide_is_what_a_whole_life_needs() {
    with_a_cli(|cli| assert_eq!(rights::needed(&life(cli).proxy), documented()));
}
