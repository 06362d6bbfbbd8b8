//! Peak memory of a provider process that Terraform starts.
//!
//! Terraform is given this program in the provider's place. It runs the provider as its only child, so that what the
//! kernel says of its children is what the provider took.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

use counterparts::{Project, Provider};
use nix::sys::resource::{UsageWho, getrusage};

use crate::{Failure, timing};

/// The provider that this process stands in for.
const REAL: &str = "MIG_BENCH_REAL_PROVIDER";
/// The file to which each process of it adds a line.
const FILE: &str = "MIG_BENCH_USAGE_FILE";

/// The provider to run, if Terraform has started this process as a provider.
pub(crate) fn stands_in_for() -> Option<OsString> {
    std::env::var_os(REAL)
}

/// Runs the provider to its end and notes its peak memory.
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
    let status = Command::new(real).args(std::env::args_os().skip(1)).status()?;
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?
        .write_all(format!("{peak}\n").as_bytes())?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// `provider`, but measured.
pub(crate) fn measured(provider: &Provider) -> Result<Provider, Failure> {
    Ok(Provider {
        binary: std::env::current_exe()?,
        ..provider.clone()
    })
}

/// Peak memory in MiB over the provider processes of one plan, of a project with a [`measured`] provider.
pub(crate) fn peak_of_plan(project: &mut Project, provider: &Path) -> Result<f64, Failure> {
    let file = project.dir().join("usage");
    if file.exists() {
        fs::remove_file(&file)?;
    }
    observe(project, provider)?;
    timing::no_op_plan(project)?;
    let text = fs::read_to_string(&file)?;
    let peaks = text
        .lines()
        .map(str::parse::<f64>)
        .collect::<Result<Vec<_>, _>>()?;
    // The kernel counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") {
        1_048_576.0
    } else {
        1024.0
    };
    Ok(peaks.into_iter().fold(0.0, f64::max) / unit)
}

/// Sets what the stand-in needs to know, also for init and apply.
pub(crate) fn observe(project: &mut Project, provider: &Path) -> Result<(), Failure> {
    let file = project.dir().join("usage");
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or("a path is not UTF-8");
    project.set_env(REAL, &text(provider)?);
    project.set_env(FILE, &text(&file)?);
    Ok(())
}
