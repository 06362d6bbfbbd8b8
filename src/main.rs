//! Which program am I: a Terraform plugin, or a command line.

use std::process::ExitCode;

use provider::provider::Mig;
use tfplug::Server;
use tfplug::wire::{Options, serve};

/// Full address of the provider in the registries.
const ADDRESS: &str = "registry.terraform.io/eks-mig/mig";

fn main() -> ExitCode {
    let debug = std::env::args().any(|argument| matches!(argument.as_str(), "--debug" | "-debug"));
    let options = Options {
        address: ADDRESS.to_owned(),
        log_crates: vec!["provider"],
        debug,
    };
    serve(Server::new(Mig), &options)
}
