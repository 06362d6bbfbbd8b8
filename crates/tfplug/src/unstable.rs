//! What the parts of this crate share: for tests and for other front ends than Terraform's.
//!
//! No version of this crate promises that anything in here stays as it is.

pub use crate::resource::{RawPlan, RawResource, SlotContent, Typed};

/// MessagePack and JSON of values.
pub mod codec {
    pub use crate::codec::*;
}

/// Terraform's rules for plans, results and reads, and the calls around a resource's own code.
pub mod engine {
    pub use crate::engine::*;
}

/// Terraform's own judgement of what a provider answers.
pub mod oracle {
    pub use crate::oracle::*;
}

/// The protocol's calls as plain structs.
pub mod rpc {
    pub use crate::rpc::*;
}

/// The protocol's messages and services, for tests that speak to a provider as Terraform does.
#[cfg(feature = "server")]
pub mod protobuf {
    pub use crate::wire::r#gen::*;
}
