//! `mig_node_group`.

mod calls;
mod drift;
mod failures;
mod faults;
mod imports;
mod interrupt;
mod lifecycle;
mod moved;
mod refusals;
mod rights;

use std::sync::LazyLock;

use counterparts::Cli;

use crate::support::{Ground, MOTO, REGION, eks};

const ADDRESS: &str = "mig_node_group.this";
const SLICES: &str = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/mig-1g.10gb";

static SUBNETS: LazyLock<String> = LazyLock::new(|| {
    let all = MOTO.default_subnets(REGION).unwrap();
    serde_json::to_string(&all).unwrap()
});

/// A template and a group of a name in the cluster of the same name, with slices and further arguments.
pub(crate) fn group(name: &str, slices: &str, arguments: &str) -> String {
    let subnets = SUBNETS.as_str();
    format!(
        r#"
resource "mig_launch_template" "this" {{
  name   = "{name}"
  layout = {{ instance_types = ["p5.48xlarge"], slices = {{ {slices} }} }}
}}

resource "mig_node_group" "this" {{
  cluster_name    = "{name}"
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = {subnets}
  launch_template = mig_launch_template.this
{arguments}
}}
"#
    )
}

/// This many groups on one template.
fn many(name: &str, count: usize) -> String {
    let one = format!("node_group_name = \"{name}\"");
    let each = format!("count           = {count}\n  node_group_name = \"{name}-${{count.index}}\"");
    group(name, SMALL, SIZES).replace(&one, &each)
}

const SMALL: &str = "\"1g.10gb\" = 7";
const SIZES: &str = "  scaling_config = { min_size = 0, max_size = 3 }";

/// A project with a cluster and that configuration.
fn ground(cli: &Cli, test: &str, arguments: &str) -> Ground {
    Ground::with(cli, test, |name| {
        eks::add_cluster(REGION, name);
        group(name, SMALL, arguments)
    })
}

/// The name of the Auto Scaling group.
fn auto_scaling_group(ground: &Ground) -> String {
    let names = ground.resource(ADDRESS)["autoscaling_group_names"].clone();
    names[0].as_str().unwrap().to_owned()
}

/// A project with a cluster and a group that scales from zero, for tests of other files.
pub(crate) fn sized_ground(cli: &Cli, test: &str) -> Ground {
    ground(cli, test, SIZES)
}
