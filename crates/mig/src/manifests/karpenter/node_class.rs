//! EC2NodeClass: which image, network and disks a node has, and its user data, which cuts the GPUs.
//!
//! Karpenter hashes nearly all of its spec: a changed byte of user data, a changed default, rolls every node of the class.

mod check;
mod disks;
mod kubelet;
mod model;
mod render;
mod selectors;
mod user_data;

pub use model::NodeClassOptions;

use super::Rendered;
use super::field::Field;
use super::place::Findings;
use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::layout::Layout;

/// Renders the object.
pub struct NodeClass;

impl NodeClass {
    /// One EC2NodeClass, or everything that is wrong, all at once. Equal input gives an equal object.
    pub fn render(
        layout: &Layout,
        options: &NodeClassOptions,
        catalog: &Catalog,
    ) -> Result<Rendered, Vec<Finding>> {
        let mut findings = Findings::default();
        let given = render::with_metadata_options(&options.object);
        let spec = Field::of(&given, "spec");
        let family = check::check(&mut findings, layout, options, &given);
        selectors::drivers(&mut findings, layout, &spec, catalog);
        let rendered = family.and_then(|family| {
            let text = user_data::render(&mut findings, layout, options, &spec, family, catalog)?;
            Some((family, text))
        });
        let object = rendered.map(|(family, text)| {
            let object = render::object(&given, options.render_version, family, &text);
            findings.merged(object, &options.extra, &options.own_fields)
        });
        findings.into_rendered(|| object.into_iter().collect())
    }

    /// The object whatever is wrong with it: for tests that ask an API server whether it would refuse it too.
    #[doc(hidden)]
    pub fn unchecked(layout: &Layout, options: &NodeClassOptions, catalog: &Catalog) -> Rendered {
        let mut findings = Findings::default();
        let given = render::with_metadata_options(&options.object);
        let spec = Field::of(&given, "spec");
        let family = check::check(&mut findings, layout, options, &given).unwrap_or_default();
        let text = user_data::render(&mut findings, layout, options, &spec, family, catalog);
        let version = options.render_version;
        Rendered {
            objects: vec![render::object(&given, version, family, &text.unwrap_or_default())],
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
