//! JSON, as state files hold it: like `cty/json` of Terraform's type library.
//!
//! Numbers keep every digit. A value of type `dynamic` is an object of its `type` and its `value`. Unknown values
//! have no JSON.

mod decode;
mod encode;

pub use decode::{Undeclared, decode};
pub use encode::encode;

#[cfg(test)]
mod tests;
