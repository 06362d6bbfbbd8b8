//! What is measured, one function per row or two.

use std::time::Duration;

use counterparts::cli::peer;
use counterparts::{Project, Provider};

use crate::table::Row;
use crate::timing::{medians, ms, no_op_plan, ratio, say};
use crate::{
    Bench, Failure, drift, host::Host, kubernetes, node_groups, pulumi, reads, small_providers, usage,
};

const RUNS: usize = 5;
/// For what takes seconds.
const LONG_RUNS: usize = 3;
const STARTS: usize = 21;
const MIB: f64 = 1_048_576.0;

/// One measurement, which gives a row or more.
type Measurement = fn(&Bench) -> Result<Vec<Row>, Failure>;

/// All rows, in the order of the goals; each is told when it is measured, since the whole takes minutes.
pub(crate) fn all(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let measurements: [(&str, Measurement); 11] = [
        ("template", one_template),
        ("templates", many_templates),
        ("small", small_providers::rows),
        ("groups", node_groups::rows),
        ("layouts", layouts),
        ("kubernetes", kubernetes::rows),
        ("drift", drift::rows),
        ("pulumi", pulumi::rows),
        ("start", start),
        ("memory", peak_memory),
        ("size", size),
    ];
    let only = std::env::args().nth(2);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut rows = Vec::new();
    for (_, measure) in measurements.iter().filter(|(name, _)| wanted(name)) {
        let measured = measure(bench)?;
        measured
            .iter()
            .for_each(|row| say(&format!("  {}: {}", row.work, row.measured)));
        rows.extend(measured);
    }
    Ok(rows)
}

fn one_template(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("one launch template");
    let floor = applied(bench, &[], &terraform_data(1))?;
    let ours = applied(bench, &[mig(bench)], &templates("one", 1))?;
    let times = medians(RUNS, &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours)])?;
    let [floor, ours] = pair(&times);
    let own = Row {
        work: "no-op plan, 1 launch template, to one terraform_data".into(),
        measured: format!("{:.2}x ({} to {})", ratio(ours, floor), ms(ours), ms(floor)),
        goal: String::new(),
        met: None,
    };
    let mut rows = vec![own];
    rows.extend(against_aws(bench, ours)?);
    Ok(rows)
}

fn against_aws(bench: &Bench, ours: Duration) -> Result<Vec<Row>, Failure> {
    let work = |what: &str| format!("the same, terraform-provider-aws {} {what}", peer::AWS_VERSION);
    let Some(aws) = peer::aws() else {
        return Ok(vec![Row {
            work: work("to ours"),
            measured: "not installed: name a mirror with $TF_PLUGIN_MIRROR".into(),
            goal: ">= 50x wall, >= 20x memory".into(),
            met: None,
        }]);
    };
    say("terraform-provider-aws");
    let mut theirs = measured_project(bench, &aws, AWS_TEMPLATE)?;
    let peak = usage::of_plan(&mut theirs, &aws.binary)?.peak_mib;
    let theirs = applied(bench, &[aws], AWS_TEMPLATE)?;
    let times = medians(3, &mut [&mut || no_op_plan(&theirs)])?;
    let theirs = times.first().copied().unwrap_or_default();
    let own_peak = peak_of(bench, &templates("peer", 1))?;
    let wall = Row {
        work: work("to ours, wall"),
        measured: format!("{:.1}x ({} to {})", ratio(theirs, ours), ms(theirs), ms(ours)),
        goal: ">= 50x".into(),
        met: Some(ratio(theirs, ours) >= 50.0),
    };
    let memory = Row {
        work: work("to ours, peak memory"),
        measured: format!("{:.1}x ({peak:.0} MiB to {own_peak:.1} MiB)", peak / own_peak),
        goal: ">= 20x".into(),
        met: Some(peak / own_peak >= 20.0),
    };
    Ok(vec![wall, memory])
}

fn many_templates(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("200 launch templates");
    let floor = applied(bench, &[], &terraform_data(200))?;
    let ours = applied(bench, &[mig(bench)], &templates("many", 200))?;
    let names: Vec<String> = (0..200).map(|n| format!("many-{n}")).collect();
    let times = medians(
        LONG_RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours), &mut || {
            reads::all_at_once(bench, &names)
        }],
    )?;
    let [floor, ours] = pair(&times);
    let bare = times.last().copied().unwrap_or_default();
    let beyond = ratio(ours.saturating_sub(floor), bare);
    Ok(vec![Row {
        work: "no-op plan, 200 templates, less that of 200 terraform_data, to 200 bare concurrent reads"
            .into(),
        measured: format!("{beyond:.2}x ({} - {} to {})", ms(ours), ms(floor), ms(bare)),
        goal: "<= 1.1x".into(),
        met: Some(beyond <= 1.1),
    }])
}

fn layouts(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("1,000 layouts");
    let floor = applied(bench, &[], &terraform_data(1000))?;
    let ours = applied(bench, &[mig(bench)], &layout_data(1000))?;
    let times = medians(
        LONG_RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours)],
    )?;
    let [floor, ours] = pair(&times);
    Ok(vec![Row {
        work: "plan of 1,000 mig_layout, to 1,000 terraform_data".into(),
        measured: format!("{:.2}x ({} to {})", ratio(ours, floor), ms(ours), ms(floor)),
        goal: String::new(),
        met: None,
    }])
}

fn start(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("start of the process");
    let host = Host::new()?;
    let (program, whose) = match &bench.released {
        Some(released) => (released, "the program of `make release`"),
        None => (
            &bench.provider,
            "the bench's own build, since `make release` has not built this code",
        ),
    };
    let times = medians(STARTS, &mut [&mut || host.start_to_schema(program)])?;
    let time = times.first().copied().unwrap_or_default();
    Ok(vec![Row {
        work: format!("process start to schema answered, {whose}"),
        measured: format!("{:.1} ms", time.as_secs_f64() * 1000.0),
        goal: "<= 12 ms".into(),
        met: Some(time <= Duration::from_millis(12)),
    }])
}

fn peak_memory(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("memory");
    let row = |what: &str, configuration: &str| {
        let peak = peak_of(bench, configuration)?;
        Ok::<Row, Failure>(Row {
            work: format!("peak memory of the provider, plan of {what}"),
            measured: format!("{peak:.1} MiB"),
            goal: "<= 30 MiB".into(),
            met: Some(peak <= 30.0),
        })
    };
    Ok(vec![
        row("1 launch template", &templates("memory-one", 1))?,
        row("200 launch templates", &templates("memory-many", 200))?,
        row("1,000 mig_layout", &layout_data(1000))?,
    ])
}

fn size(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let bytes = std::fs::metadata(&bench.provider)?.len();
    // Far below 2^52.
    #[allow(clippy::cast_precision_loss)]
    let size = bytes as f64 / MIB;
    Ok(vec![Row {
        work: "release binary".into(),
        measured: format!("{size:.1} MiB"),
        goal: "<= 25 MiB".into(),
        met: Some(size <= 25.0),
    }])
}

pub(crate) fn pair(times: &[Duration]) -> [Duration; 2] {
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    [at(0), at(1)]
}

pub(crate) fn mig(bench: &Bench) -> Provider {
    Provider::mig(bench.provider.clone())
}

/// A project that is applied already. The providers are installed as users have them.
pub(crate) fn applied(
    bench: &Bench,
    providers: &[Provider],
    configuration: &str,
) -> Result<Project, Failure> {
    let providers: Vec<_> = providers.iter().cloned().map(Provider::itself).collect();
    let mut project = Project::new(&bench.cli, &providers)?;
    project.set_envs(bench.moto.env());
    apply(&project, configuration)?;
    Ok(project)
}

pub(crate) fn measured_project(
    bench: &Bench,
    provider: &Provider,
    configuration: &str,
) -> Result<Project, Failure> {
    let mut project = Project::new(&bench.cli, &[usage::measured(provider)?])?;
    project.set_envs(bench.moto.env());
    usage::observe(&mut project, &provider.binary)?;
    apply(&project, &configuration.replace("peer-aws", "peer-aws-measured"))?;
    Ok(project)
}

fn apply(project: &Project, configuration: &str) -> Result<(), Failure> {
    project.write("main.tf", configuration)?;
    project.init()?;
    project.apply(&[])?;
    Ok(())
}

pub(crate) fn peak_of(bench: &Bench, configuration: &str) -> Result<f64, Failure> {
    let mut project = measured_project(bench, &mig(bench), configuration)?;
    Ok(usage::of_plan(&mut project, &bench.provider)?.peak_mib)
}

pub(crate) fn terraform_data(count: usize) -> String {
    format!("resource \"terraform_data\" \"floor\" {{\n  count = {count}\n  input = \"x\"\n}}\n")
}

pub(crate) fn templates(name: &str, count: usize) -> String {
    format!(
        r#"{MIG}
resource "mig_launch_template" "bench" {{
  count  = {count}
  name   = "{name}-${{count.index}}"
  layout = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
}}
"#
    )
}

fn layout_data(count: usize) -> String {
    format!(
        r#"{MIG}
data "mig_layout" "bench" {{
  count          = {count}
  instance_types = ["p5.48xlarge"]
  slices         = {{ "1g.10gb" = 7 }}
}}
"#
    )
}

pub(crate) const MIG: &str = r#"terraform {
  required_providers {
    mig = { source = "eks-mig/mig" }
  }
}
"#;

/// What a user of terraform-provider-aws writes for one template, with user data of our size.
const AWS_TEMPLATE: &str = r#"terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_launch_template" "bench" {
  name          = "peer-aws"
  instance_type = "p5.48xlarge"
  user_data     = base64encode(join("\n", [for n in range(300) : "echo this is line ${n} of it"]))
  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }
}
"#;
