//! The provider as Pulumi sees it: its package, and the plugin.

pub mod component;
mod examples;
pub mod package;
mod words;

use std::process::ExitCode;

use pulumiplug::adapter::{ResourceRules, Rules};
use pulumiplug::wire::{Options, serve as serve_engine};
use tfplug::Server;

use crate::facts::SharedFacts;
use crate::provider::Mig;
use crate::wording::{Reader, speak_to};

/// Serves Pulumi's engine, whose address is the last argument of the process. The facts are those of the server's provider.
pub fn serve(server: Server<Mig>, facts: SharedFacts) -> ExitCode {
    speak_to(Reader::Pulumi);
    let schemas = server.schemas().clone();
    // A test makes the package, so that it cannot fail.
    let schema = move || package::schema_json(&schemas).unwrap_or_default();
    let options = Options::from_args(env!("CARGO_PKG_VERSION"), schema);
    let options = options
        .with_rules(rules())
        .with_components(component::all(facts))
        .with_log_crates(&["provider"]);
    serve_engine(server, &options)
}

/// What Pulumi does with each resource beyond its declaration: which attribute is its name.
pub fn rules() -> Rules {
    let node_group = ResourceRules::new()
        .with_name("node_group_name")
        .with_prefixes(["node_group_name_prefix"]);
    // A pool is called like its class, and an overlay like its pool, in Terraform too.
    let follows = ResourceRules::new().with_name_that_follows();
    let tags = ResourceRules::new().without_name();
    Rules::new()
        .with_parameters(package::info().parameters)
        .with_phrases(words::PHRASES.iter().copied())
        .with_resource("mig_node_group", node_group)
        .with_resource("mig_karpenter_nodepool", follows.clone())
        .with_resource("mig_karpenter_nodeoverlay", follows)
        .with_resource("mig_autoscaling_group_tags", tags)
}
