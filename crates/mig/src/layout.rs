//! One layout: which slices every GPU of which instance types gets. Everything else is derived from it.

mod fault;
mod image;
mod kubernetes;
mod mig_parted;
mod misfit;
mod node;
mod picture;
mod resolve;
mod spec;
mod svg;
mod warning;

use std::collections::BTreeMap;

pub use fault::{GpuUse, Problem};
pub use kubernetes::{
    DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, DEVICE_PLUGIN_LABEL, GPU_PRESENT_LABEL, LAYOUT_LABEL, MPS_LABEL,
    NODE_TEMPLATE_TAGS, PARTITION_FAILED_TAINT, PluginConfig, PluginStrategy, SLICES_TAINT, Taint,
};
pub(crate) use kubernetes::{NodeTemplate, quantities};
pub use node::{NodeGpuModel, NodeLayout, Stranded};
pub use spec::{GpuGroup, LayoutSpec, Sharing, SharingSpec, SharingStrategy, Strategy};

use crate::catalog::{Catalog, ImageAlias};
use crate::finding::Finding;
use crate::fingerprint::fingerprint;

/// Digits of the layout's fingerprint in labels and object names.
const ID_LENGTH: usize = 12;

/// A layout that can be created on every instance type that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    spec: LayoutSpec,
    strategy: Strategy,
    sharing: Option<Sharing>,
    nodes: BTreeMap<String, NodeLayout>,
    warnings: Vec<Finding>,
}

impl Layout {
    /// Checks a layout and finds a place for every slice, or says everything that is wrong with it, all at once.
    pub fn resolve(spec: &LayoutSpec, catalog: &Catalog) -> Result<Self, Vec<Finding>> {
        resolve::resolve(spec, catalog)
    }

    /// What the user wrote.
    pub fn spec(&self) -> &LayoutSpec {
        &self.spec
    }

    /// How the device plugin names slices.
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// How each GPU or slice is shared further.
    pub fn sharing(&self) -> Option<Sharing> {
        self.sharing
    }

    /// The node of each instance type, by its name.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeLayout> {
        self.nodes.values()
    }

    /// The node of one instance type.
    pub fn node(&self, instance_type: &str) -> Option<&NodeLayout> {
        self.nodes.get(instance_type)
    }

    /// What is not certain, each with its source.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// What may be wrong with an EKS image for this layout: a driver that is too old, or that may be another tomorrow. The
    /// paths begin with `ami_alias`.
    pub fn image_warnings(&self, catalog: &Catalog, image: &ImageAlias) -> Vec<Finding> {
        image::warnings(self, catalog, image)
    }

    /// Whether any GPU of any node is cut.
    pub fn is_cut(&self) -> bool {
        self.nodes().any(NodeLayout::is_cut)
    }

    /// Extended resources of a node of that instance type, as pods request them; sharing is counted in. None where
    /// the layout does not name the type.
    pub fn resources(&self, instance_type: &str) -> Option<BTreeMap<String, u64>> {
        self.node(instance_type)
            .map(|node| node.resources(self.strategy, self.sharing))
    }

    /// A short stable name: equal for layouts that make equal nodes, in whatever order they are written. It does not
    /// depend on anything that a later catalog may add.
    pub fn id(&self) -> String {
        id(self.strategy, self.sharing, &self.nodes_in_id())
    }

    fn nodes_in_id(&self) -> String {
        let mut nodes = String::new();
        for node in self.nodes() {
            nodes.push_str(&format!("\n{}", node.instance_type()));
            for (devices, slices) in node.groups() {
                nodes.push_str(&format!(" {devices}="));
                slices
                    .iter()
                    .for_each(|slice| nodes.push_str(&format!("{}@{},", slice.profile, slice.start)));
            }
        }
        nodes
    }

    /// The layout that makes the nodes of this one and has that [`Self::id`], which strategy and sharing are a part of.
    pub fn of_id(&self, wanted: &str, catalog: &Catalog) -> Option<Self> {
        let nodes = self.nodes_in_id();
        let sharings = resolve::sharings().map(Some);
        let mut words = std::iter::once(None)
            .chain(sharings)
            .flat_map(|sharing| [Strategy::Mixed, Strategy::Single].map(|strategy| (strategy, sharing)));
        let (strategy, sharing) =
            words.find(|(strategy, sharing)| id(*strategy, *sharing, &nodes) == wanted)?;
        let whole = !self.is_cut() && sharing.is_some();
        let spec = LayoutSpec {
            slices: self.spec.slices.clone().filter(|_| !whole),
            strategy: (strategy != Strategy::Mixed).then(|| strategy.as_str().to_owned()),
            sharing: sharing.map(|sharing| SharingSpec {
                strategy: sharing.strategy.as_str().to_owned(),
                replicas: sharing.replicas.into(),
            }),
            ..self.spec.clone()
        };
        Self::resolve(&spec, catalog).ok()
    }

    /// Every node as text, GPUs as rows and slices to scale, ordered by instance type.
    pub fn picture(&self) -> String {
        let pictures: Vec<String> = self.nodes().map(picture::picture).collect();
        pictures.join("\n")
    }

    /// The same with a line for each slice beneath each node: where it lies, and what it has.
    pub fn picture_with_placements(&self) -> String {
        let node = |node| format!("{}\n{}", picture::picture(node), picture::placements(node));
        self.nodes().map(node).collect::<Vec<_>>().join("\n")
    }

    /// The same picture as an SVG document.
    pub fn picture_svg(&self) -> String {
        Self::pictures_svg([self])
    }

    /// The nodes of several layouts as one SVG document, in their order.
    pub fn pictures_svg<'l>(layouts: impl IntoIterator<Item = &'l Self>) -> String {
        svg::picture(layouts.into_iter().flat_map(Self::nodes))
    }

    /// The same layout in the file format of NVIDIA's mig-parted, under the given configuration name.
    pub fn mig_parted(&self, name: &str) -> String {
        mig_parted::config(self, name)
    }
}

fn id(strategy: Strategy, sharing: Option<Sharing>, nodes: &str) -> String {
    let mut canonical = format!("layout/1 {}", strategy.as_str());
    if let Some(sharing) = sharing {
        canonical.push_str(&format!(" {}*{}", sharing.strategy.as_str(), sharing.replicas));
    }
    canonical.push_str(nodes);
    fingerprint(&canonical)[..ID_LENGTH].to_owned()
}

#[cfg(test)]
mod tests;
