//! Started as one of the programs that this binary is.

use std::io::{self, Write};
use std::process::ExitCode;

use provider::facts::SharedFacts;
use provider::program::Program;
use provider::provider::Mig;
use provider::{cli, pulumi};
use tfplug::Server;
use tfplug::wire::{COOKIE_NAME, Options, serve};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let arguments: Vec<_> = arguments.collect();
    let cookie = std::env::var_os(COOKIE_NAME);
    match Program::of(&name, &arguments, cookie.as_deref()) {
        Program::CommandLine => cli::run(std::env::args_os()),
        Program::Terraform { debug, by_hand } => served(|server, _| terraform(server, debug, by_hand)),
        Program::Pulumi => served(pulumi::serve),
    }
}

fn served(serve: impl FnOnce(Server<Mig>, SharedFacts) -> ExitCode) -> ExitCode {
    let provider = Mig::default();
    let facts = provider.facts();
    match Server::new(provider) {
        Ok(server) => serve(server, facts),
        Err(twice) => cli::failed(&twice.to_string()),
    }
}

fn terraform(server: Server<Mig>, debug: bool, by_hand: bool) -> ExitCode {
    let options = Options {
        address: cli::ADDRESS.to_owned(),
        log_crates: vec!["provider"],
        debug,
    };
    let code = serve(server, &options);
    if by_hand {
        // A closed standard error leaves no place for the hint.
        let _ = io::stderr().write_all(cli::HINT.as_bytes());
    }
    code
}
