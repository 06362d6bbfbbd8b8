//! Generated from `proto/` by `tests/protocol.rs`; not to be edited. See there for how to make it anew.

#[rustfmt::skip]
pub mod plugin;
#[rustfmt::skip]
pub mod tfplugin6;
