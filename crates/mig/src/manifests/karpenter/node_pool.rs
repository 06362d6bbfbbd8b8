//! NodePool: which nodes Karpenter may launch, with the labels and taints of the layout, and within which limits.
//!
//! A change of the template (labels, annotations, taints, expiry) rolls nodes; limits, budgets and weight never do.

mod check;
mod cron;
mod disruption;
mod limits;
mod model;
mod render;

pub use model::{Budget, DEFAULT_NODES, Disruption, NodeClassRef, NodePoolOptions, NodeTaint};

use super::Rendered;
use super::place::Findings;
use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::layout::Layout;

/// Renders the object.
pub struct NodePool;

impl NodePool {
    /// One NodePool, or everything that is wrong, all at once. Equal input gives an equal object.
    pub fn render(
        layout: &Layout,
        options: &NodePoolOptions,
        catalog: &Catalog,
    ) -> Result<Rendered, Vec<Finding>> {
        let mut findings = Findings::default();
        check::check(&mut findings, layout, options, catalog);
        let limits = limits::check(&mut findings, layout, options, catalog);
        let object = render::object(layout, options, limits, catalog);
        let object = findings.merged(object, &options.extra, &options.own_fields);
        findings.into_rendered(|| vec![object])
    }

    /// The object whatever is wrong with it: for tests that ask an API server whether it would refuse it too.
    #[doc(hidden)]
    pub fn unchecked(layout: &Layout, options: &NodePoolOptions, catalog: &Catalog) -> Rendered {
        let limits = limits::check(&mut Findings::default(), layout, options, catalog);
        Rendered {
            objects: vec![render::object(layout, options, limits, catalog)],
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
