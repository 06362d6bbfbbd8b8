//! The transport: everything between Terraform's process and a [`ProviderServer`].
//!
//! Terraform starts a provider with a cookie, the protocol versions it speaks and a client certificate in environment
//! variables (`host`). The provider opens a socket (`listener`), answers with one line on standard output
//! (`handshake`) and from then on serves gRPC over mutual TLS (`tls`, `service`).
//!
//! [`ProviderServer`]: crate::rpc::ProviderServer

mod control;
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub(crate) mod r#gen;
mod handshake;
mod host;
mod listener;
pub mod log;
mod panics;
mod serve;
mod service;
mod stop;
mod tls;

pub use host::{COOKIE, COOKIE_NAME};
pub use serve::{Options, serve};

/// Greatest message in either direction, in bytes: what HashiCorp's own providers allow.
pub const MAX_MESSAGE: usize = 256 << 20;
