//! How long the engine takes: `cargo bench -p mig`, and as part of `make bench`. A table of medians with goals, in the form
//! that `make bench` prints; exit code 2 where a goal is missed.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mig::boot::{BootOptions, user_data};
use mig::catalog::Gpu;
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use mig::placement::{Counts, ProfileCounts, nearest_valid};
use mig::{Catalog, Layout, LayoutSpec};

const RUNS: usize = 101;

/// The goal of every row.
const GOAL: Duration = Duration::from_millis(1);

/// What was done, and the median of what it took.
struct Row(String, Duration);

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// The row of the GPU that takes longest.
fn slowest(work: &str, mut of: impl FnMut(&Gpu) -> Duration) -> Row {
    let gpus = Catalog::builtin().gpus().filter(|gpu| gpu.placements_known());
    let (time, gpu) = gpus
        .map(|gpu| (of(gpu), gpu))
        .max_by_key(|found| found.0)
        .unwrap();
    Row(format!("{work}, slowest GPU ({})", gpu.id), time)
}

fn spec(types: &[&str], slices: &[(&str, i64)]) -> LayoutSpec {
    LayoutSpec {
        instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
        slices: Some(
            slices
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        ),
        ..LayoutSpec::default()
    }
}

fn resolve(spec: &LayoutSpec) -> Duration {
    median(|| drop(black_box(Layout::resolve(spec, Catalog::builtin()))))
}

/// Advice for a GPU of which one instance of each profile is asked, so that all sets of all profiles are looked at.
fn advice(gpu: &Gpu) -> Duration {
    let asked: ProfileCounts = gpu
        .profiles
        .iter()
        .map(|fact| (fact.profile, 1))
        .collect::<BTreeMap<_, _>>();
    median(|| drop(black_box(nearest_valid(gpu, &asked))))
}

fn rows() -> Vec<Row> {
    let fits = spec(
        &["p5.48xlarge", "p4d.24xlarge", "g7e.48xlarge"],
        &[("2g", 1), ("1g", 2)],
    );
    let crowded = spec(&["p5.48xlarge"], &[("3g", 2), ("1g", 1)]);
    let layout = Layout::resolve(&fits, Catalog::builtin()).unwrap();
    let plugin = || DevicePlugin::render(std::slice::from_ref(&layout), &DevicePluginOptions::default());
    let row = |work: &str, time: Duration| Row(work.to_owned(), time);
    vec![
        slowest("every valid set of all profiles", |gpu| {
            median(|| _ = black_box(Counts::of(gpu, None)))
        }),
        slowest("nearest valid layout over all profiles", advice),
        row("validation, three instance types", resolve(&fits)),
        row("validation of what does not fit, with advice", resolve(&crowded)),
        row(
            "user data",
            median(|| drop(black_box(user_data(&layout, &BootOptions::default())))),
        ),
        row("device plugin", median(|| drop(black_box(plugin())))),
        row("picture", median(|| drop(black_box(layout.picture())))),
    ]
}

fn main() -> ExitCode {
    let rows = rows();
    println!("| engine | median | goal | |\n|---|---|---|---|");
    for Row(work, time) in &rows {
        let verdict = if *time <= GOAL { "met" } else { "MISSED" };
        println!(
            "| {work} | {:.3} ms | <= 1 ms | {verdict} |",
            time.as_secs_f64() * 1e3
        );
    }
    if rows.iter().all(|row| row.1 <= GOAL) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    }
}
