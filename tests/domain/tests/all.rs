//! What `crates/mig` renders, given to the real programs that read it: nodeadm, a node's systemd, shellcheck, the device
//! plugin, an API server with Karpenter's definitions, Karpenter's core, and the whole Karpenter with moto for AWS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod device_plugin;
mod karpenter;
mod karpenter_core;
mod karpenter_crds;
mod mock_gpus;
mod node_box;
mod node_config;
mod reader;
mod shell;
