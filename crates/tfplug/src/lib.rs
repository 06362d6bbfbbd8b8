//! Write Terraform and OpenTofu providers in Rust.

pub mod diag;
pub mod path;
pub mod rpc;
pub mod schema;
pub mod ty;
pub mod value;
