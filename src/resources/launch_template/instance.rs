//! What instances are launched with: the nested attributes of the template, in the words of `aws_launch_template`.

use tfplug::schema::validators;
use tfplug::{Attr, Model, SetOf, Value};

use crate::models::{Tags, tag_rules};

/// An instance profile, by one of its names.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct IamInstanceProfile {
    /// ARN of the instance profile.
    pub arn: Attr<String>,
    /// Name of the instance profile.
    pub name: Attr<String>,
}

/// A volume, or the suppression of one of the image's.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LaunchTemplateBlockDeviceMapping")]
pub struct BlockDeviceMapping {
    /// Device name, such as `/dev/xvda`.
    #[attr(required)]
    pub device_name: Attr<String>,
    /// Set it to any text to remove a device that the image maps.
    pub no_device: Attr<String>,
    /// Name of an instance store volume, such as `ephemeral0`.
    pub virtual_name: Attr<String>,
    /// An EBS volume.
    pub ebs: Attr<Ebs>,
}

/// An EBS volume.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LaunchTemplateEbs")]
pub struct Ebs {
    /// Size in GiB.
    #[attr(validate = validators::between(1, 65_536))]
    pub volume_size: Attr<i64>,
    /// Type of the volume.
    #[attr(validate = validators::one_of(&["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]))]
    pub volume_type: Attr<String>,
    /// I/O operations per second.
    #[attr(validate = validators::between(100, 256_000))]
    pub iops: Attr<i64>,
    /// Throughput in MiB/s, for `gp3`.
    #[attr(validate = validators::between(125, 2000))]
    pub throughput: Attr<i64>,
    /// Whether the volume is encrypted.
    pub encrypted: Attr<bool>,
    /// ARN of the KMS key that encrypts it.
    pub kms_key_id: Attr<String>,
    /// ID of the snapshot from which the volume is created.
    pub snapshot_id: Attr<String>,
    /// Delete the volume with the instance.
    pub delete_on_termination: Attr<bool>,
    /// Rate in MiB/s at which the blocks of the snapshot are loaded; left out, they come when they are first read.
    #[attr(validate = validators::between(100, 300))]
    pub volume_initialization_rate: Attr<i64>,
}

/// The instance metadata service.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LaunchTemplateMetadataOptions")]
pub struct MetadataOptions {
    /// Whether the service answers: `enabled` or `disabled`. A node needs it to join its cluster.
    #[attr(default = "enabled", validate = validators::one_of(&["enabled", "disabled"]))]
    pub http_endpoint: Attr<String>,
    /// `required` is IMDSv2 only; `optional` allows IMDSv1 too.
    #[attr(default = "required", validate = validators::one_of(&["required", "optional"]))]
    pub http_tokens: Attr<String>,
    /// Hops that an answer may take. 1 keeps pods away from the node's role; 2 lets them use it.
    #[attr(default = 1, validate = validators::between(1, 64))]
    pub http_put_response_hop_limit: Attr<i64>,
    /// Whether the service has an IPv6 address: `enabled` or `disabled`.
    #[attr(validate = validators::one_of(&["enabled", "disabled"]))]
    pub http_protocol_ipv6: Attr<String>,
    /// Whether instances see their tags: `enabled` or `disabled`.
    #[attr(validate = validators::one_of(&["enabled", "disabled"]))]
    pub instance_metadata_tags: Attr<String>,
}

impl MetadataOptions {
    /// IMDSv2 only, out of reach of pods.
    pub(super) fn safe() -> Value {
        Self {
            http_endpoint: "enabled".into(),
            http_tokens: "required".into(),
            http_put_response_hop_limit: 1.into(),
            ..Self::default()
        }
        .to_value()
    }
}

/// A network interface.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LaunchTemplateNetworkInterface")]
pub struct NetworkInterface {
    /// Index of the network card; multi-card GPU instances have several.
    #[attr(validate = validators::between(0, 63))]
    pub network_card_index: Attr<i64>,
    /// Index of the device on its card; 0 is the primary one.
    #[attr(validate = validators::between(0, 63))]
    pub device_index: Attr<i64>,
    /// `interface`, `efa` (network and RDMA) or `efa-only` (RDMA, no IP address).
    #[attr(validate = validators::one_of(&["interface", "efa", "efa-only"]))]
    pub interface_type: Attr<String>,
    /// ID of the subnet. Leave it out with node groups, which choose it.
    pub subnet_id: Attr<String>,
    /// IDs of its security groups.
    pub security_groups: Attr<SetOf<String>>,
    /// Description of the interface.
    pub description: Attr<String>,
    /// ID of an existing interface.
    pub network_interface_id: Attr<String>,
    /// Whether it gets a public IPv4 address.
    pub associate_public_ip_address: Attr<bool>,
    /// Delete it with the instance.
    pub delete_on_termination: Attr<bool>,
    /// Number of IPv6 addresses.
    pub ipv6_address_count: Attr<i64>,
    /// Number of IPv4 prefixes.
    pub ipv4_prefix_count: Attr<i64>,
    /// Make its first IPv6 address the primary one.
    pub primary_ipv6: Attr<bool>,
}

/// Where instances are placed.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct Placement {
    /// Availability Zone of the instances.
    pub availability_zone: Attr<String>,
    /// Placement group, by name.
    pub group_name: Attr<String>,
    /// Placement group, by ID.
    pub group_id: Attr<String>,
    /// Number of the partition, in a partition placement group.
    pub partition_number: Attr<i64>,
    /// Whose hardware instances run on: shared (`default`), of this account alone (`dedicated`), or a Dedicated Host
    /// (`host`).
    #[attr(validate = validators::one_of(&["default", "dedicated", "host"]))]
    pub tenancy: Attr<String>,
    /// Affinity to a Dedicated Host.
    pub affinity: Attr<String>,
    /// ID of the Dedicated Host.
    pub host_id: Attr<String>,
    /// ARN of the host resource group.
    pub host_resource_group_arn: Attr<String>,
}

/// Which capacity reservation instances use.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct CapacityReservationSpecification {
    /// `open` uses any reservation that matches, `none` uses none, `capacity-reservations-only` launches in reservations
    /// or not at all.
    #[attr(validate = validators::one_of(&["open", "none", "capacity-reservations-only"]))]
    pub capacity_reservation_preference: Attr<String>,
    /// One reservation or group of them; a Capacity Block is named here too.
    pub capacity_reservation_target: Attr<CapacityReservationTarget>,
}

/// One reservation or a group of them.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct CapacityReservationTarget {
    /// ID of the reservation.
    pub capacity_reservation_id: Attr<String>,
    /// ARN of the group.
    pub capacity_reservation_resource_group_arn: Attr<String>,
}

/// How instances are bought.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct InstanceMarketOptions {
    /// The way to buy.
    #[attr(validate = validators::one_of(&["spot", "capacity-block"]))]
    pub market_type: Attr<String>,
    /// Further options of `spot`.
    pub spot_options: Attr<SpotOptions>,
}

/// Spot instances.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct SpotOptions {
    /// Highest price per hour in US dollars; the On-Demand price if left out.
    pub max_price: Attr<String>,
    /// Whether the request ends with its instance.
    #[attr(validate = validators::one_of(&["one-time", "persistent"]))]
    pub spot_instance_type: Attr<String>,
    /// What an interruption does to the instance.
    #[attr(validate = validators::one_of(&["hibernate", "stop", "terminate"]))]
    pub instance_interruption_behavior: Attr<String>,
}

/// CloudWatch monitoring.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct Monitoring {
    /// Metrics each minute instead of every five minutes.
    pub enabled: Attr<bool>,
}

/// Cores and threads of an instance.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(type_name = "LaunchTemplateCpuOptions")]
pub struct CpuOptions {
    /// Number of cores; needs `threads_per_core`.
    #[attr(validate = validators::between(1, 1024))]
    pub core_count: Attr<i64>,
    /// Threads per core: 1 turns simultaneous multithreading off; needs `core_count`.
    #[attr(validate = validators::between(1, 2))]
    pub threads_per_core: Attr<i64>,
    /// AMD SEV-SNP, on instance types that have it.
    #[attr(validate = validators::one_of(&["enabled", "disabled"]))]
    pub amd_sev_snp: Attr<String>,
    /// Virtualization inside the instance.
    #[attr(validate = validators::one_of(&["enabled", "disabled"]))]
    pub nested_virtualization: Attr<String>,
}

/// Hostnames of an instance and what DNS answers for them.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct PrivateDnsNameOptions {
    /// What the hostname is made of: the private IPv4 address (`ip-name`) or the instance ID (`resource-name`).
    #[attr(validate = validators::one_of(&["ip-name", "resource-name"]))]
    pub hostname_type: Attr<String>,
    /// Whether DNS has an A record for the name made of the instance ID.
    pub enable_resource_name_dns_a_record: Attr<bool>,
    /// Whether DNS has an AAAA record for the name made of the instance ID.
    pub enable_resource_name_dns_aaaa_record: Attr<bool>,
}

/// What EC2 does when an instance's hardware fails.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct MaintenanceOptions {
    /// `default` recovers an instance on other hardware, `disabled` does not.
    #[attr(validate = validators::one_of(&["default", "disabled"]))]
    pub auto_recovery: Attr<String>,
}

/// Tags of one type of resource that is launched.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TagSpecification {
    /// Type of what is launched.
    #[attr(
        required,
        validate = validators::one_of(&["instance", "volume", "network-interface", "spot-instances-request"])
    )]
    pub resource_type: Attr<String>,
    /// The tags.
    #[attr(required, validate = tag_rules())]
    pub tags: Attr<Tags>,
}
