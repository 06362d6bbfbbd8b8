//! A provider that is written with `tfplug`, as Pulumi sees it.

pub mod adapter;
pub mod names;
pub mod schema;
pub mod value;
pub mod wire;

#[cfg(test)]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod random;
