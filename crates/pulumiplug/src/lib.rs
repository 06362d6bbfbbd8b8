//! A provider that is written with `tfplug`, as Pulumi sees it: its package schema, its names, its protocol.
//!
//! The same declarations serve Terraform and Pulumi. There is no bridge and no second process: the provider answers
//! Pulumi's engine by itself.
//!
//! ```no_run
//! use pulumiplug::schema::{PackageInfo, package};
//! use pulumiplug::wire::{Options, serve};
//! use tfplug::{
//!     Attr, ConfigureRequest, Context, DataSource, Diagnostics, Model, Provider, Registry, Server, async_trait,
//! };
//!
//! /// Greets.
//! #[derive(Clone, Model)]
//! struct Greeting {
//!     /// Whom.
//!     #[attr(required)]
//!     first_name: Attr<String>,
//!     /// In which words.
//!     #[attr(computed)]
//!     text: Attr<String>,
//! }
//!
//! struct GreetingSource;
//!
//! #[async_trait]
//! impl DataSource for GreetingSource {
//!     type Provider = ();
//!     type Model = Greeting;
//!
//!     fn type_name(&self) -> &'static str {
//!         "hello_greeting"
//!     }
//!
//!     async fn read(&self, _: &Context<()>, config: Greeting) -> Result<Greeting, Diagnostics> {
//!         let text = config.first_name.as_ref().map(|name| format!("Hello, {name}."));
//!         Ok(Greeting { text, ..config })
//!     }
//! }
//!
//! /// Nothing to configure.
//! #[derive(Clone, Model)]
//! struct Settings {}
//!
//! struct Hello;
//!
//! #[async_trait]
//! impl Provider for Hello {
//!     type Config = Settings;
//!     type Configured = ();
//!
//!     fn type_name(&self) -> &'static str {
//!         "hello"
//!     }
//!
//!     async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Settings>) -> Result<(), Diagnostics> {
//!         Ok(())
//!     }
//!
//!     fn register(&self, registry: &mut Registry<()>) {
//!         registry.data_source(GreetingSource);
//!     }
//! }
//!
//! // The program is called `pulumi-resource-hello`. Programs in YAML, TypeScript, Python and so on call
//! // `hello:getGreeting` with `firstName`.
//! fn main() -> Result<std::process::ExitCode, Box<dyn std::error::Error>> {
//!     let server = Server::new(Hello)?;
//!     let info = PackageInfo { name: "hello".into(), version: "0.1.0".into(), ..PackageInfo::default() };
//!     let schema = package(server.schemas(), &info)?.to_json();
//!     Ok(serve(server, &Options::from_args(&info.version, move || schema.clone())))
//! }
//! ```
//!
//! From the engine to a provider's code and back:
//!
//! ```text
//! engine --- wire (gRPC) --- adapter (one file per call) --- value --- tfplug's Server --- your code
//! ```

pub mod adapter;
pub mod component;
pub mod mapping;
pub mod names;
pub mod schema;
pub mod value;
pub mod wire;

#[cfg(test)]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod random;
