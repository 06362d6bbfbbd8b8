//! Write Terraform and OpenTofu providers in Rust.
//!
//! A Rust struct is the schema ([`Model`]), a trait is the resource ([`Resource`]), and everything between the
//! host's bytes and your typed values is this crate's: plugin protocol 6, TLS, plans that keep Terraform's rules,
//! and state that never loses an object.
//!
//! ```no_run
//! use tfplug::wire::{Options, serve};
//! use tfplug::{
//!     Attr, ConfigureRequest, Context, DataSource, Diagnostics, Model, Provider, Registry, RegistryError, Server,
//!     async_trait,
//! };
//!
//! /// Greets.
//! #[derive(Clone, Model)]
//! struct Greeting {
//!     /// Whom.
//!     #[attr(required)]
//!     name: Attr<String>,
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
//!         let text = config.name.as_ref().map(|name| format!("Hello, {name}."));
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
//! fn main() -> Result<std::process::ExitCode, RegistryError> {
//!     let options = Options::from_args("registry.terraform.io/example/hello");
//!     Ok(serve(Server::new(Hello)?, &options))
//! }
//! ```
//!
//! A managed resource is in `examples/local_note`. From the host to your code and back:
//!
//! ```text
//! host --- wire (gRPC) --- rpc (plain structs) --- Server (engine) --- Resource, DataSource, ... --- you
//! ```

// The derive macro writes `::tfplug::...`, also for the models of this crate's own tests.
extern crate self as tfplug;

pub mod diag;
pub mod diff;
pub mod model;
pub mod path;
pub mod schema;
#[cfg(feature = "testing")]
pub mod testing;
pub mod ty;
pub mod unstable;
pub mod value;
#[cfg(feature = "server")]
pub mod wire;

mod action;
mod codec;
mod context;
mod data_source;
mod engine;
mod ephemeral_resource;
mod function;
mod list_resource;
mod oracle;
mod private;
mod provider;
mod registry;
mod resource;
mod rpc;
mod server;
mod typed;

pub use action::{Action, InvokeActionRequest, PlanActionRequest, Progress};
pub use context::Context;
pub use data_source::DataSource;
pub use diag::{Diagnostic, Diagnostics};
pub use ephemeral_resource::{
    CloseRequest, EphemeralResource, OpenRequest, OpenSlot, Opened, RenewRequest, Renewed,
};
pub use function::Function;
pub use list_resource::{ListRequest, ListResource, ListResult, ListResults};
pub use model::{Attr, AttributeValue, Dynamic, Model, SetOf};
pub use path::Path;
pub use provider::{ConfigureRequest, Provider};
pub use registry::{Registry, RegistryError};
pub use resource::{
    CreateRequest, DeleteRequest, ImportTarget, MoveSource, NoIdentity, Plan, ReadRequest, Resource, Slot,
    UpdateRequest,
};
pub use rpc::{CallContext, ClientCapabilities, FunctionError};
pub use server::Server;
pub use tfplug_derive::Model;
pub use value::Value;

/// The `async_trait` macro that [`Provider`], [`Resource`] and the other traits with calls are written with.
pub use async_trait::async_trait;
