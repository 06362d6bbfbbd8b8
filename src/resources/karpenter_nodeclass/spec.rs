//! The nested attributes of a node class: Karpenter's own, in snake case.

use std::collections::BTreeMap;

use mig::ec2::disk::{INITIALIZATION_RATE, VOLUME_TYPES};
use mig::ec2::metadata::{HOP_LIMIT, HTTP_TOKENS};
use mig::manifests::karpenter::choices;
use tfplug::schema::validators::{declared_between, declared_one_of};
use tfplug::{Attr, Model};

/// Images: by alias, by ID, by SSM parameter, or by name, owner and tags together.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AmiSelectorTermModel {
    /// Family and release of an EKS image, such as `al2023@v20261003` or `bottlerocket@v1.68.0`. Karpenter takes its
    /// variant for NVIDIA GPUs. `latest` rolls all nodes whenever AWS publishes an image.
    pub alias: Attr<String>,
    /// ID of an image.
    pub id: Attr<String>,
    /// Name of images; `*` and `?` stand for others.
    pub name: Attr<String>,
    /// Owner: account number, `self`, `amazon` or `aws-marketplace`.
    pub owner: Attr<String>,
    /// Name or ARN of an SSM parameter that holds the image's ID.
    pub ssm_parameter: Attr<String>,
    /// Tags of images; the value `*` stands for any.
    pub tags: Attr<BTreeMap<String, String>>,
}

/// Subnets: by ID or by tags.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct SubnetSelectorTermModel {
    /// ID of a subnet.
    pub id: Attr<String>,
    /// Tags of subnets; the value `*` stands for any.
    pub tags: Attr<BTreeMap<String, String>>,
}

/// Security groups: by ID, by name or by tags.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct SecurityGroupSelectorTermModel {
    /// ID of a security group.
    pub id: Attr<String>,
    /// Name of a security group.
    pub name: Attr<String>,
    /// Tags of security groups; the value `*` stands for any.
    pub tags: Attr<BTreeMap<String, String>>,
}

/// Capacity reservations and blocks: by ID, or by owner, match criteria and tags together.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct CapacityReservationSelectorTermModel {
    /// ID of a reservation.
    pub id: Attr<String>,
    /// Which instances the reservation accepts.
    #[attr(validate = declared_one_of(&choices::MATCH_CRITERIA))]
    pub instance_match_criteria: Attr<String>,
    /// Account number of the owner.
    #[attr(json = "ownerID")]
    pub owner_id: Attr<String>,
    /// Tags of reservations; the value `*` stands for any.
    pub tags: Attr<BTreeMap<String, String>>,
}

/// A placement group: by name or by ID.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct PlacementGroupSelectorModel {
    /// Its name.
    pub name: Attr<String>,
    /// Its ID.
    pub id: Attr<String>,
}

/// One network interface of a node.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NetworkInterfaceModel {
    /// Index of the network card.
    #[attr(required)]
    pub network_card_index: Attr<i64>,
    /// Index of the device on its card.
    #[attr(required)]
    pub device_index: Attr<i64>,
    /// Kind of the interface.
    #[attr(validate = declared_one_of(&choices::INTERFACE_TYPES), required)]
    pub interface_type: Attr<String>,
}

/// One disk.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct BlockDeviceMappingModel {
    /// Name of the device, such as `/dev/xvda`.
    pub device_name: Attr<String>,
    /// Whether kubelet's files lie on it; true for at most one.
    pub root_volume: Attr<bool>,
    /// The volume.
    pub ebs: Attr<EbsModel>,
}

/// An EBS volume.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct EbsModel {
    /// Whether it ends with the instance.
    pub delete_on_termination: Attr<bool>,
    /// Whether it is encrypted.
    pub encrypted: Attr<bool>,
    /// Operations per second, for gp3, io1 and io2.
    pub iops: Attr<i64>,
    /// Key, alias or ARN.
    #[attr(json = "kmsKeyID")]
    pub kms_key_id: Attr<String>,
    /// Snapshot that it is made of.
    #[attr(json = "snapshotID")]
    pub snapshot_id: Attr<String>,
    /// MiB per second, for gp3.
    pub throughput: Attr<i64>,
    /// MiB per second at which a snapshot is loaded.
    #[attr(validate = declared_between(INITIALIZATION_RATE.0, INITIALIZATION_RATE.1))]
    pub volume_initialization_rate: Attr<i64>,
    /// Size, such as `200Gi`: a whole number with Gi, G, Ti or T.
    pub volume_size: Attr<String>,
    /// Type of the volume.
    #[attr(validate = declared_one_of(&VOLUME_TYPES))]
    pub volume_type: Attr<String>,
}

/// The instance metadata service.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct MetadataOptionsModel {
    /// Whether the service answers. Nodes read their user data through it, so it must be `enabled`.
    #[attr(validate = declared_one_of(&choices::SWITCH))]
    pub http_endpoint: Attr<String>,
    /// Whether the service answers over IPv6; `disabled` if left out.
    #[attr(validate = declared_one_of(&choices::SWITCH), json = "httpProtocolIPv6")]
    pub http_protocol_ipv6: Attr<String>,
    /// Hops that an answer may take; 1 if left out, which keeps pods away from the node's role.
    #[attr(validate = declared_between(HOP_LIMIT.0, HOP_LIMIT.1))]
    pub http_put_response_hop_limit: Attr<i64>,
    /// Whether a token is needed; `required` (IMDSv2) if left out.
    #[attr(validate = declared_one_of(&HTTP_TOKENS))]
    pub http_tokens: Attr<String>,
}

/// Kubelet's configuration.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct KubeletModel {
    /// Addresses of the cluster's DNS.
    #[attr(json = "clusterDNS")]
    pub cluster_dns: Attr<Vec<String>>,
    /// Most pods of a node.
    pub max_pods: Attr<i64>,
    /// Most pods for each core.
    pub pods_per_core: Attr<i64>,
    /// Reserved for the system: quantity by `cpu`, `memory`, `ephemeral-storage`, `pid`.
    pub system_reserved: Attr<BTreeMap<String, String>>,
    /// Reserved for Kubernetes: quantity by `cpu`, `memory`, `ephemeral-storage`, `pid`.
    pub kube_reserved: Attr<BTreeMap<String, String>>,
    /// Hard eviction thresholds by signal, such as `memory.available`.
    pub eviction_hard: Attr<BTreeMap<String, String>>,
    /// Soft eviction thresholds by signal; each needs a grace period.
    pub eviction_soft: Attr<BTreeMap<String, String>>,
    /// Grace periods of the soft thresholds, by signal.
    pub eviction_soft_grace_period: Attr<BTreeMap<String, String>>,
    /// Most seconds that a pod gets to end on a soft eviction.
    pub eviction_max_pod_grace_period: Attr<i64>,
    /// Percentage of the disk from which on images are collected.
    #[attr(validate = declared_between(choices::PERCENT.0, choices::PERCENT.1), json = "imageGCHighThresholdPercent")]
    pub image_gc_high_threshold_percent: Attr<i64>,
    /// Percentage of the disk down to which images are collected.
    #[attr(validate = declared_between(choices::PERCENT.0, choices::PERCENT.1), json = "imageGCLowThresholdPercent")]
    pub image_gc_low_threshold_percent: Attr<i64>,
    /// Whether CPU limits are enforced.
    #[attr(json = "cpuCFSQuota")]
    pub cpu_cfs_quota: Attr<bool>,
    /// Further keys of KubeletConfiguration as a JSON object, for Karpenter from 1.15 on:
    /// `jsonencode({ topologyManagerPolicy = "single-numa-node" })`.
    #[attr(no_json)]
    pub extra: Attr<String>,
}

/// CPU options.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct CpuOptionsModel {
    /// Nested virtualization.
    #[attr(validate = declared_one_of(&choices::SWITCH))]
    pub nested_virtualization: Attr<String>,
}

/// Nitro Enclaves.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct EnclaveOptionsModel {
    /// Whether they are possible.
    #[attr(required)]
    pub enabled: Attr<bool>,
}

/// Seconds until an idle connection is forgotten.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ConnectionTrackingModel {
    /// Seconds without traffic after which an established TCP connection is forgotten.
    #[attr(validate = declared_between(choices::TCP_ESTABLISHED_SECONDS.0, choices::TCP_ESTABLISHED_SECONDS.1))]
    pub tcp_established_timeout: Attr<i64>,
    /// The same of a UDP flow with more than one exchange, in seconds.
    #[attr(validate = declared_between(choices::UDP_STREAM_SECONDS.0, choices::UDP_STREAM_SECONDS.1))]
    pub udp_stream_timeout: Attr<i64>,
    /// The same of a UDP flow with one exchange, in seconds.
    #[attr(validate = declared_between(choices::UDP_SECONDS.0, choices::UDP_SECONDS.1))]
    pub udp_timeout: Attr<i64>,
}
