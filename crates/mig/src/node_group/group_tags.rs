//! The tags by which the Cluster Autoscaler scales a group from zero.
//!
//! It knows a node that is not there yet from EC2's figures of the instance type, and from these tags. Without them a group
//! of no nodes never grows for a pod that wants a slice, and no log says so.

use std::collections::BTreeMap;

use super::labels::{accelerator, contradiction, of_layout};
use super::own_tags::{self, Template};
use super::{Accepted, GroupKind, accepted, collector, taints};
use crate::catalog::Catalog;
use crate::ec2::tags;
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};
use crate::layout::{Layout, NodeTemplate, Taint, quantities};
use crate::manifests::kubernetes::is_quantity;

/// A self-managed group has this tag, and that of its cluster, for the Cluster Autoscaler to find it. EKS sets both on the
/// Auto Scaling groups of its own.
pub const DISCOVERY_TAG: &str = "k8s.io/cluster-autoscaler/enabled";

const DISCOVERY: &str = "k8s.io/cluster-autoscaler/";
const EPHEMERAL_STORAGE: &str = "ephemeral-storage";

/// What the tags of a group depend on, beside its layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupTags {
    /// The instance types that the group launches, of those of the layout, be they its own or its launch template's; empty
    /// for all of the layout.
    pub instance_types: Vec<String>,
    /// Disk of a node that pods may ask for, such as `200Gi`. The autoscaler knows of none by itself.
    pub ephemeral_storage: Option<String>,
    /// Every other tag of the group.
    pub tags: BTreeMap<String, String>,
}

/// What the tags of a self-managed Auto Scaling group depend on, beside its layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelfManagedGroup {
    /// What it has in common with a managed group.
    pub group: GroupTags,
    /// Labels of its nodes beside the layout's.
    pub labels: BTreeMap<String, String>,
    /// Taints of its nodes beside the layout's.
    pub taints: Vec<Taint>,
    /// Adds the pair of tags by which the autoscaler of that cluster finds the group.
    pub cluster: Option<String>,
}

/// All tags of a managed node group: those that it has anyway, and what a node offers.
///
/// Labels and taints are not among them: the Cluster Autoscaler reads the group's real ones and ignores such tags on it. It
/// needs the right to call `eks:DescribeNodegroup`; without it only the tags of the Auto Scaling group count, see
/// [`auto_scaling_group_tags`]. Paths begin at the group: `instance_types`, `ephemeral_storage`, `tags`.
pub fn node_group_tags(
    layout: &Layout,
    catalog: &Catalog,
    group: &GroupTags,
) -> Result<Accepted<BTreeMap<String, String>>, Vec<Finding>> {
    let mut findings = collector();
    let template = NodeTemplate {
        resources: resources(&mut findings, layout, catalog, group),
        ..NodeTemplate::default()
    };
    own_tags::check(
        &mut findings,
        &Template::new(GroupKind::Managed, &template),
        &group.tags,
    );
    let all = together(&mut findings, "EKS", &group.tags, template.tags());
    accepted(findings, || all)
}

/// All tags of an Auto Scaling group: those that it has anyway, and what a node offers, with its labels and taints. None of
/// them needs to reach the instances. A call to Auto Scaling takes 25 tags.
///
/// Taints that are there only while a node starts are left out, for pods do not tolerate them. Paths begin at the group:
/// `instance_types`, `ephemeral_storage`, `labels`, `taints`, `tags`.
pub fn auto_scaling_group_tags(
    layout: &Layout,
    catalog: &Catalog,
    group: &SelfManagedGroup,
) -> Result<Accepted<BTreeMap<String, String>>, Vec<Finding>> {
    let mut findings = collector();
    let template = NodeTemplate {
        resources: resources(&mut findings, layout, catalog, &group.group),
        labels: findings.below("labels", |findings| labels(findings, layout, &group.labels)),
        taints: findings.below("taints", |findings| {
            taints::by_key(findings, layout, &group.taints)
        }),
    };
    let own = &group.group.tags;
    own_tags::check(
        &mut findings,
        &Template::new(GroupKind::SelfManaged, &template),
        own,
    );
    let mut ours = template.tags();
    discovery(&mut findings, group, &mut ours);
    let all = together(&mut findings, "Auto Scaling", own, ours);
    accepted(findings, || all)
}

/// Extended resources of a node of an instance type.
type Offer<'a> = (&'a str, BTreeMap<String, u64>);

/// Resources of every node of the group, for the autoscaler has one picture of all of them.
fn resources(
    findings: &mut Collector,
    layout: &Layout,
    catalog: &Catalog,
    group: &GroupTags,
) -> BTreeMap<String, String> {
    let types = instance_types(findings, layout, group);
    let offer = |name| Some((name, layout.template_resources(name)?));
    let offers: Vec<Offer<'_>> = types.into_iter().filter_map(offer).collect();
    if !differing_slices(findings, &offers) {
        differing_machines(findings, catalog, &offers);
    }
    let first = offers.into_iter().next();
    let mut resources = first.map_or_else(BTreeMap::new, |(_, offer)| quantities(offer));
    if let Some(storage) = &group.ephemeral_storage {
        if !is_quantity(storage) {
            let summary = format!("{storage:?} is not a quantity");
            findings.fault("ephemeral_storage", summary, own_tags::NO_QUANTITY);
        }
        resources.insert(EPHEMERAL_STORAGE.to_owned(), storage.clone());
    }
    resources
}

/// The instance types of the group that the layout names; all of the layout's where none is left.
fn instance_types<'a>(findings: &mut Collector, layout: &'a Layout, group: &'a GroupTags) -> Vec<&'a str> {
    let of_layout: Vec<&str> = layout.nodes().map(|node| node.instance_type()).collect();
    let mut known = Vec::new();
    for (index, name) in group.instance_types.iter().enumerate() {
        if of_layout.contains(&name.as_str()) {
            known.push(name.as_str());
            continue;
        }
        let place = FieldPath::of("instance_types").index(index);
        let all = of_layout.join(", ");
        let detail = format!("It names {all}. Choose one of them, or add {name} to the layout.");
        findings.fault(place, format!("The layout does not name {name}"), detail);
    }
    if known.is_empty() { of_layout } else { known }
}

/// Whether nodes of the group differ in what the tags say.
fn differing_slices(findings: &mut Collector, offers: &[Offer<'_>]) -> bool {
    let differ = |pair: &&[Offer<'_>]| pair[0].1 != pair[1].1;
    let Some([(first, offer), (other, differs)]) = offers.windows(2).find(differ) else {
        return false;
    };
    let (offer, differs) = (listing(offer), listing(differs));
    let detail = format!(
        "The Cluster Autoscaler assumes that all nodes of a group are equal. A node of {first} has {offer}, and one of {other} has \
         {differs}, so that it would buy too few nodes or too many. Make a group for each."
    );
    let summary = "The nodes of the group differ in their slices";
    findings.fault("instance_types", summary, detail);
    true
}

/// Processors and memory, which the autoscaler reckons with too and no tag of ours changes.
fn differing_machines(findings: &mut Collector, catalog: &Catalog, offers: &[Offer<'_>]) {
    let machine = |(name, _): &Offer<'_>| {
        let found = catalog.instance_type(name)?;
        Some((found.name.clone(), (found.vcpu?, found.memory_mib?)))
    };
    let known: Vec<_> = offers.iter().filter_map(machine).collect();
    let differ = known.windows(2).find(|pair| pair[0].1 != pair[1].1);
    let Some([(first, (cores, memory)), (other, (other_cores, other_memory))]) = differ else {
        return;
    };
    let detail = format!(
        "The Cluster Autoscaler assumes that all nodes of a group are equal. {first} has {cores} vCPUs and {memory} MiB, and {other} \
         has {other_cores} and {other_memory}. Where pods ask for nearly all of them, make a group for each."
    );
    let summary = "The nodes of the group differ in processors or memory";
    findings.warn("instance_types", summary, detail);
}

/// `56 nvidia.com/mig-1g.10gb and 0 nvidia.com/gpu`
fn listing(resources: &BTreeMap<String, u64>) -> String {
    let parts: Vec<String> = resources
        .iter()
        .rev()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    parts.join(" and ")
}

/// Labels of the nodes of a self-managed group.
fn labels(
    findings: &mut Collector,
    layout: &Layout,
    own: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let ours = of_layout(layout);
    findings.labels("", own);
    for (key, value) in own {
        contradiction(findings, &FieldPath::default().key(key), key, value, &ours);
    }
    accelerator(findings, layout, own);
    let mut all = own.clone();
    all.extend(ours);
    all
}

/// The pair of tags that the autoscaler looks for: added, or warned of where one is there without the other.
fn discovery(findings: &mut Collector, group: &SelfManagedGroup, ours: &mut BTreeMap<String, String>) {
    let own = &group.group.tags;
    if let Some(cluster) = &group.cluster {
        for (key, value) in [
            (DISCOVERY_TAG.to_owned(), "true"),
            (format!("{DISCOVERY}{cluster}"), "owned"),
        ] {
            if !own.contains_key(&key) {
                ours.insert(key, value.to_owned());
            }
        }
        return;
    }
    let of_cluster = own.keys().find(|key| {
        let name = key.strip_prefix(DISCOVERY);
        name.is_some_and(|name| !name.is_empty() && !name.contains('/') && *key != DISCOVERY_TAG)
    });
    let (there, missing) = match (own.contains_key(DISCOVERY_TAG), of_cluster) {
        (true, None) => (DISCOVERY_TAG, format!("{DISCOVERY}CLUSTER")),
        (false, Some(found)) => (found.as_str(), DISCOVERY_TAG.to_owned()),
        _ => return,
    };
    let detail = format!(
        "The Cluster Autoscaler looks for two tags by default, and {missing} is missing. It ignores a group with only one. \
         Add the other."
    );
    let summary = "The Cluster Autoscaler does not find the group";
    findings.warn(FieldPath::of("tags").key(there), summary, detail);
}

/// The tags that the group has anyway with ours, within the limits of the service that keeps them.
fn together(
    findings: &mut Collector,
    service: &str,
    own: &BTreeMap<String, String>,
    ours: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut all = own.clone();
    all.extend(ours);
    findings.below("tags", |findings| {
        tags::check_of(service, &all)
            .into_iter()
            .for_each(|fault| findings.take(fault));
    });
    all
}

/// The warning of a plan in which a group that has been in use gets another layout; none where its nodes offer the same.
pub fn layout_change(before: &Layout, after: &Layout) -> Option<Finding> {
    let (old, new) = (nodes(before), nodes(after));
    if old == new {
        return None;
    }
    let reason = format!(
        "The Cluster Autoscaler keeps the picture of a node that it has seen in the group: {old}. Until it forgets that, it \
         buys nodes for pods that fit the old layout, and none for those that fit the new one: {new}."
    );
    let ways = [
        "make a new group for the new layout and remove this one later",
        "run the autoscaler with a short --node-info-cache-expire-time, such as 10s, or restart it after the change",
    ];
    let advice = Advice::new(reason, ways.map(|way| Remedy::Words(way.to_owned())));
    let mut findings = collector();
    findings.warn(
        "layout",
        "The Cluster Autoscaler may go on with the old layout",
        advice,
    );
    findings.warnings.pop()
}

/// `p5.48xlarge with 56 nvidia.com/mig-1g.10gb and 0 nvidia.com/gpu`
fn nodes(layout: &Layout) -> String {
    let node = |name: &str| {
        Some(format!(
            "{name} with {}",
            listing(&layout.template_resources(name)?)
        ))
    };
    let nodes = layout.nodes().filter_map(|found| node(found.instance_type()));
    nodes.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
