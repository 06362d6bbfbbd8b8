//! Schema, configuration, plan and state of `mig_autoscaling_group_tags`.

use std::collections::BTreeMap;

use mig::manifests::TAINT_EFFECTS;
use tfplug::schema::validators::{length, one_of};
use tfplug::{Attr, Model, SetOf};

use crate::models::LayoutModel;

/// The tags of a self-managed Auto Scaling group by which the Cluster Autoscaler scales it from zero on requests for slices.
///
/// It owns these tags alone. A resource that manages all tags of the group, such as an `aws_autoscaling_group` with blocks `tag`, removes
/// them: give that one `lifecycle { ignore_changes = [tag] }`. A managed node group needs no such resource: `mig_node_group` has its
/// tags.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AutoscalingGroupTags {
    /// Name of the Auto Scaling group.
    #[attr(required, replace, validate = length(1, 255))]
    pub autoscaling_group_name: Attr<String>,
    /// Region; the provider's if left out.
    #[attr(optional, computed, replace, stable, validate = crate::models::region())]
    pub region: Attr<String>,
    /// What the GPUs of its nodes are cut into.
    #[attr(required)]
    pub layout: Attr<LayoutModel>,
    /// Instance types that the group launches, of those of the layout; all of them if left out. Nodes of one group must have equal slices.
    pub instance_types: Attr<Vec<String>>,
    /// Labels of its nodes in addition to the layout's, for pods that select nodes by them.
    pub labels: Attr<BTreeMap<String, String>>,
    /// Taints of its nodes in addition to the layout's.
    pub taints: Attr<SetOf<NodeTaint>>,
    /// Disk of a node that pods may ask for, such as `200Gi`; without it no node is launched for a pod that asks for `ephemeral-storage`.
    pub ephemeral_storage: Attr<String>,
    /// Name of the cluster. It adds the two tags by which the Cluster Autoscaler finds the group; leave it out where the group has them.
    pub cluster_name: Attr<String>,
    /// The tags.
    #[attr(
        computed,
        depends_on(
            "layout",
            "instance_types",
            "labels",
            "taints",
            "ephemeral_storage",
            "cluster_name"
        )
    )]
    pub tags: Attr<BTreeMap<String, String>>,
    /// Name of the group.
    #[attr(computed, stable)]
    pub id: Attr<String>,
}

/// A taint, in Kubernetes' words.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeTaint {
    /// Key.
    #[attr(required)]
    pub key: Attr<String>,
    /// Value.
    pub value: Attr<String>,
    /// What it does to pods that do not tolerate it.
    #[attr(required, validate = one_of(&TAINT_EFFECTS))]
    pub effect: Attr<String>,
}

/// What names the group.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AutoscalingGroupTagsIdentity {
    /// Name of the Auto Scaling group.
    #[attr(required)]
    pub autoscaling_group_name: Attr<String>,
    /// Region; the provider's if left out.
    pub region: Attr<String>,
}
