//! From the attributes to the options of the rendering; `None` wherever something is unknown.

use std::collections::BTreeMap;

use mig::boot::{OnFailure, RenderVersion, UserPart};
use mig::manifests::karpenter::node_class as plain;
use serde_json::{Value as Json, json};
use tfplug::{Attr, Diagnostics, Path};

use super::model::NodeClassModel;
use super::spec::{BlockDeviceMappingModel, EbsModel, KubeletModel, MetadataOptionsModel};
use crate::duration;
use crate::models::{Tags, user_parts};
use crate::resources::karpenter::all;
use crate::resources::manifests::json_object;

/// Kubelet's keys that have attributes of their own.
const KUBELET: [(&str, &str); 12] = [
    ("clusterDNS", "cluster_dns"),
    ("maxPods", "max_pods"),
    ("podsPerCore", "pods_per_core"),
    ("systemReserved", "system_reserved"),
    ("kubeReserved", "kube_reserved"),
    ("evictionHard", "eviction_hard"),
    ("evictionSoft", "eviction_soft"),
    ("evictionSoftGracePeriod", "eviction_soft_grace_period"),
    ("evictionMaxPodGracePeriod", "eviction_max_pod_grace_period"),
    ("imageGCHighThresholdPercent", "image_gc_high_threshold_percent"),
    ("imageGCLowThresholdPercent", "image_gc_low_threshold_percent"),
    ("cpuCFSQuota", "cpu_cfs_quota"),
];

/// The attribute of a key of kubelet's configuration, if it has one.
pub(super) fn kubelet_attribute(key: &str) -> Option<&'static str> {
    KUBELET
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, attribute)| *attribute)
}

/// A value that may be left out; `None` while unknown.
fn maybe<T: Clone>(attr: &Attr<T>) -> Option<Option<T>> {
    Some(attr.settled()?.cloned())
}

/// A collection that is empty if left out; `None` while unknown.
fn or_empty<T: Clone + Default>(attr: &Attr<T>) -> Option<T> {
    Some(maybe(attr)?.unwrap_or_default())
}

/// All of them.
pub(super) fn options(
    model: &NodeClassModel,
    render_version: RenderVersion,
    diags: &mut Diagnostics,
) -> Option<plain::NodeClassOptions> {
    let kubelet = match model.kubelet.settled()? {
        Some(kubelet) => kubelet_keys(kubelet, diags),
        None => Some(BTreeMap::new()),
    };
    let Some(seconds) = duration::parse(model.partition_timeout.as_str()?) else {
        let detail = "Write a whole number and s, m or h, such as 10m or 1m30s.";
        diags.error_at(Path::attr("partition_timeout"), "Not a time", detail);
        return None;
    };
    let (parts_before, parts_after) = extra_parts(model)?;
    Some(plain::NodeClassOptions {
        name: model.name.known()?.clone(),
        labels: or_empty(&model.labels)?,
        annotations: or_empty(&model.annotations)?,
        render_version,
        on_failure: OnFailure::parse(model.on_failure.as_str()?)?,
        deadline_seconds: u32::try_from(seconds.as_secs()).unwrap_or(u32::MAX),
        parts_before,
        parts_after,
        cluster: match model.node_config.settled()? {
            Some(config) => Some(config.cluster()?),
            None => None,
        },
        ami_family: maybe(&model.ami_family)?,
        kubelet: kubelet?,
        role: maybe(&model.role)?,
        instance_profile: maybe(&model.instance_profile)?,
        instance_store_policy: maybe(&model.instance_store_policy)?,
        tags: model.tags.settled()?.map(Tags::set).unwrap_or_default(),
        associate_public_ip_address: maybe(&model.associate_public_ip_address)?,
        detailed_monitoring: maybe(&model.detailed_monitoring)?,
        ip_prefix_count: maybe(&model.ip_prefix_count)?,
        context: maybe(&model.context)?,
        extra: json_object(&model.extra, &Path::attr("extra"), diags)?,
        block_device_mappings: match model.block_device_mappings.settled()? {
            Some(disks) => Some(disks.iter().map(disk).collect::<Option<_>>()?),
            None => None,
        },
        metadata_options: match model.metadata_options.settled()? {
            Some(metadata) => metadata_options(metadata)?,
            None => plain::MetadataOptions::default(),
        },
        ..with_machine(model, with_selectors(model)?)?
    })
}

fn extra_parts(model: &NodeClassModel) -> Option<(Vec<UserPart>, Vec<UserPart>)> {
    match model.extra_user_data.settled()? {
        Some(extra) => Some((user_parts(&extra.before)?, user_parts(&extra.after)?)),
        None => Some((Vec::new(), Vec::new())),
    }
}

fn with_selectors(model: &NodeClassModel) -> Option<plain::NodeClassOptions> {
    Some(plain::NodeClassOptions {
        ami_selector_terms: all(&model.ami_selector_terms, |term| {
            Some(plain::AmiSelectorTerm {
                alias: maybe(&term.alias)?,
                id: maybe(&term.id)?,
                name: maybe(&term.name)?,
                owner: maybe(&term.owner)?,
                ssm_parameter: maybe(&term.ssm_parameter)?,
                tags: or_empty(&term.tags)?,
            })
        })?,
        subnet_selector_terms: all(&model.subnet_selector_terms, |term| {
            Some(plain::SubnetSelectorTerm {
                id: maybe(&term.id)?,
                tags: or_empty(&term.tags)?,
            })
        })?,
        security_group_selector_terms: all(&model.security_group_selector_terms, |term| {
            Some(plain::SecurityGroupSelectorTerm {
                id: maybe(&term.id)?,
                name: maybe(&term.name)?,
                tags: or_empty(&term.tags)?,
            })
        })?,
        capacity_reservation_selector_terms: all(&model.capacity_reservation_selector_terms, |term| {
            Some(plain::CapacityReservationSelectorTerm {
                id: maybe(&term.id)?,
                instance_match_criteria: maybe(&term.instance_match_criteria)?,
                owner_id: maybe(&term.owner_id)?,
                tags: or_empty(&term.tags)?,
            })
        })?,
        ..plain::NodeClassOptions::default()
    })
}

fn with_machine(model: &NodeClassModel, rest: plain::NodeClassOptions) -> Option<plain::NodeClassOptions> {
    Some(plain::NodeClassOptions {
        placement_group_selector: match model.placement_group_selector.settled()? {
            Some(group) => Some(plain::PlacementGroupSelector {
                name: maybe(&group.name)?,
                id: maybe(&group.id)?,
            }),
            None => None,
        },
        network_interfaces: all(&model.network_interfaces, |interface| {
            Some(plain::NetworkInterface {
                network_card_index: *interface.network_card_index.known()?,
                device_index: *interface.device_index.known()?,
                interface_type: interface.interface_type.known()?.clone(),
            })
        })?,
        cpu_options: match model.cpu_options.settled()? {
            Some(cpu) => Some(plain::CpuOptions {
                nested_virtualization: maybe(&cpu.nested_virtualization)?,
            }),
            None => None,
        },
        enclave_options: match model.enclave_options.settled()? {
            Some(enclave) => Some(plain::EnclaveOptions {
                enabled: *enclave.enabled.known()?,
            }),
            None => None,
        },
        connection_tracking: match model.connection_tracking.settled()? {
            Some(tracking) => Some(plain::ConnectionTracking {
                tcp_established_timeout: maybe(&tracking.tcp_established_timeout)?,
                udp_stream_timeout: maybe(&tracking.udp_stream_timeout)?,
                udp_timeout: maybe(&tracking.udp_timeout)?,
            }),
            None => None,
        },
        ..rest
    })
}

fn disk(model: &BlockDeviceMappingModel) -> Option<plain::BlockDeviceMapping> {
    Some(plain::BlockDeviceMapping {
        device_name: maybe(&model.device_name)?,
        root_volume: maybe(&model.root_volume)?,
        ebs: match model.ebs.settled()? {
            Some(ebs) => Some(volume(ebs)?),
            None => None,
        },
    })
}

fn volume(model: &EbsModel) -> Option<plain::Ebs> {
    Some(plain::Ebs {
        delete_on_termination: maybe(&model.delete_on_termination)?,
        encrypted: maybe(&model.encrypted)?,
        iops: maybe(&model.iops)?,
        kms_key_id: maybe(&model.kms_key_id)?,
        snapshot_id: maybe(&model.snapshot_id)?,
        throughput: maybe(&model.throughput)?,
        volume_initialization_rate: maybe(&model.volume_initialization_rate)?,
        volume_size: maybe(&model.volume_size)?,
        volume_type: maybe(&model.volume_type)?,
    })
}

fn metadata_options(model: &MetadataOptionsModel) -> Option<plain::MetadataOptions> {
    let defaults = plain::MetadataOptions::default();
    Some(plain::MetadataOptions {
        http_endpoint: maybe(&model.http_endpoint)?.unwrap_or(defaults.http_endpoint),
        http_protocol_ipv6: maybe(&model.http_protocol_ipv6)?.unwrap_or(defaults.http_protocol_ipv6),
        http_put_response_hop_limit: maybe(&model.http_put_response_hop_limit)?
            .unwrap_or(defaults.http_put_response_hop_limit),
        http_tokens: maybe(&model.http_tokens)?.unwrap_or(defaults.http_tokens),
    })
}

/// Kubelet's configuration by its own keys.
fn kubelet_keys(model: &KubeletModel, diags: &mut Diagnostics) -> Option<BTreeMap<String, Json>> {
    let given = [
        ("clusterDNS", json!(maybe(&model.cluster_dns)?)),
        ("maxPods", json!(maybe(&model.max_pods)?)),
        ("podsPerCore", json!(maybe(&model.pods_per_core)?)),
        ("systemReserved", json!(maybe(&model.system_reserved)?)),
        ("kubeReserved", json!(maybe(&model.kube_reserved)?)),
        ("evictionHard", json!(maybe(&model.eviction_hard)?)),
        ("evictionSoft", json!(maybe(&model.eviction_soft)?)),
        (
            "evictionSoftGracePeriod",
            json!(maybe(&model.eviction_soft_grace_period)?),
        ),
        (
            "evictionMaxPodGracePeriod",
            json!(maybe(&model.eviction_max_pod_grace_period)?),
        ),
        (
            "imageGCHighThresholdPercent",
            json!(maybe(&model.image_gc_high_threshold_percent)?),
        ),
        (
            "imageGCLowThresholdPercent",
            json!(maybe(&model.image_gc_low_threshold_percent)?),
        ),
        ("cpuCFSQuota", json!(maybe(&model.cpu_cfs_quota)?)),
    ];
    let given = given.into_iter().filter(|(_, value)| !value.is_null());
    let mut keys: BTreeMap<String, Json> = given.map(|(key, value)| (key.to_owned(), value)).collect();
    let at = Path::attr("kubelet").attribute("extra");
    for (key, value) in json_object(&model.extra, &at, diags)? {
        if let Some(attribute) = kubelet_attribute(&key) {
            let detail = format!("Give it as kubelet.{attribute}, so that it cannot be said twice.");
            diags.error_at(at.clone(), format!("{key} has an attribute of its own"), detail);
        }
        keys.insert(key, value);
    }
    Some(keys)
}
