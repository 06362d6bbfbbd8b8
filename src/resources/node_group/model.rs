//! Schema, configuration, plan and state of `mig_node_group`.

use std::collections::BTreeMap;

use mig::node_group::{RepairAction, UpdateStrategy};
use serde::{Deserialize, Serialize};
use tfplug::schema::validators::{declared_between, declared_one_of};
use tfplug::{Attr, Model, SetOf};

use super::rules;
use super::template::TemplateRefModel;
use crate::aws::NodeGroupRef;
use crate::models::{LayoutModel, Tags, TimeoutsModel, tag_rules};

/// A managed EKS node group whose nodes boot a `mig_launch_template`, so that their GPUs are cut before they join. It has the layout's
/// labels and taints, and the tags by which the Cluster Autoscaler scales it from zero on requests for slices.
///
/// Attributes are named as in `aws_eks_node_group`, and `taints` is a set in place of its blocks `taint`. `disk_size` and `remote_access` do not exist here: EKS refuses them beside a launch
/// template, which has `block_device_mappings`, `key_name` and `vpc_security_group_ids` for them.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeGroup {
    /// Name of the cluster.
    #[attr(required, replace, validate = rules::cluster_name())]
    pub cluster_name: Attr<String>,
    /// Name of the group, unique in the cluster. Made from `node_group_name_prefix` if left out.
    #[attr(optional, computed, replace, stable, validate = rules::name())]
    pub node_group_name: Attr<String>,
    /// Start of a name that is made unique; `mig-` if neither is given. A prefix that the name does not have replaces the group.
    #[attr(validate = rules::name_prefix())]
    pub node_group_name_prefix: Attr<String>,
    /// Region; the template's, or else the provider's, if left out.
    #[attr(optional, computed, replace, stable, validate = crate::models::region())]
    pub region: Attr<String>,
    /// ARN of the IAM role of the nodes.
    #[attr(required, replace)]
    pub node_role_arn: Attr<String>,
    /// IDs of the subnets that nodes are launched in.
    #[attr(required, replace, validate = tfplug::schema::validators::not_empty())]
    pub subnet_ids: Attr<SetOf<String>>,
    /// The launch template: `mig_launch_template.NAME` whole, or `{ id, version }` with `layout` beside it. Another template replaces the
    /// group; another version of it rolls the nodes.
    #[attr(required, reference, same_meaning = super::template::same)]
    pub launch_template: Attr<TemplateRefModel>,
    /// The layout of the nodes; the template's if left out.
    #[attr(optional, computed, depends_on("launch_template"))]
    pub layout: Attr<LayoutModel>,
    /// Instance types; the layout's if left out, or none where the template names one. The Cluster Autoscaler expects equal nodes
    /// of one group, so with `scale_from_zero` they must have equal slices.
    #[attr(optional, computed, replace, depends_on("layout", "launch_template"))]
    pub instance_types: Attr<Vec<String>>,
    /// Kind of image. It follows from the layout and the template's `ami_family` if left out: EKS' NVIDIA image for the
    /// instances' architecture, or `CUSTOM` where the template has an `image_id`.
    #[attr(optional, computed, replace, validate = rules::ami_type())]
    pub ami_type: Attr<String>,
    /// Kubernetes version of the nodes; the cluster's if left out when the group is made. A change rolls nodes.
    #[attr(optional, computed, stable)]
    pub version: Attr<String>,
    /// Release of the EKS image, such as `1.34.1-20261003`. If left out, EKS takes the newest one whenever it rolls nodes. A change rolls nodes.
    #[attr(optional, computed, depends_on("version", "launch_template"))]
    pub release_version: Attr<String>,
    /// How instances are bought.
    #[attr(default = "ON_DEMAND", replace, validate = rules::capacity_type())]
    pub capacity_type: Attr<String>,
    /// How many nodes the group has.
    #[attr(required)]
    pub scaling_config: Attr<ScalingConfig>,
    /// How nodes are replaced; one at a time if left out.
    pub update_config: Attr<UpdateConfig>,
    /// Whether EKS replaces or reboots nodes that are unhealthy; it does not if left out. A node that reboots cuts its GPUs again.
    pub node_repair_config: Attr<NodeRepairConfig>,
    /// Labels of the nodes in addition to the layout's.
    pub labels: Attr<BTreeMap<String, String>>,
    /// Labels that the group gives its nodes, the layout's included. Those that differ from layout to layout come from the user data where the image is Amazon
    /// Linux: EKS would change a group's labels on nodes that are still cut as before.
    #[attr(computed, depends_on("labels", "layout", "launch_template"))]
    pub labels_all: Attr<BTreeMap<String, String>>,
    /// Taints of the nodes in addition to the layout's.
    pub taints: Attr<SetOf<GroupTaint>>,
    /// Taints that the group gives its nodes, the layout's included.
    #[attr(computed, depends_on("taints", "layout", "launch_template"))]
    pub taints_all: Attr<SetOf<GroupTaint>>,
    /// Tag the group, and its Auto Scaling group, with what a node will have, so that the Cluster Autoscaler launches the first node for a
    /// pod that asks for slices.
    #[attr(default = true)]
    pub scale_from_zero: Attr<bool>,
    /// The tags of the group by which the Cluster Autoscaler knows its nodes.
    #[attr(
        computed,
        depends_on(
            "scale_from_zero",
            "layout",
            "launch_template",
            "instance_types",
            "labels",
            "taints"
        )
    )]
    pub autoscaler_tags: Attr<BTreeMap<String, String>>,
    /// The same information as tags of the Auto Scaling group, which count if the Cluster Autoscaler may not call `eks:DescribeNodegroup`.
    #[attr(
        computed,
        depends_on(
            "scale_from_zero",
            "layout",
            "launch_template",
            "instance_types",
            "labels",
            "taints"
        )
    )]
    pub autoscaling_group_tags: Attr<BTreeMap<String, String>>,
    /// Tags of the group. EKS does not give them to its instances.
    #[attr(validate = tag_rules())]
    pub tags: Attr<Tags>,
    /// Tags of the group with the provider's `default_tags`, without those of `autoscaler_tags`.
    #[attr(computed, depends_on("tags"))]
    pub tags_all: Attr<BTreeMap<String, String>>,
    /// Replace nodes even where a disruption budget does not let their pods go.
    #[attr(applying, default = false)]
    pub force_update_version: Attr<bool>,
    /// How long changes may last: 60 minutes each if left out.
    #[attr(applying)]
    pub timeouts: Attr<TimeoutsModel>,
    /// Version of the launch template that the group has.
    #[attr(computed, depends_on("launch_template"))]
    pub launch_template_version: Attr<i64>,
    /// `CLUSTER:NAME`.
    #[attr(computed, stable)]
    pub id: Attr<String>,
    /// ARN of the group.
    #[attr(computed, stable)]
    pub arn: Attr<String>,
    /// What EKS says of the group, such as `ACTIVE` or `DEGRADED`.
    #[attr(computed)]
    pub status: Attr<String>,
    /// Names of its Auto Scaling groups.
    #[attr(computed, stable)]
    pub autoscaling_group_names: Attr<Vec<String>>,
    /// What EKS finds wrong with the group.
    #[attr(computed)]
    pub health_issues: Attr<Vec<HealthIssue>>,
    /// What pods can request of each node, by resource name. Null where the instance types differ in it.
    #[attr(computed, depends_on("layout", "launch_template", "instance_types"))]
    pub slices_per_node: Attr<BTreeMap<String, i64>>,
}

/// How many nodes a group has.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ScalingConfig {
    /// Fewest nodes. With 0 the group costs nothing while nobody asks for slices.
    #[attr(required)]
    pub min_size: Attr<i64>,
    /// Most nodes.
    #[attr(required)]
    pub max_size: Attr<i64>,
    /// Nodes wanted. Leave it out where the Cluster Autoscaler decides: the group then starts at `min_size`, and later changes by the autoscaler are
    /// ignored, unless they fall outside `min_size` to `max_size`.
    pub desired_size: Attr<i64>,
}

/// How the nodes of a group are replaced.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct UpdateConfig {
    /// How many nodes at a time; not together with `max_unavailable_percentage`.
    #[attr(validate = declared_between(1, 100))]
    pub max_unavailable: Attr<i64>,
    /// How many of a hundred at a time.
    #[attr(validate = declared_between(1, 100))]
    pub max_unavailable_percentage: Attr<i64>,
    /// `DEFAULT` launches the new node before the old one goes; `MINIMAL` ends the old one first, which needs no spare capacity.
    #[attr(validate = declared_one_of(&UpdateStrategy::ALL.map(UpdateStrategy::as_str)))]
    pub update_strategy: Attr<String>,
}

/// Whether EKS repairs nodes.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeRepairConfig {
    /// Whether EKS repairs unhealthy nodes.
    #[attr(required)]
    pub enabled: Attr<bool>,
    /// Number of unhealthy nodes above which EKS stops repairing.
    #[attr(validate = declared_between(1, 100_000))]
    pub max_unhealthy_node_threshold_count: Attr<i64>,
    /// The same limit as a percentage of the nodes.
    #[attr(validate = declared_between(1, 100))]
    pub max_unhealthy_node_threshold_percentage: Attr<i64>,
    /// How many nodes EKS repairs at a time.
    #[attr(validate = declared_between(1, 100_000))]
    pub max_parallel_nodes_repaired_count: Attr<i64>,
    /// The same limit as a percentage of the unhealthy nodes.
    #[attr(validate = declared_between(1, 100))]
    pub max_parallel_nodes_repaired_percentage: Attr<i64>,
    /// What EKS does for certain reasons.
    pub node_repair_config_overrides: Attr<Vec<NodeRepairOverride>>,
}

/// What is done about nodes that are unhealthy for a certain reason.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeRepairOverride {
    /// Condition that the monitoring agent reports, such as `AcceleratedHardwareReady`.
    #[attr(required)]
    pub node_monitoring_condition: Attr<String>,
    /// Reason of the condition, such as `NvidiaXID64Error`.
    #[attr(required)]
    pub node_unhealthy_reason: Attr<String>,
    /// Minutes before anything is done.
    #[attr(required)]
    pub min_repair_wait_time_mins: Attr<i64>,
    /// What is done.
    #[attr(required, validate = declared_one_of(&RepairAction::ALL.map(RepairAction::as_str)))]
    pub repair_action: Attr<String>,
}

/// A taint of the nodes of a group.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct GroupTaint {
    /// Key.
    #[attr(required)]
    pub key: Attr<String>,
    /// Value. A taint without one is refused: EKS does not tell the Cluster Autoscaler of it, which then launches nodes for pods that do not
    /// tolerate it.
    pub value: Attr<String>,
    /// What it does to pods that do not tolerate it, in EKS' spelling.
    #[attr(required, validate = rules::taint_effect())]
    pub effect: Attr<String>,
}

/// What EKS finds wrong with a group.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct HealthIssue {
    /// EKS' code, such as `AsgInstanceLaunchFailures`.
    #[attr(computed)]
    pub code: Attr<String>,
    /// EKS' message.
    #[attr(computed)]
    pub message: Attr<String>,
    /// What it is about.
    #[attr(computed)]
    pub resource_ids: Attr<Vec<String>>,
}

/// What names a node group as long as it exists.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeGroupIdentity {
    /// Name of the cluster.
    #[attr(required)]
    pub cluster_name: Attr<String>,
    /// Name of the group.
    #[attr(required)]
    pub node_group_name: Attr<String>,
    /// Region; the provider's if left out.
    pub region: Attr<String>,
}

/// What is remembered beside the state: what the plan says of the nodes that it rolls, and of tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// How many nodes the group was to have when it was last looked at.
    #[serde(default)]
    pub desired_size: Option<i64>,
    /// The tags that its Auto Scaling group is to have.
    #[serde(default)]
    pub autoscaling_group_tags: BTreeMap<String, String>,
}

impl NodeGroup {
    /// Which group, where both names are known.
    pub(super) fn reference(&self) -> Option<NodeGroupRef> {
        Some(NodeGroupRef {
            cluster: self.cluster_name.as_str()?.to_owned(),
            name: self.node_group_name.as_str()?.to_owned(),
        })
    }

    /// What names it as long as it exists.
    pub(super) fn identity(&self) -> NodeGroupIdentity {
        NodeGroupIdentity {
            cluster_name: self.cluster_name.clone(),
            node_group_name: self.node_group_name.clone(),
            region: self.region.clone(),
        }
    }

    /// Whether its nodes boot an image of the user's own; `None` while unknown.
    pub(super) fn has_custom_image(&self) -> Option<bool> {
        Some(self.ami_type.settled()?.is_some_and(|kind| kind == "CUSTOM"))
    }
}
