//! Previews of Pulumi by our own plugin, beside those by Pulumi's bridge over our Terraform plugin.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use counterparts::{Cache, Plugin, Program, PulumiProject, install};

use crate::table::Row;
use crate::timing::{medians, ms, ratio, say};
use crate::usage::{self, Usage};
use crate::{Bench, Failure};

const RUNS: usize = 5;
const LEAST: f64 = 3.0;
const MOST_MIB: f64 = 30.0;
const PREVIEW: [&str; 4] = [
    "preview",
    "--non-interactive",
    "--color=never",
    "--expect-no-changes",
];

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("previews of Pulumi, beside its bridge");
    let mut rows = Vec::new();
    for count in [1, 100] {
        rows.extend(beside_the_bridge(bench, count)?);
    }
    Ok(rows)
}

/// Processor time of all processes of the provider in one preview, and memory of ours.
fn beside_the_bridge(bench: &Bench, count: usize) -> Result<Vec<Row>, Failure> {
    let bridged = bridged(bench, count)?;
    let ours = native(bench, count)?;
    let mut peak: f64 = 0.0;
    let times = medians(
        RUNS,
        &mut [&mut || Ok(of_preview(&bridged)?.processor), &mut || {
            let usage = of_preview(&ours)?;
            peak = peak.max(usage.peak_mib);
            Ok(usage.processor)
        }],
    )?;
    let [bridged, ours] = crate::rows::pair(&times);
    let times = ratio(bridged, ours);
    let processor = Row {
        work: format!(
            "pulumi preview without changes, {count} launch template(s), processor time of the bridge and its provider to ours"
        ),
        measured: format!("{times:.1}x ({} to {})", ms(bridged), ms(ours)),
        goal: format!(">= {LEAST}x"),
        met: Some(times >= LEAST),
    };
    let memory = Row {
        work: "the same, peak memory of ours".into(),
        measured: format!("{peak:.1} MiB"),
        goal: format!("<= {MOST_MIB} MiB"),
        met: Some(peak <= MOST_MIB),
    };
    Ok(vec![processor, memory])
}

fn native(bench: &Bench, count: usize) -> Result<PulumiProject, Failure> {
    let mut project = PulumiProject::new(&[Plugin::mig(std::env::current_exe()?)])?;
    prepare(&mut project, bench, &bench.provider)?;
    project.write_yaml(&templates("native", count))?;
    made(project)
}

fn bridged(bench: &Bench, count: usize) -> Result<PulumiProject, Failure> {
    let bridge = install(&Cache::open()?, Program::PulumiBridge)?;
    let mut project = PulumiProject::new(&[])?;
    prepare(&mut project, bench, &bridge)?;
    project.write_yaml("")?;
    project.add_bridged_by(&std::env::current_exe()?, &bench.provider)?;
    let file = project.dir().join("Pulumi.yaml");
    let head = fs::read_to_string(&file)?;
    project.write("Pulumi.yaml", &format!("{head}{}", templates("bridged", count)))?;
    made(project)
}

/// What the stand-in for a plugin has to know, and AWS.
fn prepare(project: &mut PulumiProject, bench: &Bench, real: &Path) -> Result<(), Failure> {
    project.set_envs(bench.moto.env());
    let file = project.dir().join("usage");
    usage::observed(real, &file)?
        .into_iter()
        .for_each(|(name, value)| project.set_env(name, &value));
    Ok(())
}

fn made(project: PulumiProject) -> Result<PulumiProject, Failure> {
    project.init("dev")?;
    project.up(&[])?;
    Ok(project)
}

fn of_preview(project: &PulumiProject) -> Result<Usage, Failure> {
    let file = project.dir().join("usage");
    if file.exists() {
        fs::remove_file(&file)?;
    }
    let output = project.command(&PREVIEW).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout);
        return Err(format!(
            "a preview that should change nothing ended with {}: {text}",
            output.status
        )
        .into());
    }
    usage::read(&file)
}

fn templates(name: &str, count: usize) -> String {
    let one = |number: usize| {
        format!(
            "  template{number}:\n    type: mig:LaunchTemplate\n    properties:\n      name: pulumi-{name}-{count}-{number}\n      \
             layout: {{ instanceTypes: [p5.48xlarge], slices: {{ \"1g.10gb\": 7 }} }}\n"
        )
    };
    let all: String = (0..count).map(one).collect();
    format!("resources:\n{all}")
}
