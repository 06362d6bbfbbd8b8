//! What `crates/mig` renders for Karpenter, given to a real Karpenter: from a pending pod to the node that it runs on.
//!
//! AWS is moto and the kubelets are kwok's; everything that decides is real. One stack for all tests: each has names
//! and node labels of its own.

mod cluster;
mod drift;
mod failures;
mod fallback;
mod limits;
mod pools;
mod product;
mod proof;
