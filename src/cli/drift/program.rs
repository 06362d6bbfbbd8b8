//! Terraform or OpenTofu, asked for a plan.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a plan is made with. No lock is taken: a report must not keep an apply from its work. The last two stand against what
/// `TF_CLI_ARGS_plan` may say: a plan that does not look at the objects says nothing of them, and changes are no failure here.
const PLAN: [&str; 6] = [
    "plan",
    "-input=false",
    "-no-color",
    "-lock=false",
    "-refresh=true",
    "-detailed-exitcode=false",
];

/// A plan of a directory, as JSON. Nothing is changed or left there.
///
/// # Errors
/// When the program cannot be started or does not plan, with what it says.
pub(super) fn plan(program: &Path, directory: &Path) -> Result<String, String> {
    if !directory.is_dir() {
        return Err(format!("{} is no directory", directory.display()));
    }
    let program = &located(program)?;
    let folder = tempfile::tempdir().map_err(|error| format!("cannot make a temporary folder: {error}"))?;
    let file = folder.path().join("plan").display().to_string();
    let to_file = format!("-out={file}");
    let planned = [&PLAN[..], &[to_file.as_str()]].concat();
    succeeded(program, "plan", run(program, directory, &planned)?)?;
    let shown = ["show", "-json", "-no-color", file.as_str()];
    let output = succeeded(program, "show", run(program, directory, &shown)?)?;
    String::from_utf8(output.stdout).map_err(|_| format!("{} show -json gave no text", program.display()))
}

/// A path is meant from here, and not from the directory that the program runs in. A bare name is looked for in `PATH`.
fn located(program: &Path) -> Result<PathBuf, String> {
    if program.components().count() < 2 {
        return Ok(program.to_owned());
    }
    std::path::absolute(program).map_err(|error| format!("cannot find {}: {error}", program.display()))
}

fn run(program: &Path, directory: &Path, arguments: &[&str]) -> Result<Output, String> {
    let started = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output();
    started.map_err(|error| {
        format!(
            "cannot run {}: {error}; name the program that plans by --program",
            program.display()
        )
    })
}

fn succeeded(program: &Path, command: &str, output: Output) -> Result<Output, String> {
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{} {command} failed:\n{}",
        program.display(),
        said.trim_end()
    ))
}
