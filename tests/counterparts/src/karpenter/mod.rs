//! Karpenter itself, in two forms: with its AWS provider against moto, and its core with the kwok provider.
//!
//! The AWS form is the better counterpart. Nodes of the kwok form carry what their NodeClaim requested and nothing
//! else, so that packing and the single strategy cannot be seen there.

mod account;
mod aws;
mod controller;
mod core;
mod crds;
mod join;
mod pod;

pub use account::Account;
pub use aws::KarpenterAws;
pub use controller::{Controller, KarpenterOptions};
pub use core::KarpenterCore;
pub use crds::karpenter_crds;
pub use pod::Pod;

/// The two forms of Karpenter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavor {
    /// Karpenter's core with its kwok provider: instance types from a file, no cloud.
    Core,
    /// Karpenter with its AWS provider, as on EKS.
    Aws,
}
