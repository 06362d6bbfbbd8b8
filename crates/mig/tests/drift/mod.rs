//! The drift report: what is drift and what is not, healthy clusters at random, and the bytes of each format.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod classes;
mod clusters;
mod filters;
mod formats;
mod hostile;
mod not_drift;
mod schema;

use std::collections::BTreeMap;

use mig::drift::{Date, Filters, IgnoreFile, Place, Report, Section};
use mig::node_status::{Condition, Expected, NodeFacts, Tristate};
use mig::{Catalog, Layout, LayoutSpec};

/// 2027-01-15
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn prod() -> Place {
    Place::cluster("prod").in_region("eu-west-1")
}

pub(crate) fn layout() -> Layout {
    let spec = LayoutSpec {
        instance_types: vec!["p5.48xlarge".to_owned()],
        slices: Some([("1g".to_owned(), 7)].into()),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

pub(crate) fn by_id(layout: &Layout) -> BTreeMap<String, Layout> {
    BTreeMap::from([(layout.id(), layout.clone())])
}

/// A settled node with exactly what its layout says.
pub(crate) fn node(layout: &Layout, instance_type: &str, name: &str) -> NodeFacts {
    let resources = layout.resources(instance_type).unwrap();
    let mut labels = layout.labels();
    labels.insert(
        "node.kubernetes.io/instance-type".to_owned(),
        instance_type.to_owned(),
    );
    NodeFacts {
        name: name.to_owned(),
        labels,
        taints: layout.taints(),
        created: NOW - 86_400,
        ready: Condition {
            status: Tristate::True,
            since: Some(NOW - 86_000),
            ..Condition::default()
        },
        capacity: resources.clone(),
        allocatable: resources,
        ..NodeFacts::default()
    }
}

/// A node of [`layout`].
pub(crate) fn right(name: &str) -> NodeFacts {
    node(&layout(), "p5.48xlarge", name)
}

pub(crate) fn nodes(nodes: &[NodeFacts]) -> Section {
    let layouts = by_id(&layout());
    mig::drift::detect::nodes(&prod(), nodes, &Expected::new(&layouts, NOW))
}

/// Without rules and without a baseline.
pub(crate) fn report(sections: impl IntoIterator<Item = Section>) -> Report {
    let filters = Filters {
        ignore: &IgnoreFile::default(),
        baseline: None,
        today: Date::of_seconds(NOW),
    };
    Report::new(sections, &filters)
}

pub(crate) fn set(node: &mut NodeFacts, resource: &str, count: u64) {
    node.capacity.insert(resource.to_owned(), count);
    node.allocatable.insert(resource.to_owned(), count);
}

pub(crate) const SLICE: &str = "nvidia.com/mig-1g.10gb";
