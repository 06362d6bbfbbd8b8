//! Generated from `proto/` by `tests/protocol.rs`; not to be edited. See there for how to make it anew.

#[path = "google.rpc.rs"]
#[rustfmt::skip]
pub mod google_rpc;
#[rustfmt::skip]
pub mod pulumirpc;
