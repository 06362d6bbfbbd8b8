//! Karpenter's objects for the nodes of one layout: EC2NodeClass, NodePool and NodeOverlay.
//!
//! Karpenter accepts nonsense without a word (a wrong-case GPU name, a negative quantity, types that do not exist) and
//! then never launches a node, or launches one that never becomes ready. So everything that it says of nodes is
//! checked here, beside what its CRDs and its controllers refuse themselves (karpenter-provider-aws v1.15.0).
//!
//! Objects are given in Karpenter's own form, `metadata` and `spec`; the renderer adds what follows from the layout. Paths of
//! findings go by the same names; those of options beside the object, such as `on_failure`, are the options' names.

pub mod choices;
mod duration;
mod family;
mod field;
pub mod labels;
mod metadata;
pub mod node_class;
mod node_facts;
pub mod node_overlay;
pub mod node_pool;
mod place;
pub mod preference;
mod requirement;
#[cfg(test)]
mod testing;

use serde_json::Value;

pub use family::AmiFamily;
pub use node_class::{NodeClass, NodeClassOptions};
pub use node_overlay::{NodeOverlay, NodeOverlayOptions};
pub use node_pool::{NodePool, NodePoolOptions};
pub use requirement::Requirement;

use crate::finding::Finding;
use place::Findings;

/// API group of EC2NodeClass.
pub const AWS_GROUP: &str = "karpenter.k8s.aws";

/// Objects, and what a reader of the plan should know of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// In the order in which they are applied.
    pub objects: Vec<Value>,
    /// What is taken and may surprise.
    pub warnings: Vec<Finding>,
}

impl Findings {
    /// The objects with the warnings, if there is no fault.
    fn into_rendered(self, objects: impl FnOnce() -> Vec<Value>) -> Result<Rendered, Vec<Finding>> {
        if self.faults.is_empty() {
            Ok(Rendered {
                objects: objects(),
                warnings: self.warnings,
            })
        } else {
            Err(self.faults)
        }
    }
}
