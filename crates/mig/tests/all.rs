//! All tests of the crate beyond its units, as one program: pure, fast, without any server. The boot script runs in a shell
//! against a simulated `nvidia-smi`; what needs a real program of someone else's is in `tests/domain/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod arbitrary;
mod autoscaler;
mod boot_guide;
mod boot_script;
mod booted_layouts;
mod bottlerocket;
mod catalog_overrides;
mod counting;
mod drift;
mod karpenter;
mod karpenter_options;
mod machine;
mod node_group;
mod picture;
mod purity;
mod random_layouts;
mod recognise;
mod same_input;
mod simulator;
mod two_judges;
mod user_data;
mod yaml;
