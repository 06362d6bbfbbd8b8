//! The transport: everything between Pulumi's engine and an [`Adapter`](crate::adapter::Adapter).
//!
//! The engine starts a plugin with its own address as the last argument and reads a port from standard output. It then
//! calls the service at that port, in plain text, and the plugin calls back for messages to the user (`engine`).
//! Conventions: `pkg/resource/plugin/plugin.go` of pulumi/pulumi.

mod calls;
mod engine;
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod r#gen;
mod progress;
mod serve;
mod service;

pub use serve::{Options, ServeError, serve, serve_at};

/// Greatest message in either direction, in bytes: what the engine allows (`sdk/go/common/util/rpcutil/serve.go`).
pub const MAX_MESSAGE: usize = 400 << 20;
