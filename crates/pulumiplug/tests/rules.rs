//! What holds of protocol, values and the adapter.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod cabinet;
mod component;
mod faults;
mod life;
mod package;
mod protocol;
mod settings;
mod stubs;
mod support;
