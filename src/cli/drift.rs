//! `drift`: what has drifted from what was declared, read-only.

mod cluster;
mod expected;
mod foreign;
mod groups;
mod karpenter;
mod plan;
mod program;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use mig::drift::{Baseline, Date, Filters, IgnoreFile, Object, Report, Section, WhyNot, format};
use tfplug::Diagnostics;

pub(super) use cluster::file_of_context;

use super::file;
use crate::connections::Connections;

/// What the command accepts.
#[derive(Debug, Args)]
pub(super) struct Drift {
    /// File in YAML or JSON with the attributes of data.mig_layout, or with a list of them under `layouts`: what nodes should have.
    /// May be given several times.
    #[arg(long = "layout", value_name = "FILE")]
    layouts: Vec<PathBuf>,
    /// Plan as JSON, as `terraform show -json` writes it; - for standard input.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Directory of a configuration that is initialised; it is planned, and nothing is changed.
    #[arg(long, value_name = "DIR", conflicts_with = "plan")]
    directory: Option<PathBuf>,
    /// Program that plans the directory.
    #[arg(long, value_name = "PROGRAM", default_value = "terraform")]
    program: PathBuf,
    /// EKS cluster to look at, as NAME or NAME@REGION. May be given several times.
    #[arg(long = "cluster", value_name = "NAME")]
    clusters: Vec<String>,
    /// Context of a kubeconfig to look at. May be given several times.
    #[arg(long = "context", value_name = "CONTEXT")]
    contexts: Vec<String>,
    /// Kubeconfig of the contexts; KUBECONFIG or ~/.kube/config if left out.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// File that the report is written to, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// File in YAML or JSON with rules of what to leave out, each with a reason.
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Earlier report in JSON, whose findings do not count again.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How long a node may take until its slices show.
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = time)]
    boot_timeout: std::time::Duration,
    /// End with 3 where something could not be checked.
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
    Sarif,
    Markdown,
}

fn time(text: &str) -> Result<std::time::Duration, String> {
    crate::duration::parse(text).ok_or_else(|| "write a whole number and s, m or h, such as 15m".to_owned())
}

impl Drift {
    /// Looks, and writes the report. Ends with 0 without drift, 2 with it, 3 where something could not be checked and that counts, and 1
    /// where there is no report.
    pub(super) fn run(&self) -> ExitCode {
        match self.report() {
            Ok(report) => self.written(&report),
            Err(why) => super::failed(&why),
        }
    }

    fn report(&self) -> Result<Report, String> {
        self.check_standard_input()?;
        let ignore = self
            .ignore
            .as_deref()
            .map(ignore_file)
            .transpose()?
            .unwrap_or_default();
        let baseline = self.baseline.as_deref().map(baseline).transpose()?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let sections = self.look(now)?;
        let filters = Filters {
            ignore: &ignore,
            baseline: baseline.as_ref(),
            today: Date::of_seconds(now),
        };
        Ok(Report::new(sections, &filters))
    }

    /// Looks at everything that was named, each by itself: what cannot be looked at does not keep the rest from it.
    fn look(&self, now: i64) -> Result<Vec<Section>, String> {
        let plan = self.planned()?;
        let mut findings = Diagnostics::new();
        let expected = expected::expected(&self.layouts, plan.as_ref(), &mut findings);
        super::tell_findings(&findings);
        let Some(expected) = expected else {
            return Err("the layouts are not right, so nothing was looked at".to_owned());
        };
        let (clusters, left_out) = self.clusters(plan.as_ref())?;
        if plan.is_none() && clusters.is_empty() {
            return Err("nothing to look at: give --plan, --directory, --cluster or --context".to_owned());
        }
        let mut sections: Vec<Section> = plan.iter().flat_map(plan::sections).collect();
        sections.extend(left_out.iter().map(not_followed));
        let connections = Connections::of_environment();
        let boot_seconds = i64::try_from(self.boot_timeout.as_secs()).unwrap_or(i64::MAX);
        let versions = plan.as_ref().map(expected::versions).unwrap_or_default();
        let look = cluster::Look {
            connections: &connections,
            expected: &expected,
            versions: &versions,
            now,
            boot_seconds,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot begin: {error}"))?;
        sections.extend(runtime.block_on(look.at_all(&clusters)));
        Ok(sections)
    }

    fn planned(&self) -> Result<Option<plan::PlanFile>, String> {
        match (&self.plan, &self.directory) {
            (Some(path), _) => {
                let text = file::text(path);
                let text = text.map_err(|error| format!("cannot read {}: {error}", file::source(path)))?;
                plan::parse(&text).map(Some)
            }
            (None, Some(directory)) => {
                let plan = plan::parse(&program::plan(&self.program, directory)?)?;
                Ok(Some(plan.made_here()))
            }
            (None, None) => Ok(None),
        }
    }

    /// The clusters to look at, and those of the plan that are not looked at. A file may come from anywhere, so it cannot have a program
    /// run or a credential read: of its clusters only those of EKS are looked at.
    fn clusters(
        &self,
        plan: Option<&plan::PlanFile>,
    ) -> Result<(Vec<cluster::Target>, Vec<cluster::Target>), String> {
        let mut all: Vec<cluster::Target> = self
            .clusters
            .iter()
            .map(|name| cluster::Target::eks(name))
            .collect();
        if !self.contexts.is_empty() {
            let of_context = |context: &String| cluster::Target::context(self.kubeconfig.as_deref(), context);
            all.extend(
                self.contexts
                    .iter()
                    .map(of_context)
                    .collect::<Result<Vec<_>, _>>()?,
            );
        }
        let of_plan = plan.into_iter().flat_map(expected::clusters);
        let trusted =
            |target: &cluster::Target| target.is_eks() || plan.is_some_and(plan::PlanFile::is_made_here);
        let (followed, left_out): (Vec<_>, Vec<_>) = of_plan.partition(trusted);
        all.extend(followed);
        Ok((sorted(all), sorted(left_out)))
    }

    /// Standard input can be read once.
    fn check_standard_input(&self) -> Result<(), String> {
        let files = self
            .layouts
            .iter()
            .chain(&self.plan)
            .chain(&self.ignore)
            .chain(&self.baseline);
        match files.filter(|path| path.as_os_str() == "-").count() {
            0 | 1 => Ok(()),
            _ => Err("standard input can stand for one file only".to_owned()),
        }
    }

    fn written(&self, report: &Report) -> ExitCode {
        let text = match self.format {
            Format::Text => format::text(report),
            Format::Json => format::json(report),
            Format::Junit => format::junit(report),
            Format::Sarif => format::sarif(report, self.anchor().as_deref()),
            Format::Markdown => format::markdown(report),
        };
        let done = match &self.output {
            Some(path) => std::fs::write(path, text)
                .map_err(|error| format!("cannot write {}: {error}", path.display())),
            None => {
                let printed = super::print(&text);
                return if printed == ExitCode::SUCCESS {
                    ExitCode::from(report.exit_code(self.strict))
                } else {
                    printed
                };
            }
        };
        match done {
            Ok(()) => ExitCode::from(report.exit_code(self.strict)),
            Err(why) => super::failed(&why),
        }
    }

    /// The file that alerts are shown at, seen from here, as a checkout is: the first of layouts, or of the directory that is planned. One
    /// outside of it is none to GitHub, which refuses all of a report where a result has no file.
    fn anchor(&self) -> Option<String> {
        let here = std::env::current_dir().ok()?;
        let layouts = self
            .layouts
            .iter()
            .filter(|path| path.as_os_str() != "-")
            .cloned();
        let configuration = self
            .directory
            .iter()
            .filter_map(|directory| first_file(directory));
        let inside = |path: PathBuf| {
            std::path::absolute(path)
                .ok()?
                .strip_prefix(&here)
                .ok()?
                .to_str()
                .map(str::to_owned)
        };
        layouts.chain(configuration).find_map(inside)
    }
}

/// The first file of a configuration by name.
fn first_file(directory: &std::path::Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(directory).ok()?;
    let files = files.filter_map(|entry| Some(entry.ok()?.path()));
    let is_configuration = |path: &PathBuf| {
        path.extension()
            .is_some_and(|kind| kind == "tf" || kind == "tofu")
    };
    files.filter(is_configuration).min()
}

fn sorted(mut targets: Vec<cluster::Target>) -> Vec<cluster::Target> {
    targets.sort();
    targets.dedup();
    targets
}

fn not_followed(target: &cluster::Target) -> Section {
    let text = "The plan comes from a file, so the way to the cluster that it describes is not taken. Name the cluster by --context or --cluster.";
    Section::not_checked(Object::new(&target.place(), "Cluster", ""), WhyNot::Unknown, text)
}

/// YAML or JSON, as the rules' own types read it.
fn ignore_file(path: &std::path::Path) -> Result<IgnoreFile, String> {
    let text = file::text(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let value = file::parse(&text).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let value = file::json(&value);
    serde_json::from_value(value)
        .map_err(|error| format!("{} is not a file of ignore rules: {error}", path.display()))
}

fn baseline(path: &std::path::Path) -> Result<Baseline, String> {
    let text = file::text(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Baseline::from_json(&text)
        .map_err(|error| format!("{} is not an earlier report: {error}", path.display()))
}
