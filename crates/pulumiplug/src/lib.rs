//! A provider that is written with `tfplug`, as Pulumi sees it.

pub mod names;
pub mod schema;
