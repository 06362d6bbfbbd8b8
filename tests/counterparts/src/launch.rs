//! Starting one of the Go programs in a work folder.

use std::env;

use crate::cache::Cache;
use crate::error::Result;
use crate::go::{Program, install};
use crate::process::{GO_SERVER, Process, supervised};
use crate::report;
use crate::workspace::Workspace;

/// Starts a program with these flags and this environment only; its log lies in the work folder, see [`log_name`].
///
/// Nothing else of the machine's environment gets in: a person's AWS profile or etcd settings are not the test's.
pub(crate) fn launch(
    program: Program,
    work: &Workspace,
    flags: &[String],
    environment: &[(&str, String)],
) -> Result<Process> {
    let path = install(&Cache::open()?, program)?;
    report::used(program.name(), &format!("{} (built by us)", program.version()?));
    let mut command = supervised(path);
    command.args(flags).current_dir(work.path()).env_clear();
    command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("HOME", work.path()).envs(GO_SERVER);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    Process::start(program.name(), command, work.path().join(log_name(program)))
}

/// The file name of a program's log in its work folder.
pub(crate) fn log_name(program: Program) -> String {
    format!("{}.log", program.name())
}

/// A program's log so far; empty if it has none.
pub(crate) fn log(program: Program, work: &Workspace) -> String {
    std::fs::read_to_string(work.path().join(log_name(program))).unwrap_or_default()
}
