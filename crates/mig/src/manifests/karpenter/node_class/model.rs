//! What a node class can say: every field of `karpenter.k8s.aws/v1`, as of Karpenter 1.15.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::boot::{ClusterDetails, DEFAULT_DEADLINE_SECONDS, OnFailure, RenderVersion, UserPart};
use crate::manifests::extra::Extra;

/// How a node class is made.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeClassOptions {
    /// Name of the object; up to 63 letters, since Karpenter makes a label value of it.
    pub name: String,
    /// Labels of the object.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the object.
    pub annotations: BTreeMap<String, String>,
    /// Which user data and which defaults are rendered. A new one rolls nodes.
    pub render_version: RenderVersion,
    /// What a node does whose GPUs cannot be cut. Joining with a taint is refused here.
    pub on_failure: OnFailure,
    /// Seconds that the boot script may take in all.
    pub deadline_seconds: u32,
    /// The user's own parts of the user data before ours.
    pub parts_before: Vec<UserPart>,
    /// The user's own parts of the user data after ours.
    pub parts_after: Vec<UserPart>,
    /// What a node needs to join, for images of the family `Custom`, into whose user data Karpenter merges nothing.
    pub cluster: Option<ClusterDetails>,
    /// `AL2023`, `Bottlerocket` or `Custom`; none where an alias says it.
    pub ami_family: Option<String>,
    /// Images; one of the terms must fit.
    pub ami_selector_terms: Vec<AmiSelectorTerm>,
    /// Subnets; one of the terms must fit.
    pub subnet_selector_terms: Vec<SubnetSelectorTerm>,
    /// Security groups; one of the terms must fit.
    pub security_group_selector_terms: Vec<SecurityGroupSelectorTerm>,
    /// Capacity reservations and blocks; one of the terms must fit.
    pub capacity_reservation_selector_terms: Vec<CapacityReservationSelectorTerm>,
    /// Placement group of all nodes.
    pub placement_group_selector: Option<PlacementGroupSelector>,
    /// Interfaces by network card; none leaves them to Karpenter, which attaches EFA as pods ask for it.
    pub network_interfaces: Vec<NetworkInterface>,
    /// IAM role of the nodes, for which Karpenter makes an instance profile; or `instance_profile`.
    pub role: Option<String>,
    /// Existing instance profile; or `role`.
    pub instance_profile: Option<String>,
    /// Disks; none takes defaults that hold GPU images, an empty list leaves them to the image.
    pub block_device_mappings: Option<Vec<BlockDeviceMapping>>,
    /// `RAID0` joins the instance's own NVMe disks for containers and pods.
    pub instance_store_policy: Option<String>,
    /// Instance metadata service.
    pub metadata_options: MetadataOptions,
    /// KubeletConfiguration by its own keys (`maxPods`); Karpenter 1.15 hands any of them on.
    pub kubelet: BTreeMap<String, Value>,
    /// CPU options.
    pub cpu_options: Option<CpuOptions>,
    /// Nitro Enclaves.
    pub enclave_options: Option<EnclaveOptions>,
    /// Idle timeouts of tracked connections.
    pub connection_tracking: Option<ConnectionTracking>,
    /// Tags of instances, volumes and launch templates.
    pub tags: BTreeMap<String, String>,
    /// Whether nodes get public addresses; none leaves it to the subnet.
    pub associate_public_ip_address: Option<bool>,
    /// One-minute metrics in CloudWatch.
    pub detailed_monitoring: Option<bool>,
    /// IPv4 prefixes of the network interface.
    pub ip_prefix_count: Option<i64>,
    /// Reserved by EC2.
    pub context: Option<String>,
    /// Further fields of the spec.
    pub extra: Extra,
}

impl Default for NodeClassOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            render_version: RenderVersion::default(),
            on_failure: OnFailure::default(),
            deadline_seconds: DEFAULT_DEADLINE_SECONDS,
            parts_before: Vec::new(),
            parts_after: Vec::new(),
            cluster: None,
            ami_family: None,
            ami_selector_terms: Vec::new(),
            subnet_selector_terms: Vec::new(),
            security_group_selector_terms: Vec::new(),
            capacity_reservation_selector_terms: Vec::new(),
            placement_group_selector: None,
            network_interfaces: Vec::new(),
            role: None,
            instance_profile: None,
            block_device_mappings: None,
            instance_store_policy: None,
            metadata_options: MetadataOptions::default(),
            kubelet: BTreeMap::new(),
            cpu_options: None,
            enclave_options: None,
            connection_tracking: None,
            tags: BTreeMap::new(),
            associate_public_ip_address: None,
            detailed_monitoring: None,
            ip_prefix_count: None,
            context: None,
            extra: Extra::new(),
        }
    }
}

/// Images: by alias, by ID, by SSM parameter, or by name, owner and tags together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiSelectorTerm {
    /// `al2023@v20261003`: family and release of an EKS image. Karpenter then takes the NVIDIA image for GPU types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `ami-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The image's name; `*` and `?` stand for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Account number, `self`, `amazon` or `aws-marketplace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Name or ARN of the parameter that holds the image's ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssm_parameter: Option<String>,
    /// The image's tags; the value `*` stands for any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Subnets: by ID or by tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubnetSelectorTerm {
    /// `subnet-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The subnet's tags; the value `*` stands for any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Security groups: by ID, by name or by tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupSelectorTerm {
    /// `sg-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The group's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The group's tags; the value `*` stands for any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Capacity reservations: by ID, or by owner, match criteria and tags together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CapacityReservationSelectorTerm {
    /// `cr-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `open` or `targeted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_match_criteria: Option<String>,
    /// Account number of the owner.
    #[serde(rename = "ownerID", skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    /// The reservation's tags; the value `*` stands for any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// A placement group: by name or by ID.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacementGroupSelector {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `pg-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// One network interface of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterface {
    /// Index of the network card.
    pub network_card_index: i64,
    /// Index of the device on its card.
    pub device_index: i64,
    /// `interface` or `efa-only`.
    pub interface_type: String,
}

/// One disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockDeviceMapping {
    /// `/dev/xvda`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// Whether kubelet's files lie on it; true for at most one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_volume: Option<bool>,
    /// The volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs: Option<Ebs>,
}

/// An EBS volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ebs {
    /// Whether it ends with the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_on_termination: Option<bool>,
    /// Whether it is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Operations per second, for gp3, io1 and io2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iops: Option<i64>,
    /// Key, alias or ARN.
    #[serde(rename = "kmsKeyID", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `snap-...`
    #[serde(rename = "snapshotID", skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// MiB per second, for gp3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i64>,
    /// MiB per second at which a snapshot is loaded, 100 to 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_initialization_rate: Option<i64>,
    /// `200Gi`: whole number with Gi, G, Ti or T.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_size: Option<String>,
    /// `gp3`, `gp2`, `io1`, `io2`, `sc1`, `st1` or `standard`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
}

/// The instance metadata service. The defaults are written out, so that they are ours and not the server's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataOptions {
    /// `enabled`; nodes read their user data through it.
    pub http_endpoint: String,
    /// `enabled` or `disabled`.
    #[serde(rename = "httpProtocolIPv6")]
    pub http_protocol_ipv6: String,
    /// Hops that an answer may take. 1 keeps pods away from the node's role; 2 lets them use it, as pods need that find
    /// their region or credentials there.
    pub http_put_response_hop_limit: i64,
    /// `required` (IMDSv2) or `optional`.
    pub http_tokens: String,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self {
            http_endpoint: "enabled".to_owned(),
            http_protocol_ipv6: "disabled".to_owned(),
            http_put_response_hop_limit: 1,
            http_tokens: "required".to_owned(),
        }
    }
}

/// CPU options.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CpuOptions {
    /// `enabled` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nested_virtualization: Option<String>,
}

/// Nitro Enclaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EnclaveOptions {
    /// Whether they are possible.
    pub enabled: bool,
}

/// Seconds until an idle connection is forgotten; at least one is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTracking {
    /// Of an established TCP connection, 60 to 432000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_established_timeout: Option<i64>,
    /// Of a UDP flow with more than one exchange, 60 to 180.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udp_stream_timeout: Option<i64>,
    /// Of another UDP flow, 30 to 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udp_timeout: Option<i64>,
}
