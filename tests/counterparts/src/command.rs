//! Short commands that are run to their end: builds, installs, version questions.

use std::process::Command;

use crate::error::{Error, IoContext, Result};

/// Runs a command to its end and returns its standard output.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<String> {
    let output = command.output().context(|| format!("start the {what}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let all = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = all.lines().collect();
    let end = lines[lines.len().saturating_sub(40)..].join("\n");
    Err(Error::Command {
        what: what.to_owned(),
        status: output.status.to_string(),
        output: end,
    })
}

/// The first line of a command's standard output, or a person's words for why there is none.
pub(crate) fn first_line(command: &mut Command) -> std::result::Result<String, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()),
        Ok(output) => Err(format!(
            "it fails: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("not found on PATH".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
