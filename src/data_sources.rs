//! What can be looked up without managing it.

pub mod ami;
pub mod instance_types;
mod known;
pub mod layout;
pub mod manifests;
pub mod node_status;
pub mod profiles;
