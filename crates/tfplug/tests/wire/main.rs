//! The transport as Terraform meets it: this program starts itself as a provider, and speaks to it as a host does.

// There is no Ctrl-C to send elsewhere, and the peer listens on a port.
#![cfg(unix)]
// Clippy knows tests by their attribute; the functions that they share have none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calls;
mod host;
mod peer;
mod transport;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if std::env::var_os(peer::ROLE).is_some() {
        return peer::main();
    }
    let tests = transport::tests().into_iter().chain(calls::tests());
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    libtest_mimic::run(&Arguments::from_args(), tests.map(trial).collect()).exit_code()
}
