//! From checked options to the object.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::NodeClassOptions;
use super::model::{BlockDeviceMapping, Ebs};
use crate::boot::RenderVersion;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::{AWS_GROUP, metadata};

/// The fields that have an option, each with all that it holds unless its own fields are listed.
pub(super) const FIELDS: [&str; 27] = [
    "amiFamily",
    "amiSelectorTerms",
    "associatePublicIPAddress",
    "blockDeviceMappings",
    "capacityReservationSelectorTerms",
    "connectionTracking.tcpEstablishedTimeout",
    "connectionTracking.udpStreamTimeout",
    "connectionTracking.udpTimeout",
    "context",
    "cpuOptions.nestedVirtualization",
    "detailedMonitoring",
    "enclaveOptions.enabled",
    "instanceProfile",
    "instanceStorePolicy",
    "ipPrefixCount",
    "kubelet",
    "metadataOptions.httpEndpoint",
    "metadataOptions.httpProtocolIPv6",
    "metadataOptions.httpPutResponseHopLimit",
    "metadataOptions.httpTokens",
    "networkInterfaces",
    "placementGroupSelector",
    "role",
    "securityGroupSelectorTerms",
    "subnetSelectorTerms",
    "tags",
    "userData",
];

pub(super) fn object(options: &NodeClassOptions, family: AmiFamily, user_data: &str) -> Value {
    json!({
        "apiVersion": format!("{AWS_GROUP}/v1"),
        "kind": "EC2NodeClass",
        "metadata": metadata::render(&options.name, &options.labels, &options.annotations),
        "spec": spec(options, family, user_data),
    })
}

fn spec(options: &NodeClassOptions, family: AmiFamily, user_data: &str) -> Value {
    let mut spec = Map::new();
    let mut put = |key: &str, value: Value| {
        let absent = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !absent {
            spec.insert(key.to_owned(), value);
        }
    };
    put("amiFamily", json!(options.ami_family));
    put("amiSelectorTerms", json!(options.ami_selector_terms));
    put(
        "associatePublicIPAddress",
        json!(options.associate_public_ip_address),
    );
    put("blockDeviceMappings", json!(disks(options, family)));
    put(
        "capacityReservationSelectorTerms",
        json!(options.capacity_reservation_selector_terms),
    );
    put("connectionTracking", json!(options.connection_tracking));
    put("context", json!(options.context));
    put("cpuOptions", json!(options.cpu_options));
    put("detailedMonitoring", json!(options.detailed_monitoring));
    put("enclaveOptions", json!(options.enclave_options));
    put("instanceProfile", json!(options.instance_profile));
    put("instanceStorePolicy", json!(options.instance_store_policy));
    put("ipPrefixCount", json!(options.ip_prefix_count));
    put("kubelet", json!(not_empty(&options.kubelet)));
    put("metadataOptions", json!(options.metadata_options));
    put("networkInterfaces", json!(options.network_interfaces));
    put("placementGroupSelector", json!(options.placement_group_selector));
    put("role", json!(options.role));
    put(
        "securityGroupSelectorTerms",
        json!(options.security_group_selector_terms),
    );
    put("subnetSelectorTerms", json!(options.subnet_selector_terms));
    put("tags", json!(not_empty(&options.tags)));
    put("userData", json!(user_data));
    Value::Object(spec)
}

fn not_empty<T>(map: &BTreeMap<String, T>) -> Option<&BTreeMap<String, T>> {
    Some(map).filter(|map| !map.is_empty())
}

/// The user's disks, or defaults. They are part of what Karpenter hashes, so a render version keeps them for ever.
fn disks(options: &NodeClassOptions, family: AmiFamily) -> Vec<BlockDeviceMapping> {
    if let Some(disks) = &options.block_device_mappings {
        return disks.clone();
    }
    match options.render_version {
        RenderVersion::V1 | RenderVersion::V2 | RenderVersion::V3 => disks_v1(family),
    }
}

/// Images with CUDA and a framework have 10 to 30 GB each, and Karpenter's own default of 20 GiB holds none beside the
/// system. 500 MiB/s is what 3,000 operations per second, which a gp3 volume has anyway, can carry twice over the default.
fn disks_v1(family: AmiFamily) -> Vec<BlockDeviceMapping> {
    let disk = |device: &str, size: &str, throughput: Option<i64>| BlockDeviceMapping {
        device_name: Some(device.to_owned()),
        root_volume: None,
        ebs: Some(Ebs {
            delete_on_termination: Some(true),
            encrypted: Some(true),
            throughput,
            volume_size: Some(size.to_owned()),
            volume_type: Some("gp3".to_owned()),
            ..Ebs::default()
        }),
    };
    match family {
        AmiFamily::Al2023 => vec![disk("/dev/xvda", "200Gi", Some(500))],
        // The system's disk, as large as Karpenter makes it, and the one for images and containers.
        AmiFamily::Bottlerocket => {
            vec![
                disk("/dev/xvda", "6Gi", None),
                disk("/dev/xvdb", "200Gi", Some(500)),
            ]
        }
        // Nobody but its maker knows the devices of such an image.
        AmiFamily::Custom => Vec::new(),
    }
}
