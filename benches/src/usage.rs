//! Peak memory and processor time of a provider process that Terraform or Pulumi starts.
//!
//! The host is given this program in the provider's place. It runs the provider as its only child, so that what the
//! kernel says of its children is what the provider took, with all that it has started.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use counterparts::{Project, Provider};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::time::TimeValLike as _;
use nix::sys::wait::wait;

use crate::{Failure, timing};

/// The provider that this process stands in for.
const REAL: &str = "MIG_BENCH_REAL_PROVIDER";
/// The file to which each process of it adds a line.
const FILE: &str = "MIG_BENCH_USAGE_FILE";

/// The provider to run, if a host has started this process as a provider.
pub(crate) fn stands_in_for() -> Option<OsString> {
    std::env::var_os(REAL)
}

/// What the provider's processes of one plan took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Memory of the process that took most.
    pub(crate) peak_mib: f64,
    /// Processor time of all of them.
    pub(crate) processor: Duration,
}

/// Runs the provider to its end and notes what it took.
pub(crate) fn stand_in(real: &OsStr) -> ExitCode {
    match run_and_note(real) {
        Ok(code) => code,
        Err(error) => {
            timing::say(&format!("bench: cannot stand in for {}: {error}", real.display()));
            ExitCode::FAILURE
        }
    }
}

fn run_and_note(real: &OsStr) -> Result<ExitCode, Failure> {
    let file = std::env::var_os(FILE).ok_or("no file to write to")?;
    adopt_orphans()?;
    let mut child = Command::new(real).args(std::env::args_os().skip(1)).spawn()?;
    // Pulumi ends a plugin by a signal to its process group. The child has to get it, so it is held back from here on only.
    SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]).thread_block()?;
    let status = child.wait()?;
    while wait().is_ok() {}
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let (peak, processor) = (usage.max_rss(), processor_time(&usage));
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?
        .write_all(format!("{peak} {}\n", processor.as_micros()).as_bytes())?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Pulumi's bridge does not wait for the provider that it has started, and the kernel counts only what was waited for.
#[cfg(target_os = "linux")]
fn adopt_orphans() -> nix::Result<()> {
    nix::sys::prctl::set_child_subreaper(true)
}

/// Elsewhere there is no such thing, and what the bridge left is not counted.
#[cfg(not(target_os = "linux"))]
fn adopt_orphans() -> nix::Result<()> {
    Ok(())
}

/// `provider`, but measured.
pub(crate) fn measured(provider: &Provider) -> Result<Provider, Failure> {
    let mut measured = provider.clone();
    measured.binary = std::env::current_exe()?;
    Ok(measured)
}

/// User and system time.
pub(crate) fn processor_time(usage: &nix::sys::resource::Usage) -> Duration {
    let micros = [usage.user_time(), usage.system_time()]
        .map(|time| u64::try_from(time.num_microseconds()).unwrap_or_default());
    Duration::from_micros(micros.iter().sum())
}

/// What the provider's processes took in one plan, of a project with a [`measured`] provider.
pub(crate) fn of_plan(project: &mut Project, provider: &Path) -> Result<Usage, Failure> {
    let file = project.dir().join("usage");
    if file.exists() {
        fs::remove_file(&file)?;
    }
    observe(project, provider)?;
    timing::no_op_plan(project)?;
    read(&file)
}

/// What the real program takes for a command of this one in its place.
pub(crate) fn of_command(command: &mut Command, real: &Path, file: &Path) -> Result<Usage, Failure> {
    let status = command.env(REAL, real).env(FILE, file).status()?;
    if !status.success() {
        return Err(format!("the command ended with {status}").into());
    }
    read(file)
}

/// What was noted in a file.
pub(crate) fn read(file: &Path) -> Result<Usage, Failure> {
    let text = fs::read_to_string(file)?;
    let noted = text.lines().map(noted).collect::<Option<Vec<_>>>();
    let noted = noted.ok_or_else(|| format!("the provider's stand-in noted {text:?}"))?;
    let sum = |all: Usage, one: &Usage| Usage {
        peak_mib: all.peak_mib.max(one.peak_mib),
        processor: all.processor + one.processor,
    };
    Ok(noted.iter().fold(Usage::default(), sum))
}

/// A line of the stand-in's file.
fn noted(line: &str) -> Option<Usage> {
    // The kernel counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") {
        1_048_576.0
    } else {
        1024.0
    };
    let (peak, micros) = line.split_once(' ')?;
    Some(Usage {
        peak_mib: peak.parse::<f64>().ok()? / unit,
        processor: Duration::from_micros(micros.parse().ok()?),
    })
}

/// Sets what the stand-in needs to know, also for init and apply.
pub(crate) fn observe(project: &mut Project, provider: &Path) -> Result<(), Failure> {
    let file = project.dir().join("usage");
    observed(provider, &file)?
        .into_iter()
        .for_each(|(name, value)| project.set_env(name, &value));
    Ok(())
}

/// The environment of a stand-in.
pub(crate) fn observed(real: &Path, file: &Path) -> Result<[(&'static str, String); 2], Failure> {
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or("a path is not UTF-8");
    Ok([(REAL, text(real)?), (FILE, text(file)?)])
}
