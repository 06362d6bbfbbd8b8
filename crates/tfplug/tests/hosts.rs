//! Providers of this crate as a host meets them: a host of our own on the wire, then real Terraform and OpenTofu.
//!
//! Started by one of them this program is a provider; started by hand or by cargo it is the test. So standard output belongs
//! to the handshake, and the usual test harness cannot be used.

// Clippy knows tests by their attribute; the functions that they share have none.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod end_to_end;
mod example;
// There is no Ctrl-C to send elsewhere, and the peer listens on a port.
#[cfg(unix)]
mod wire;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

type Test = (&'static str, fn());

fn main() -> ExitCode {
    #[cfg(unix)]
    if wire::is_peer() {
        return wire::peer();
    }
    // Hosts start a provider under the name that it has in a configuration.
    let program = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or_default();
    let debug = std::env::args().any(|argument| argument == "--debug");
    match name.to_string_lossy() {
        name if name.starts_with("terraform-provider-probe") => end_to_end::provider(),
        name if debug || name.starts_with("terraform-provider-local") => example::provider(),
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let mut trials = trials_of("end_to_end", end_to_end::tests());
    trials.extend(trials_of("example", example::tests()));
    #[cfg(unix)]
    trials.extend(trials_of("wire", wire::tests()));
    trials
}

fn trials_of(part: &str, tests: Vec<Test>) -> Vec<Trial> {
    let trial = |(name, test): Test| {
        Trial::test(format!("{part}::{name}"), move || {
            test();
            Ok(())
        })
    };
    tests.into_iter().map(trial).collect()
}
