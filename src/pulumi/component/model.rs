//! What is given to a pool of slices, and what it gives.

use std::collections::BTreeMap;

use tfplug::model::Dynamic;
use tfplug::schema::validators;
use tfplug::{Attr, Model};

use crate::models::{ClusterModel, ExtraPart, LayoutModel, Tags};
use crate::resources::karpenter::TaintModel;
use crate::resources::node_group::GroupTaint;

/// Nodes with slices, and all that belongs to them, from one layout: with `kind: "karpenter"` a node class, a pool, its overlay and
/// the device plugin, as Karpenter launches the nodes; with `kind: "nodeGroup"` a launch template, a managed node group and the
/// device plugin. Its outputs fit `eks.ManagedNodeGroup` and `aws.ec2.LaunchTemplate` too.
///
/// Options of the component hold for its children: `protect`, `retainOnDelete`, `deletedWith`, `aliases`, `provider`, `dependsOn`, `customTimeouts`,
/// `deleteBeforeReplace`, `replaceWith` and `replacementTrigger` as they are, `ignoreChanges` and `replaceOnChanges` for the properties that come from the
/// inputs that they name.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub(super) struct SlicePoolInputs {
    /// Who brings up the nodes: `karpenter`, or `nodeGroup` for a managed node group of EKS.
    #[attr(required, validate = validators::one_of(&["karpenter", "nodeGroup"]))]
    pub kind: Attr<String>,
    /// What the names of all objects begin with; the component's name in the program if left out.
    pub name: Attr<String>,
    /// What the GPUs of a node are cut into.
    #[attr(required)]
    pub layout: Attr<LayoutModel>,
    /// With Karpenter: layouts to take where no node of the one before can be had, in this order. Pods ask for a resource that all have.
    pub fallback: Attr<Vec<LayoutModel>>,
    /// The cluster; the provider's `kubernetes` if left out. A node group needs the cluster's `name` here.
    pub cluster: Attr<ClusterModel>,
    /// IAM role of the nodes: its name or ARN with Karpenter, its ARN with a node group.
    #[attr(required)]
    pub node_role: Attr<String>,
    /// IDs of the subnets that nodes are launched in.
    pub subnet_ids: Attr<Vec<String>>,
    /// With Karpenter: tags of the subnets, instead of their IDs.
    pub subnet_tags: Attr<BTreeMap<String, String>>,
    /// IDs of the nodes' security groups. A node group has the cluster's if they are left out.
    pub security_group_ids: Attr<Vec<String>>,
    /// With Karpenter: tags of the security groups, instead of their IDs.
    pub security_group_tags: Attr<BTreeMap<String, String>>,
    /// With Karpenter: release of the image, such as `al2023@v20261003`. Pin it: another one rolls all nodes.
    pub ami_alias: Attr<String>,
    /// With a node group: `AL2023` or `Bottlerocket`.
    #[attr(validate = validators::one_of(&["AL2023", "Bottlerocket"]))]
    pub ami_family: Attr<String>,
    /// With a node group: release of the EKS image; if left out, EKS takes the newest one whenever it rolls nodes.
    pub release_version: Attr<String>,
    /// `on-demand`, `reserved`, `spot`. With Karpenter the first two if left out; a node group has one of them, `on-demand` if left out.
    pub capacity_types: Attr<Vec<String>>,
    /// With a node group: fewest nodes; 0 if left out, which costs nothing while nobody asks for slices.
    pub min_size: Attr<i64>,
    /// Most nodes of each layout: with two layouts in `fallback` there may be three times as many. Karpenter launches at most 10 of each if
    /// it is left out; a node group needs it.
    pub max_size: Attr<i64>,
    /// Labels of the nodes in addition to the layout's.
    pub labels: Attr<BTreeMap<String, String>>,
    /// Taints of the nodes in addition to the layout's.
    pub taints: Attr<Vec<TaintModel>>,
    /// Tags of what is made in AWS, instances included.
    pub tags: Attr<Tags>,
    /// Whether the component brings the device plugin. A cluster needs one for all of its layouts; Bottlerocket has its own, and gets
    /// none.
    #[attr(default = true)]
    pub device_plugin: Attr<bool>,
    /// Properties of each node class instead of the component's own, as `KarpenterNodeclass` has them.
    pub nodeclass_args: Attr<Dynamic>,
    /// Properties of each pool instead of the component's own, as `KarpenterNodepool` has them.
    pub nodepool_args: Attr<Dynamic>,
    /// Properties of each overlay instead of the component's own, as `KarpenterNodeoverlay` has them.
    pub nodeoverlay_args: Attr<Dynamic>,
    /// Properties of the launch template instead of the component's own, as `LaunchTemplate` has them.
    pub launch_template_args: Attr<Dynamic>,
    /// Properties of the node group instead of the component's own, as `NodeGroup` has them.
    pub node_group_args: Attr<Dynamic>,
    /// Properties of the device plugin instead of the component's own, as `DevicePlugin` has them.
    pub device_plugin_args: Attr<Dynamic>,
}

/// What a pool of slices has.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub(super) struct SlicePoolOutputs {
    /// What pods can ask for on every node, whatever its layout: names of resources such as `nvidia.com/mig-1g.10gb`.
    #[attr(computed)]
    pub resource_names: Attr<Vec<String>>,
    /// By instance type, what pods can ask for on a node, with counts.
    #[attr(computed)]
    pub slices_per_node: Attr<BTreeMap<String, BTreeMap<String, i64>>>,
    /// Labels of the nodes of `layout`, those of the inputs included. They fit `labels` of `eks.ManagedNodeGroup`.
    #[attr(computed)]
    pub labels: Attr<BTreeMap<String, String>>,
    /// Taints of the nodes, those of the inputs included, in EKS' spelling (`NO_SCHEDULE`). They fit `taints` of
    /// `eks.ManagedNodeGroup`.
    #[attr(computed)]
    pub taints: Attr<Vec<GroupTaint>>,
    /// The user data of the nodes of `layout`, before base64: for `userData` of `eks.ManagedNodeGroup`, and for a node class of another making.
    #[attr(computed)]
    pub user_data: Attr<String>,
    /// The same in base64: for `userData` of `aws.ec2.LaunchTemplate`.
    #[attr(computed)]
    pub user_data_base64: Attr<String>,
    /// The same in parts, for `nodeadmExtraOptions` of `eks.ManagedNodeGroup`. Empty for Bottlerocket.
    #[attr(computed)]
    pub nodeadm_extra_options: Attr<Vec<ExtraPart>>,
    /// Bottlerocket's settings for `layout`, for `bottlerocketSettings` of `eks.ManagedNodeGroup`; nothing where Bottlerocket cannot express
    /// the layout.
    #[attr(computed)]
    pub bottlerocket_settings: Attr<Dynamic>,
    /// Names of the node classes, the preferred one first.
    #[attr(computed)]
    pub nodeclass_names: Attr<Vec<String>>,
    /// Names of the pools, the preferred one first.
    #[attr(computed)]
    pub nodepool_names: Attr<Vec<String>>,
    /// Names of the overlays, the preferred pool's first.
    #[attr(computed)]
    pub nodeoverlay_names: Attr<Vec<String>>,
    /// ID of the launch template.
    #[attr(computed)]
    pub launch_template_id: Attr<String>,
    /// Newest version of the launch template.
    #[attr(computed)]
    pub launch_template_version: Attr<i64>,
    /// Name of the node group.
    #[attr(computed)]
    pub node_group_name: Attr<String>,
    /// Names of the node group's Auto Scaling groups.
    #[attr(computed)]
    pub autoscaling_group_names: Attr<Vec<String>>,
    /// Name of the device plugin.
    #[attr(computed)]
    pub device_plugin_name: Attr<String>,
}
