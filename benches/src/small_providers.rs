//! Beside other providers that do nothing: the smallest that HashiCorp publishes, in Go, and an empty one over `tfplug`.
//! Against them it shows what this provider adds, where a plan is mostly Terraform's own work.

use std::time::Duration;

use counterparts::{Cache, Program, Provider, install};

use crate::rows::{applied, measured_project, mig, pair, templates};
use crate::table::Row;
use crate::timing::{Cost, medians, ms, no_op_plan, no_op_plan_cost, ratio, say};
use crate::{Bench, Failure, empty, usage};

const RUNS: usize = 9;

/// The rows beside the provider in Go, then beside the empty one.
pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("terraform-provider-time, and an empty provider");
    let go = time_provider()?;
    let mut rows = Vec::new();
    for count in [1, 100] {
        rows.extend(beside_go(bench, &go, count)?);
    }
    rows.push(beside_empty(bench)?);
    Ok(rows)
}

fn time_provider() -> Result<Provider, Failure> {
    let binary = install(&Cache::open()?, Program::ProviderTime)?;
    let version = Program::ProviderTime.version()?;
    Ok(Provider::new("hashicorp/time", binary).with_version(version.trim_start_matches('v')))
}

fn beside_go(bench: &Bench, go: &Provider, count: usize) -> Result<Vec<Row>, Failure> {
    let theirs = applied(bench, std::slice::from_ref(go), &time_static(count))?;
    let ours = applied(bench, &[mig(bench)], &templates(&format!("peer-{count}"), count))?;
    let mut costs: [Vec<Cost>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        costs[0].push(no_op_plan_cost(&theirs)?);
        costs[1].push(no_op_plan_cost(&ours)?);
    }
    let of = |what: fn(&Cost) -> Duration| {
        let [theirs, ours] = &costs;
        [median(theirs, what), median(ours, what)]
    };
    let work = |what: &str| {
        format!(
            "no-op plan, {count} launch template(s) to {count} time_static ({} {}), {what}",
            go.source, go.version
        )
    };
    let [their_wall, our_wall] = of(|cost| cost.wall);
    let [their_time, our_time] = of(|cost| cost.processor);
    let own = provider_alone(bench, go, count)?;
    Ok(vec![
        compared(work("wall"), our_wall, their_wall, None),
        compared(
            work("processor time of the whole command"),
            our_time,
            their_time,
            None,
        ),
        compared(work("processor time of the provider"), own[1], own[0], Some(0.7)),
    ])
}

/// Processor time of the provider's own processes in one plan: theirs, ours.
fn provider_alone(bench: &Bench, go: &Provider, count: usize) -> Result<[Duration; 2], Failure> {
    let mut theirs = measured_project(bench, go, &time_static(count))?;
    let mut ours = measured_project(bench, &mig(bench), &templates(&format!("alone-{count}"), count))?;
    let times = medians(
        RUNS,
        &mut [
            &mut || Ok(usage::of_plan(&mut theirs, &go.binary)?.processor),
            &mut || Ok(usage::of_plan(&mut ours, &bench.provider)?.processor),
        ],
    )?;
    Ok(pair(&times))
}

fn beside_empty(bench: &Bench) -> Result<Row, Failure> {
    let empty = applied(bench, &[empty::provider()?], &empty::configuration(1))?;
    let ours = applied(bench, &[mig(bench)], &templates("empty", 1))?;
    let times = medians(RUNS, &mut [&mut || no_op_plan(&empty), &mut || no_op_plan(&ours)])?;
    let [empty, ours] = pair(&times);
    let work = "no-op plan, 1 launch template, to one resource of an empty provider over tfplug";
    Ok(compared(work.into(), ours, empty, Some(1.15)))
}

fn compared(work: String, ours: Duration, theirs: Duration, most: Option<f64>) -> Row {
    let found = ratio(ours, theirs);
    Row {
        work,
        measured: format!("{found:.2}x ({} to {})", ms(ours), ms(theirs)),
        goal: most.map_or_else(String::new, |most| format!("<= {most}x")),
        met: most.map(|most| found <= most),
    }
}

fn median(costs: &[Cost], what: fn(&Cost) -> Duration) -> Duration {
    let mut all: Vec<Duration> = costs.iter().map(what).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn time_static(count: usize) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    time = {{ source = \"hashicorp/time\" }}\n  }}\n}}\n\
         resource \"time_static\" \"bench\" {{\n  count = {count}\n}}\n"
    )
}
