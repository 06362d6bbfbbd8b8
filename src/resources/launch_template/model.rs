//! Schema, configuration, plan and state of `mig_launch_template`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tfplug::schema::{Schema, validators};
use tfplug::{Attr, Model, Path, SetOf, Value, diff};

use super::instance::{
    BlockDeviceMapping, CapacityReservationSpecification, CpuOptions, IamInstanceProfile,
    InstanceMarketOptions, MaintenanceOptions, MetadataOptions, Monitoring, NetworkInterface, Placement,
    PrivateDnsNameOptions, TagSpecification,
};
use super::rules;
use crate::models::{ExtraUserData, LayoutModel, NodeConfig, Tags, partition_timeout, tag_rules};

/// An EC2 launch template whose user data cuts every GPU of a node as the layout says, before kubelet starts, on
/// every boot; for managed and self-managed node groups.
///
/// Nodes that boot Amazon Linux get the layout's labels from it. Its taints they get from the node group, or from the template where
/// `node_config` is given.
///
/// A change of what instances are launched with makes a new version of the template. Node groups that follow
/// `latest_version` or the default version then replace their nodes.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct LaunchTemplate {
    /// Name, unique in a region of an account. Made from `name_prefix` if left out.
    #[attr(optional, computed, replace, stable, validate = rules::name())]
    pub name: Attr<String>,
    /// Start of a name that is made unique; `mig-` if neither is given. A prefix that the name does not have replaces the template.
    #[attr(validate = rules::name_prefix())]
    pub name_prefix: Attr<String>,
    /// Region; the provider's if left out.
    #[attr(optional, computed, replace, stable, validate = crate::models::region())]
    pub region: Attr<String>,
    /// What the GPUs of a node are cut into.
    #[attr(required)]
    pub layout: Attr<LayoutModel>,
    /// Family of the image that instances boot, in Karpenter's words: `AL2023`, or `Bottlerocket` (1.34 or later), whose
    /// user data is its own settings instead of a script. Bottlerocket cuts all GPUs of a model evenly into one profile,
    /// with `strategy = "single"`, and has a device plugin built in; a layout that it cannot express is refused. Of the
    /// template's own attributes `on_failure`, `partition_timeout`, `node_config` and `extra_user_data` do not apply
    /// to it: leave them out; the defaults in state have no effect. Labels are set by the node group.
    #[attr(default = "AL2023", validate = validators::one_of(&AMI_FAMILIES))]
    pub ami_family: Attr<String>,
    /// What a node does whose GPUs could not be cut as declared: `halt` stays up for inspection and never joins;
    /// `join_tainted` joins with the taint `mig.eks/partition-failed:NoSchedule`; `terminate` powers off, which ends
    /// the instance where `instance_initiated_shutdown_behavior` is `terminate`. A managed node group refuses that
    /// attribute: there the instance is stopped, and the group replaces it as unhealthy.
    #[attr(default = "halt", validate = validators::one_of(&["halt", "join_tainted", "terminate"]))]
    pub on_failure: Attr<String>,
    /// How long a node may take to cut its GPUs before that counts as failed, such as `10m` or `600s`.
    #[attr(default = "10m", validate = partition_timeout(), same_meaning = crate::duration::same)]
    pub partition_timeout: Attr<String>,
    /// For images with which nothing merges a NodeConfig into the user data (a custom `image_id` in a managed node
    /// group, or a self-managed group): what the node needs to join its cluster.
    pub node_config: Attr<NodeConfig>,
    /// Parts of MIME user data before and after ours.
    pub extra_user_data: Attr<ExtraUserData>,
    /// Version of the rendering of user data, from 1 to 3. A new provider keeps the version that a template has, so that an
    /// upgrade changes no byte and rolls no node; the newest version is used for new templates.
    #[attr(optional, computed, stable)]
    pub render_version: Attr<i64>,
    /// Description of the template's version.
    #[attr(validate = validators::length(0, 255))]
    pub description: Attr<String>,
    /// ID of the AMI. Leave it out with managed node groups that choose the EKS image themselves.
    pub image_id: Attr<String>,
    /// Instance type, one of the layout's. Leave it out where the node group names them.
    pub instance_type: Attr<String>,
    /// Name of an SSH key pair.
    pub key_name: Attr<String>,
    /// Instance profile of the instances. Managed node groups refuse one: they take a node role.
    pub iam_instance_profile: Attr<IamInstanceProfile>,
    /// Security groups of the instances; not together with `network_interfaces`.
    pub vpc_security_group_ids: Attr<SetOf<String>>,
    /// Volumes of the instances, beside and instead of the image's. Left out, the image's own root volume is used, which may be too small for
    /// images with CUDA: unlike a node class, a template has no larger one by default.
    pub block_device_mappings: Attr<Vec<BlockDeviceMapping>>,
    /// Instance metadata service. IMDSv2 is required unless said otherwise.
    #[attr(default = MetadataOptions::safe())]
    pub metadata_options: Attr<MetadataOptions>,
    /// Network interfaces, EFA among them.
    pub network_interfaces: Attr<Vec<NetworkInterface>>,
    /// Where instances are placed.
    pub placement: Attr<Placement>,
    /// Which On-Demand Capacity Reservation or Capacity Block instances use.
    pub capacity_reservation_specification: Attr<CapacityReservationSpecification>,
    /// How instances are bought; On-Demand if left out. Managed node groups refuse options of Spot: with one, leave them
    /// out and set `capacity_type = "SPOT"` on the group.
    pub instance_market_options: Attr<InstanceMarketOptions>,
    /// CloudWatch monitoring of the instances.
    pub monitoring: Attr<Monitoring>,
    /// Cores and threads of the instances, where they are not to have all.
    pub cpu_options: Attr<CpuOptions>,
    /// Hostnames of the instances and what DNS answers for them; the subnet's setting if left out.
    pub private_dns_name_options: Attr<PrivateDnsNameOptions>,
    /// Whether EC2 itself recovers an instance whose hardware fails.
    pub maintenance_options: Attr<MaintenanceOptions>,
    /// Whether instances are EBS-optimised; GPU instance types always are.
    pub ebs_optimized: Attr<bool>,
    /// Whether the EC2 API refuses to terminate the instances.
    pub disable_api_termination: Attr<bool>,
    /// What a shutdown from inside the instance does to it; `stop` if left out. Managed node groups refuse it.
    #[attr(validate = validators::one_of(&["stop", "terminate"]))]
    pub instance_initiated_shutdown_behavior: Attr<String>,
    /// Tags of what is launched, by resource type.
    pub tag_specifications: Attr<Vec<TagSpecification>>,
    /// Make each new version the default one.
    #[attr(default = true)]
    pub update_default_version: Attr<bool>,
    /// Tags of the template.
    #[attr(validate = tag_rules())]
    pub tags: Attr<Tags>,
    /// Tags of the template with the provider's `default_tags`.
    #[attr(computed, depends_on("tags"))]
    pub tags_all: Attr<BTreeMap<String, String>>,
    /// ID of the template.
    #[attr(computed, stable)]
    pub id: Attr<String>,
    /// ARN of the template.
    #[attr(computed, stable)]
    pub arn: Attr<String>,
    /// The rendered user data as text, so that a plan shows its difference line by line.
    #[attr(
        computed,
        depends_on(
            "layout",
            "ami_family",
            "on_failure",
            "partition_timeout",
            "node_config",
            "extra_user_data",
            "render_version"
        )
    )]
    pub user_data: Attr<String>,
    /// SHA-256 of the user data, in hexadecimal digits.
    #[attr(computed, depends_on("user_data"))]
    pub user_data_sha256: Attr<String>,
    /// Size of the user data in bytes, before base64. EC2 accepts 16,384; 4,096 of them are kept free for the
    /// NodeConfig that EKS adds.
    #[attr(computed, depends_on("user_data"))]
    pub user_data_bytes: Attr<i64>,
    /// Settings of the newest version that have no attribute here, by EC2's names: set in the console, or by another tool. The next
    /// version keeps them, those of a disk or an interface as long as that is declared. A refresh warns of new ones.
    #[attr(computed, stable)]
    pub other_settings: Attr<BTreeMap<String, String>>,
    /// Number of the newest version.
    #[attr(computed, stable)]
    pub latest_version: Attr<i64>,
    /// Number of the default version.
    #[attr(computed, stable)]
    pub default_version: Attr<i64>,
}

/// What names a launch template permanently.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct LaunchTemplateIdentity {
    /// ID of the template.
    #[attr(required)]
    pub id: Attr<String>,
    /// Region; the provider's if left out.
    pub region: Attr<String>,
}

/// Families of images that user data can be rendered for, the default first.
pub(super) const AMI_FAMILIES: [&str; 2] = ["AL2023", BOTTLEROCKET];

/// The family whose user data is settings.
pub(super) const BOTTLEROCKET: &str = "Bottlerocket";

/// The attributes that a version of the template holds: a change of one of them makes a new version.
pub(super) const VERSIONED: [&str; 21] = [
    "block_device_mappings",
    "capacity_reservation_specification",
    "cpu_options",
    "description",
    "disable_api_termination",
    "ebs_optimized",
    "iam_instance_profile",
    "image_id",
    "instance_initiated_shutdown_behavior",
    "instance_market_options",
    "instance_type",
    "key_name",
    "maintenance_options",
    "metadata_options",
    "monitoring",
    "network_interfaces",
    "placement",
    "private_dns_name_options",
    "tag_specifications",
    "user_data",
    "vpc_security_group_ids",
];

impl LaunchTemplate {
    /// Whether the plan needs a new version of the template.
    pub(super) fn needs_new_version(&self, prior: &Self) -> bool {
        !self.changed(prior).is_empty()
    }

    /// The values without tags that are null: whether a tag is written as null or not at all is no change, and elements of
    /// a set are compared as a whole.
    fn without_null_tags(&self) -> Value {
        let mut values = self.clone();
        if let Attr::Known(specifications) = &mut values.tag_specifications {
            for specification in specifications {
                specification.tags = specification.tags.as_ref().map(|tags| Tags::from(tags.set()));
            }
        }
        Value::Map(values.encode_object())
    }

    /// Whether its instances boot Bottlerocket; `None` while that is unknown.
    pub(super) fn is_bottlerocket(&self) -> Option<bool> {
        let family = self.ami_family.settled()?;
        Some(family.is_some_and(|family| family == BOTTLEROCKET))
    }

    /// Names of the versioned attributes whose planned value differs, for the user.
    pub(super) fn changed(&self, prior: &Self) -> Vec<&'static str> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| LaunchTemplate::schema(0));
        let values = [prior, self].map(Self::without_null_tags);
        let changes = diff::between(&SCHEMA, &values[0], &values[1]);
        let differs = |name: &&str| {
            let at = Path::attr(*name);
            changes.iter().any(|change| change.path.starts_with(&at))
        };
        VERSIONED.into_iter().filter(differs).collect()
    }
}
