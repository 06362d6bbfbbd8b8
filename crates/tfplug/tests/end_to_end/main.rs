//! The protocol's corners, with real Terraform and OpenTofu at the other end.
//!
//! Started by one of them this program is a provider; started by hand or by cargo it is the test.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

mod cases;
mod provider;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if std::env::var_os("TF_PLUGIN_MAGIC_COOKIE").is_some() {
        return provider::main();
    }
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = cases::all().into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
