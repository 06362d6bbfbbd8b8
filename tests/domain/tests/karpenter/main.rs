//! What `crates/mig` renders for Karpenter, given to a real Karpenter: from a pending pod to the node that it runs on.
//!
//! AWS is moto and the kubelets are kwok's; everything that decides is real. One stack for all tests: each has names
//! and node labels of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests may fail as tests do"
)]

mod cluster;
mod drift;
mod failures;
mod fallback;
mod limits;
#[path = "../node_box/node.rs"]
#[allow(
    dead_code,
    reason = "the node in a box is the other test program's, and here only some of it is used"
)]
mod node;
mod pools;
mod product;
mod proof;
