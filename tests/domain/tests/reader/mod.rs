//! Programs that read a text and say what they understood, or why they refuse it.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test fails by panicking; not every test uses all of it"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use counterparts::{Cache, Program, install};
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::Value;

/// The program, built if it is not there yet.
pub fn program(program: Program) -> PathBuf {
    install(&Cache::open().unwrap(), program).unwrap()
}

/// The JSON that a program answers, or what it complains of.
pub fn ask(mut command: Command, input: &str) -> Result<Value, String> {
    let streams = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout).unwrap());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A layout of the built-in catalog, from JSON.
pub fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}
