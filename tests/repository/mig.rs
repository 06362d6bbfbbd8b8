//! The command line, run as a user runs it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a command in an empty environment, with this text on standard input.
pub(crate) fn mig(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_terraform-provider-mig"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read it has ended.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

/// The answer to a command and `--help`, which ends it before anything is looked at; behind a mistake it is not reached.
pub(crate) fn help(words: &[String]) -> Output {
    let words = words.iter().map(String::as_str);
    mig(&words.chain(["--help"]).collect::<Vec<_>>(), "")
}

/// What is wrong with a command, if anything is.
pub(crate) fn refusal(words: &[String]) -> Option<String> {
    let output = help(words);
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}
