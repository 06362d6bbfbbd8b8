//! A command that is still running.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::outcome::Output;
use crate::error::{IoContext, Result};
use crate::process::{Process, wait_for};

/// A started command; dropping it kills it with everything that it started.
#[derive(Debug)]
pub struct Running {
    line: String,
    process: Process,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// Starts a supervised command whose outputs go to files named after `label` in `dir`.
    pub(crate) fn start(line: String, mut command: Command, dir: &Path, label: &str) -> Result<Self> {
        let [stdout, stderr] = ["stdout", "stderr"].map(|kind| dir.join(format!("{label}.{kind}")));
        let create = |path: &Path| File::create(path).context(|| format!("write {}", path.display()));
        command.stdout(create(&stdout)?).stderr(create(&stderr)?);
        let process = Process::adopt(&line, command, stderr.clone())?;
        Ok(Self {
            line,
            process,
            stdout,
            stderr,
        })
    }

    /// Sends Ctrl-C as a terminal does: SIGINT to Terraform and to the providers that it has started.
    ///
    /// # Errors
    /// It has ended already.
    pub fn interrupt(&self) -> Result<()> {
        self.process.interrupt()
    }

    /// The process group, for a test that looks for what is left of it.
    #[must_use]
    pub fn process_group(&self) -> u32 {
        self.process.group()
    }

    /// Waits until one of the outputs contains `text`.
    ///
    /// # Errors
    /// It does not within `limit`; what was written is in the error.
    pub fn wait_for_text(&mut self, text: &str, limit: Duration) -> Result<()> {
        wait_for(&format!("`{text}` from `{}`", self.line), limit, || {
            let so_far = format!("{}{}", read(&self.stdout), read(&self.stderr));
            if so_far.contains(text) {
                Ok(())
            } else {
                Err(so_far)
            }
        })
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// It has not ended within `limit`; it is killed then.
    pub fn wait(mut self, limit: Duration) -> Result<Output> {
        let (stdout, stderr) = (self.stdout.clone(), self.stderr.clone());
        let status = wait_for(&format!("the end of `{}`", self.line), limit, || {
            let ended = self.process.exited().map_err(|error| error.to_string())?;
            ended.ok_or_else(|| format!("still running, so far:\n{}{}", read(&stdout), read(&stderr)))
        })?;
        // The supervisor passes the code on, so no code means that the supervisor itself was killed.
        let code = status.code().unwrap_or(137);
        Ok(Output {
            command: self.line.clone(),
            code,
            stdout: read(&self.stdout),
            stderr: read(&self.stderr),
        })
    }
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
