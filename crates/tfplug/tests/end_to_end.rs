//! The protocol's corners, with real Terraform and OpenTofu at the other end.

mod cases;
mod provider;

pub(crate) use cases::all as tests;
pub(crate) use provider::main as provider;
