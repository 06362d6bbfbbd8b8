//! Which program am I: a Terraform plugin, or a command line.

use std::io::{self, Write};
use std::process::ExitCode;

use provider::cli;
use provider::provider::Mig;
use tfplug::Server;
use tfplug::wire::{Options, serve};

/// Terraform and OpenTofu set it for the plugins that they start.
const COOKIE: &str = "TF_PLUGIN_MAGIC_COOKIE";

fn main() -> ExitCode {
    let debug = std::env::args().any(|argument| matches!(argument.as_str(), "--debug" | "-debug"));
    let by_hand = !debug && std::env::var_os(COOKIE).is_none();
    if by_hand && std::env::args_os().len() > 1 {
        return cli::run(std::env::args_os());
    }
    let options = Options {
        address: cli::ADDRESS.to_owned(),
        log_crates: vec!["provider"],
        debug,
    };
    let server = match Server::new(Mig::default()) {
        Ok(server) => server,
        Err(twice) => return cli::failed(&twice.to_string()),
    };
    let code = serve(server, &options);
    if by_hand {
        // A closed standard error leaves no place for the hint.
        let _ = io::stderr().write_all(cli::HINT.as_bytes());
    }
    code
}
