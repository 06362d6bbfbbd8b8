//! A provider that is written with `tfplug`, as Pulumi sees it.

pub mod adapter;
pub mod names;
pub mod schema;
pub mod value;
pub mod wire;
