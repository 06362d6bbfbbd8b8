//! Plans of many managed node groups, beside bare reads of the same.

use std::thread;
use std::time::{Duration, Instant};

use counterparts::EksCluster;
use http::Method;

use crate::rows::{applied, mig, terraform_data};
use crate::table::Row;
use crate::timing::{medians, ms, no_op_plan, ratio, say, unrefreshed_plan};
use crate::{Bench, Failure, empty};

const REGION: &str = "us-east-1";
const CLUSTER: &str = "bench";
const RUNS: usize = 9;
const GROUPS: usize = 50;
const GOAL: f64 = 1.2;

/// What the plans and the bare reads take, medians.
struct Times {
    ours: Duration,
    unrefreshed: Duration,
    bare: Duration,
    empty: Duration,
    built_in: Duration,
}

/// A no-op plan of fifty groups, to what it cannot do without: as many bare concurrent reads, and Terraform's plan of as many
/// resources of a plugin that does nothing.
///
/// Two rows are information. The plan less one of what is built into Terraform leaves Terraform's handling of a plugin's resources to
/// us. What refreshing adds is what the reads take, with Terraform's handling of what they answer.
pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("50 node groups");
    let times = times(bench)?;
    let floor = times.bare + times.empty;
    let found = ratio(times.ours, floor);
    let beyond = ratio(times.ours.saturating_sub(times.built_in), times.bare);
    let refreshing = ratio(times.ours.saturating_sub(times.unrefreshed), times.bare);
    let [ours, bare, empty] = [times.ours, times.bare, times.empty].map(ms);
    let [built_in, unrefreshed] = [times.built_in, times.unrefreshed].map(ms);
    let goal = Row {
        work: format!(
            "no-op plan, {GROUPS} node groups, to {GROUPS} bare concurrent DescribeNodegroup and the plan of {GROUPS} resources of an empty provider over tfplug"
        ),
        measured: format!("{found:.2}x ({ours} to {bare} + {empty})"),
        goal: format!("<= {GOAL}x"),
        met: Some(found <= GOAL),
    };
    let information = |work: String, measured: String| Row {
        work,
        measured,
        goal: String::new(),
        met: None,
    };
    let alone = information(
        format!("the same, less the plan of {GROUPS} terraform_data, to the bare reads alone"),
        format!("{beyond:.2}x ({ours} - {built_in} to {bare})"),
    );
    let added = information(
        "the same, what refreshing adds, to the bare reads alone".into(),
        format!("{refreshing:.2}x ({ours} - {unrefreshed} to {bare})"),
    );
    Ok(vec![goal, alone, added])
}

fn times(bench: &Bench) -> Result<Times, Failure> {
    bench.moto.add_eks_cluster(&EksCluster {
        name: CLUSTER.into(),
        region: REGION.into(),
        endpoint: "https://127.0.0.1:1".into(),
        certificate_authority: "Q0E=".into(),
        version: "1.35".into(),
    })?;
    let subnets = bench.moto.default_subnets(REGION)?;
    let ours = applied(bench, &[mig(bench)], &configuration(&format!("{subnets:?}")))?;
    let empty = applied(bench, &[empty::provider()?], &empty::configuration(GROUPS))?;
    let built_in = applied(bench, &[], &terraform_data(GROUPS))?;
    let times = medians(
        RUNS,
        &mut [
            &mut || no_op_plan(&ours),
            &mut || unrefreshed_plan(&ours),
            &mut || all_at_once(bench),
            &mut || no_op_plan(&empty),
            &mut || no_op_plan(&built_in),
        ],
    )?;
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    Ok(Times {
        ours: at(0),
        unrefreshed: at(1),
        bare: at(2),
        empty: at(3),
        built_in: at(4),
    })
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
