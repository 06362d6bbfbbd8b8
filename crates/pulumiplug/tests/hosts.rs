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
mod engine;
mod process;
mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use pulumiplug::adapter::Rules;
use pulumiplug::schema::{PackageInfo, package};
use pulumiplug::wire::{Options, serve};
use tfplug::Server;

/// What makes of this program a plugin: which call goes wrong, counted from 0, or nothing.
const PLUGIN: &str = "PULUMIPLUG_TEST_PLUGIN";
/// Where its cabinet is kept.
const CABINET_FILE: &str = "PULUMIPLUG_TEST_CABINET";

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
        alone("a_life_with_the_real_engine", engine::a_life_with_the_real_engine),
        alone(
            "what_fails_is_kept_by_the_real_engine",
            engine::what_fails_is_kept_by_the_real_engine,
        ),
        alone(
            "functions_and_settings_with_the_real_engine",
            engine::functions_and_settings_with_the_real_engine,
        ),
        alone(
            "the_real_engine_tells_faults",
            engine::the_real_engine_tells_faults,
        ),
        alone(
            "an_interrupt_of_the_real_engine_loses_nothing",
            engine::an_interrupt_of_the_real_engine_loses_nothing,
        ),
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

fn alone(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

fn plugin(fault: &str) -> ExitCode {
    let cabinet = match std::env::var(CABINET_FILE) {
        Ok(file) => cabinet::Cabinet::in_file(file),
        Err(_) => cabinet::Cabinet::default(),
    };
    let mut words = fault.split(' ');
    if let Some(at) = words.next().and_then(|at| at.parse().ok()) {
        let is_error = words.next() == Some("error");
        cabinet.fail(
            at,
            if is_error {
                cabinet::Fault::Error
            } else {
                cabinet::Fault::Cancel
            },
        );
    }
    let server = Server::new(cabinet::CabinetProvider(cabinet)).unwrap();
    let info = PackageInfo {
        name: "cabinet".to_owned(),
        version: "1.2.3".to_owned(),
        parameters: cabinet::parameters(),
        ..PackageInfo::default()
    };
    let schema = package(server.schemas(), &info).unwrap().to_json();
    let options = Options::from_args("1.2.3", move || schema.clone())
        .with_log_crates(&["hosts"])
        .with_rules(Rules::new().with_parameters(cabinet::parameters()));
    serve(server, &options)
}
