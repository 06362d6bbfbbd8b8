//! What can be looked up without managing it.

pub mod instance_types;
mod known;
pub mod layout;
pub mod manifests;
pub mod profiles;
