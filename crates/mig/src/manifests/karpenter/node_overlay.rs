//! NodeOverlay: what a node of the pool will have, so that a pod that asks for a slice brings one up.
//!
//! Karpenter reads overlays only with its feature gate on (Helm: `settings.featureGates.nodeOverlay=true`); without it
//! it accepts them and does nothing. They are in no drift hash: a change of them rolls no node.

mod check;
mod model;
mod render;

pub use model::NodeOverlayOptions;

use super::Rendered;
use super::place::Findings;
use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::layout::Layout;

/// Renders the objects.
pub struct NodeOverlay;

impl NodeOverlay {
    /// One NodeOverlay per group of instance types with equal capacity, by the first type of each; or everything that is
    /// wrong, all at once. Equal input gives equal objects.
    pub fn render(
        layout: &Layout,
        options: &NodeOverlayOptions,
        catalog: &Catalog,
    ) -> Result<Rendered, Vec<Finding>> {
        let groups = render::groups(layout);
        let mut findings = Findings::default();
        check::check(&mut findings, layout, options, &groups, catalog);
        findings.into_rendered(|| render::objects(options, &groups))
    }

    /// The objects whatever is wrong with them: for tests that ask an API server whether it would refuse them too.
    #[doc(hidden)]
    pub fn unchecked(layout: &Layout, options: &NodeOverlayOptions) -> Rendered {
        Rendered {
            objects: render::objects(options, &render::groups(layout)),
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
