//! Plans of many managed node groups, beside bare reads of the same.

use std::thread;
use std::time::{Duration, Instant};

use counterparts::EksCluster;
use http::Method;

use crate::rows::{applied, mig, terraform_data};
use crate::table::Row;
use crate::timing::{medians, ms, no_op_plan, ratio, say};
use crate::{Bench, Failure};

const REGION: &str = "us-east-1";
const CLUSTER: &str = "bench";
const RUNS: usize = 3;
const GROUPS: usize = 50;
const GOAL: f64 = 1.2;

/// A no-op plan of fifty groups, less that of as many `terraform_data`, to as many bare concurrent reads.
pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("50 node groups");
    bench.moto.add_eks_cluster(&EksCluster {
        name: CLUSTER.into(),
        region: REGION.into(),
        endpoint: "https://127.0.0.1:1".into(),
        certificate_authority: "Q0E=".into(),
        version: "1.35".into(),
    })?;
    let subnets = bench.moto.default_subnets(REGION)?;
    let floor = applied(bench, &[], &terraform_data(GROUPS))?;
    let ours = applied(bench, &[mig(bench)], &configuration(&format!("{subnets:?}")))?;
    let times = medians(
        RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours), &mut || {
            all_at_once(bench)
        }],
    )?;
    let [floor, ours, bare] = [0, 1, 2].map(|index| times.get(index).copied().unwrap_or_default());
    let beyond = ratio(ours.saturating_sub(floor), bare);
    Ok(vec![Row {
        work: "no-op plan, 50 node groups, less that of 50 terraform_data, to 50 bare concurrent DescribeNodegroup".into(),
        measured: format!("{beyond:.2}x ({} - {} to {})", ms(ours), ms(floor), ms(bare)),
        goal: format!("<= {GOAL}x"),
        met: Some(beyond <= GOAL),
    }])
}

fn configuration(subnets: &str) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    mig = {{ source = "eks-mig/mig" }}
  }}
}}

provider "mig" {{
  region = "{REGION}"
}}

resource "mig_launch_template" "this" {{
  name   = "bench-groups"
  layout = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
}}

resource "mig_node_group" "this" {{
  count           = {GROUPS}
  cluster_name    = "{CLUSTER}"
  node_group_name = "bench-${{count.index}}"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = {subnets}
  launch_template = mig_launch_template.this
  scaling_config  = {{ min_size = 0, max_size = 3 }}
}}
"#
    )
}

fn all_at_once(bench: &Bench) -> Result<Duration, Failure> {
    let start = Instant::now();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..GROUPS)
            .map(|index| scope.spawn(move || read(bench, index)))
            .collect();
        calls
            .into_iter()
            .try_for_each(|call| call.join().map_err(|_| "a read panicked")?)
    })?;
    Ok(start.elapsed())
}

fn read(bench: &Bench, index: usize) -> Result<(), Failure> {
    let path = format!("/clusters/{CLUSTER}/node-groups/bench-{index}");
    let answer = bench.moto.eks(Method::GET, REGION, &path, "")?;
    match answer.status {
        200 => Ok(()),
        other => Err(format!("EKS answers {other} for {path}: {}", answer.body).into()),
    }
}
