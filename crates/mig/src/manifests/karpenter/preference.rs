//! A list of layouts in the order of preference, as pools of falling weight: a pod gets a node of the first that can be
//! had.
//!
//! Karpenter tries pools by weight, the highest first, and takes the next where the first has reached its limits or EC2
//! has none of its types. A pod falls back only to nodes that offer what it asks for, so all layouts must have a resource
//! in common.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{Findings, Place};
use crate::finding::Finding;
use crate::layout::Layout;

/// The highest weight of a pool.
const HIGHEST: usize = 100;

/// The pool and the class of one layout of a preference list.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferred<'a> {
    /// The layout.
    pub layout: &'a Layout,
    /// Name of its pool and its class: the common one and the layout's identity, so that an order that changes renames
    /// nothing and rolls no node.
    pub name: String,
    /// The pool's weight.
    pub weight: i64,
}

/// Names and weights for the layouts, the first one preferred; or everything that is wrong with the list.
pub fn preference<'a>(name: &str, layouts: &'a [Layout]) -> Result<Vec<Preferred<'a>>, Vec<Finding>> {
    let mut findings = Findings::default();
    let place = Place::of("layouts");
    if layouts.is_empty() || layouts.len() > HIGHEST {
        findings.fault(
            &place,
            format!("{} layouts are no preference list", layouts.len()),
            format!("Give 1 to {HIGHEST}: each is a pool, and weights go from {HIGHEST} down to 1."),
        );
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, layout) in layouts.iter().enumerate() {
        if let Some(first) = seen.insert(layout.id(), index) {
            findings.fault(
                place.index(index),
                format!("The layout is the same as layouts[{first}]"),
                "Its pool could never be the second choice. Leave it out.",
            );
        }
    }
    common(&mut findings, &place, layouts);
    let weights = (0..layouts.len()).map(|index| i64::try_from(HIGHEST - index).unwrap_or(1));
    let preferred = layouts.iter().zip(weights).map(|(layout, weight)| Preferred {
        layout,
        name: format!("{name}-{}", layout.id()),
        weight,
    });
    findings.finish(|| preferred.collect())
}

/// A pod asks for one resource; a layout that lacks it is no second choice.
fn common(findings: &mut Findings, place: &Place, layouts: &[Layout]) {
    let mut offered = layouts.iter().map(resources);
    let Some(first) = offered.next() else { return };
    let common = offered.fold(first.clone(), |common, other| &common & &other);
    if common.is_empty() {
        let words = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        let all: Vec<String> = layouts
            .iter()
            .enumerate()
            .map(|(index, layout)| format!("layouts[{index}] has {}", words(&resources(layout))))
            .collect();
        findings.fault(
            place,
            "No pod could fall back from one of these layouts to another",
            format!(
                "They have no resource in common: {}. With the strategy \"single\" slices of every size, and whole GPUs, are \
                 nvidia.com/gpu.",
                all.join("; ")
            ),
        );
    }
}

/// What every node of a layout offers.
fn resources(layout: &Layout) -> BTreeSet<String> {
    let mut nodes = layout
        .nodes()
        .filter_map(|node| layout.resources(node.instance_type()))
        .map(|resources| resources.into_keys().collect::<BTreeSet<_>>());
    let first = nodes.next().unwrap_or_default();
    nodes.fold(first, |common, other| &common | &other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifests::karpenter::testing::{fault_paths, layout};

    fn single(slices: serde_json::Value) -> Layout {
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": slices, "strategy": "single"}))
    }

    #[test]
    fn weights_fall_and_names_stay_when_the_order_changes() {
        let layouts = [
            single(json!({"1g.10gb": 7})),
            single(json!({"3g.40gb": 2})),
            layout(json!({"instance_types": ["p5.48xlarge"], "slices": {}})),
        ];
        let pools = preference("mig", &layouts).unwrap();
        let weights: Vec<i64> = pools.iter().map(|pool| pool.weight).collect();
        assert_eq!(weights, [100, 99, 98]);
        let turned = [layouts[2].clone(), layouts[0].clone()];
        let again = preference("mig", &turned).unwrap();
        assert_eq!(again[1].name, pools[0].name);
        assert_eq!(again[0].name, format!("mig-{}", layouts[2].id()));
    }

    #[test]
    fn lists_that_are_none() {
        let mixed =
            |profile: &str| layout(json!({"instance_types": ["p5.48xlarge"], "slices": {profile: 1}}));
        let faults = preference("mig", &[mixed("1g.10gb"), mixed("2g.20gb")]).unwrap_err();
        assert_eq!(fault_paths(&faults), ["layouts"]);
        assert!(
            faults[0].detail().contains("the strategy \"single\""),
            "{}",
            faults[0]
        );
        let faults = preference("mig", &[mixed("1g.10gb"), mixed("1g.10gb")]).unwrap_err();
        assert_eq!(fault_paths(&faults), ["layouts[1]"]);
        assert_eq!(fault_paths(&preference("mig", &[]).unwrap_err()), ["layouts"]);
    }
}
