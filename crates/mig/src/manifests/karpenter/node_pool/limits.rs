//! How much a pool may have. Without any limit a node that cannot cut its GPUs is replaced again and again.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{DEFAULT_NODES, NodePoolOptions};
use crate::catalog::Catalog;
use crate::layout::{Layout, Strategy};
use crate::manifests::karpenter::place::{Findings, Place};
use crate::manifests::kubernetes::{is_qualified_name, is_quantity};
use crate::profile::{GPU_RESOURCE, ProfileRef};

/// The limit on the number of nodes.
const NODES: &str = "nodes";

/// Checks all limits and puts them together.
pub(super) fn check(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodePoolOptions,
    catalog: &Catalog,
) -> BTreeMap<String, String> {
    let place = Place::of("limits");
    let given = options.limits.clone().unwrap_or_default();
    for (name, quantity) in &given {
        check_limit(findings, &place.key(name), layout, name, quantity);
        if options.replicas.is_some() && name != NODES {
            let detail = "Karpenter accepts only nodes here. Leave it out.";
            findings.fault(
                place.key(name),
                format!("A pool with replicas has no limit of {name}"),
                detail,
            );
        }
    }
    let mut limits = given;
    for (resource, count) in slices(findings, layout, options, catalog) {
        limits.insert(resource, count);
    }
    let nothing_said = options.limits.is_none() && limits.is_empty();
    if nothing_said && options.replicas.is_none() {
        limits.insert(NODES.to_owned(), DEFAULT_NODES.to_string());
    }
    if options.replicas.is_none() {
        warn_unlimited(findings, &place, layout, &limits);
    }
    limits
}

/// A type that no limit counts can be launched without end.
fn warn_unlimited(
    findings: &mut Findings,
    place: &Place,
    layout: &Layout,
    limits: &BTreeMap<String, String>,
) {
    let counts = |instance_type: &str| {
        let resources = layout.resources(instance_type).unwrap_or_default();
        let always = |name: &String| !name.starts_with("nvidia.com/");
        limits
            .keys()
            .any(|name| always(name) || resources.contains_key(name))
    };
    let unlimited: Vec<&str> = layout
        .nodes()
        .map(|node| node.instance_type())
        .filter(|name| !counts(name))
        .collect();
    if unlimited.is_empty() {
        return;
    }
    findings.warn(
        place,
        format!("Nothing limits nodes of {}", unlimited.join(", ")),
        "A node that cannot cut its GPUs never registers, and Karpenter replaces it after 15 minutes, again and again while \
         the cause lasts. Set nodes, or count in slices.",
    );
}

fn check_limit(findings: &mut Findings, place: &Place, layout: &Layout, name: &str, quantity: &str) {
    if !is_qualified_name(name) {
        findings.fault(
            place,
            format!("{name:?} is not a resource"),
            "It is cpu, memory, nodes, nvidia.com/mig-1g.10gb.",
        );
        return;
    }
    let whole = quantity
        .parse::<u64>()
        .ok()
        .filter(|_| !quantity.starts_with('+'));
    let counted = name == NODES || name.contains('/');
    if !is_quantity(quantity) || (counted && whole.is_none()) {
        let detail = if counted {
            "It is a whole number that is not negative."
        } else {
            "It is a number that is not negative, with an optional unit: 192, 2Ti."
        };
        findings.fault(place, format!("{quantity:?} is not a limit of {name}"), detail);
        return;
    }
    if let Some(limit) = whole.filter(|_| name.starts_with("nvidia.com/")) {
        check_against_nodes(findings, place, layout, name, limit);
    }
}

/// A limit that no node counts against, or that no node fits into.
fn check_against_nodes(findings: &mut Findings, place: &Place, layout: &Layout, name: &str, limit: u64) {
    let resources = || {
        layout
            .nodes()
            .filter_map(|node| layout.resources(node.instance_type()))
    };
    let least = resources()
        .filter_map(|resources| resources.get(name).copied())
        .min();
    let Some(least) = least else {
        let offered: BTreeSet<String> = resources().flat_map(BTreeMap::into_keys).collect();
        let offered = Vec::from_iter(offered);
        findings.fault(
            place,
            format!("No node of the layout has {name}"),
            format!(
                "A limit on it limits nothing. The nodes have {}; or limit nodes.",
                offered.join(", ")
            ),
        );
        return;
    };
    if limit < least {
        findings.fault(
            place,
            format!("No node fits into {limit} of {name}"),
            format!("The smallest node that has any has {least}, so Karpenter would never launch one."),
        );
    }
}

/// Limits counted in slices, by resource.
fn slices(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodePoolOptions,
    catalog: &Catalog,
) -> BTreeMap<String, String> {
    let place = Place::of("slice_limits");
    let mut limits: BTreeMap<String, String> = BTreeMap::new();
    for (name, count) in &options.slice_limits {
        let at = place.key(name);
        if options.replicas.is_some() {
            let detail = "Karpenter accepts only limits.nodes here. Leave it out.";
            findings.fault(&at, "A pool with replicas is not limited in slices", detail);
            continue;
        }
        let Ok(limit) = u64::try_from(*count) else {
            findings.fault(
                &at,
                format!("{count} slices are not possible"),
                "It is a whole number from 0.",
            );
            continue;
        };
        let Some(resource) = resource_of(findings, &at, layout, name, catalog) else {
            continue;
        };
        let given = options.limits.iter().any(|limits| limits.contains_key(&resource));
        if given || limits.insert(resource.clone(), limit.to_string()).is_some() {
            findings.fault(
                &at,
                format!("{resource} has two limits"),
                "Leave one of them out.",
            );
            continue;
        }
        check_against_nodes(findings, &at, layout, &resource, limit);
    }
    limits
}

/// The resource that slices of that name are, on every node that has them.
fn resource_of(
    findings: &mut Findings,
    place: &Place,
    layout: &Layout,
    name: &str,
    catalog: &Catalog,
) -> Option<String> {
    if let Err(error) = name.parse::<ProfileRef>() {
        findings.fault(place, format!("{name:?} is not a profile"), format!("{error}."));
        return None;
    }
    let found: BTreeSet<String> = layout
        .nodes()
        .filter_map(|node| {
            let profile = catalog.profile(node.instance_type(), name).ok()?;
            node.slices()
                .contains_key(&profile)
                .then(|| match layout.strategy() {
                    Strategy::Mixed => profile.resource_name(),
                    Strategy::Single => GPU_RESOURCE.to_owned(),
                })
        })
        .collect();
    let found: Vec<String> = found.into_iter().collect();
    match found.as_slice() {
        [resource] => Some(resource.clone()),
        [] => {
            let detail = "It limits nothing. Name a profile of the layout, or limit nodes.";
            findings.fault(place, format!("The layout has no slice {name}"), detail);
            None
        }
        several => {
            let detail = format!("It means {}. Name each by itself.", several.join(" and "));
            findings.fault(place, format!("{name} is another profile on each type"), detail);
            None
        }
    }
}
