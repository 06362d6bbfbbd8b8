//! Our user data on a node in a box: real systemd and real cloud-init, the EKS image's units as stubs, GPUs simulated. Every
//! test says what kubelet saw, and when.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod boots;
mod by_hand;
mod endings;
mod failures;
mod full_disks;
mod kills;
mod no_cloud_init;
mod node;
