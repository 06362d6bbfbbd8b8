//! What `crates/mig` takes or refuses for Karpenter, against the verdict of a real API server with Karpenter's own CRDs.
//!
//! Two things must hold: whatever the server refuses we have refused before, and what we refuse beyond that is known by
//! name, because Karpenter accepts it without a word and no node ever comes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod class_faults;
#[path = "../../../crates/mig/tests/karpenter_options/mod.rs"]
mod karpenter_options;
mod overlay_faults;
mod pool_faults;
mod server;
mod verdicts;
mod written;
