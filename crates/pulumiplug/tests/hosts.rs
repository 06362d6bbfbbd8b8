//! The plugin as a process, started and ended as the engine does it. This program also plays the plugin, so standard output
//! belongs to the port and not to a test harness.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod cabinet;
mod process;
mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use tfplug::Server;

/// What makes of this program a plugin: which call goes wrong, counted from 0, or nothing.
const PLUGIN: &str = "PULUMIPLUG_TEST_PLUGIN";

fn main() -> ExitCode {
    if let Ok(fault) = std::env::var(PLUGIN) {
        return plugin(&fault);
    }
    let arguments = Arguments::from_args();
    let trials = vec![
        trial("the_port_is_the_first_line", process::the_port_is_the_first_line),
        trial("an_interrupt_ends_it", process::an_interrupt_ends_it),
        trial(
            "an_interrupt_waits_for_what_is_made",
            process::an_interrupt_waits_for_what_is_made,
        ),
        trial("it_ends_with_its_engine", process::it_ends_with_its_engine),
        trial(
            "it_serves_without_an_engine",
            process::it_serves_without_an_engine,
        ),
        trial("large_messages_pass", process::large_messages_pass),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, move || {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| Failed::from(error.to_string()))?;
        runtime.block_on(test());
        Ok(())
    })
}

fn plugin(fault: &str) -> ExitCode {
    let cabinet = cabinet::Cabinet::default();
    if let Ok(at) = fault.parse() {
        cabinet.fail(at, cabinet::Fault::Cancel);
    }
    let options =
        pulumiplug::wire::Options::from_args("1.2.3", || "{}".to_owned()).with_log_crates(&["hosts"]);
    pulumiplug::wire::serve(Server::new(cabinet::CabinetProvider(cabinet)).unwrap(), &options)
}
