//! What a group of nodes on a layout needs: a managed node group of EKS, or a self-managed Auto Scaling group.
//!
//! Everything here can be known beforehand: which image EKS boots ([`AmiType`]), labels and taints ([`labels`],
//! [`taints`]), the tags by which the Cluster Autoscaler scales the group from zero ([`node_group_tags`],
//! [`auto_scaling_group_tags`]), what EKS refuses of names, sizes, updates and repairs, and of a launch template that a
//! managed group uses ([`refused_beside_template`]), and what an update does to the nodes that are there ([`rolls`]).
//!
//! ```
//! use mig::node_group::{GroupTags, labels, node_group_tags, taints};
//! use mig::{Catalog, Layout, LayoutSpec};
//!
//! let spec = LayoutSpec {
//!     instance_types: vec!["p5.48xlarge".into()],
//!     slices: Some([("1g.10gb".into(), 7)].into()),
//!     ..LayoutSpec::default()
//! };
//! let layout = Layout::resolve(&spec, Catalog::builtin()).expect("a layout that fits");
//! let own = [("team".to_owned(), "search".to_owned())].into();
//! assert_eq!(labels(&layout, &own).expect("labels that EKS takes").value["mig.eks/layout"], layout.id());
//! assert_eq!(taints(&layout, &[]).expect("taints that EKS takes").value[0].effect, "NO_SCHEDULE");
//! let tags = node_group_tags(&layout, Catalog::builtin(), &GroupTags::default()).expect("tags that fit").value;
//! assert_eq!(tags["k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/mig-1g.10gb"], "56");
//! ```
//!
//! Attributes have the names of EKS' API in snake case. A check of one attribute gives paths that begin at the attribute's
//! value, and the caller puts its name before them. A check of several attributes gives paths that begin at the group.
//!
//! Sources of the rules: the EKS API (model of 2017-11-01, `botocore` 1.44.5), the EKS user guide, and Cluster Autoscaler
//! 1.36.1 as it was seen to behave; what rests on a public report names it.

mod ami_type;
mod group_tags;
mod labels;
mod launch_template;
mod name;
mod own_tags;
mod repair;
mod scaling;
mod startup;
mod taints;
mod update;

pub use ami_type::AmiType;
pub use group_tags::{
    DISCOVERY_TAG, GroupTags, SelfManagedGroup, auto_scaling_group_tags, layout_change, node_group_tags,
};
pub use labels::{ACCELERATOR_LABEL, labels};
pub use launch_template::{
    CapacityType, GroupFacts, MOST_INSTANCE_TYPES, TemplateFacts, refused_beside_template,
};
pub use name::check_name;
pub use repair::{NodeRepair, REBOOT_KEEPS_THE_LAYOUT, RepairAction, RepairOverride, check_node_repair};
pub use scaling::{Scaling, check_scaling};
pub use startup::{GroupKind, STARTUP_TAINT_PREFIX, startup_taint_hint};
pub use taints::{EksTaint, MOST_TAINTS, TaintEffect, taints};
pub use update::{Change, Roll, UpdateConfig, UpdateStrategy, check_update_config, rolls};

use crate::finding::{Collector, Finding, FindingKind};

/// What follows from valid input, and what may surprise about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<T> {
    /// What follows.
    pub value: T,
    /// What may surprise.
    pub warnings: Vec<Finding>,
}

/// Collects what is wrong with a group.
fn collector() -> Collector {
    Collector::new(FindingKind::NodeGroup)
}

/// What is made of input in which nothing is wrong.
fn accepted<T>(mut findings: Collector, made: impl FnOnce() -> T) -> Result<Accepted<T>, Vec<Finding>> {
    let warnings = std::mem::take(&mut findings.warnings);
    findings.finish(|| Accepted {
        value: made(),
        warnings,
    })
}

/// Everything that was found, errors first.
fn all(findings: Collector) -> Vec<Finding> {
    [findings.faults, findings.warnings].concat()
}
