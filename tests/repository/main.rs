//! What holds of the repository itself, without any server: the shape of the code, what is generated from the schema, the
//! command line's bytes, the packages it is built of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod architecture;
mod ci;
mod dependencies;
mod docs;
mod drift_report;
mod features;
mod generated;
mod github;
mod markdown;
mod mig;
mod packed;
mod picture;
mod programs;
mod release;
mod render;
mod shell;
mod site;
mod validate;

use std::path::Path;
use std::process::Command;

/// What cargo says, offline and with the lock file as it is.
fn cargo(arguments: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).args(["--locked", "--offline"]);
    let output = cargo.current_dir(root()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The root of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
