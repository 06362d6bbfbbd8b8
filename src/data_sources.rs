//! What can be looked up without managing it.

pub mod layout;
pub mod profiles;
