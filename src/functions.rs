//! Functions of the provider: pure, and usable without a provider block.

mod profile;
mod resource_name;

pub use profile::ProfileFunction;
pub use resource_name::ResourceNameFunction;
