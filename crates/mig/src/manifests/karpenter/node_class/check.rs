//! Everything about a node class that can be known before it is applied.

use super::{NodeClassOptions, disks, kubelet, selectors};
use crate::boot::OnFailure;
use crate::ec2::interface::Interface;
use crate::ec2::metadata::Metadata;
use crate::ec2::{self, Given};
use crate::layout::Layout;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::metadata;
use crate::manifests::karpenter::place::{Findings, Place};

/// Tags that Karpenter sets itself.
const OWN_TAGS: [&str; 4] = [
    "eks:eks-cluster-name",
    "karpenter.k8s.aws/ec2nodeclass",
    "karpenter.sh/nodeclaim",
    "karpenter.sh/nodepool",
];

const MOST_INTERFACES: usize = 150;

/// Seconds from launch after which Karpenter gives up a node that has not registered.
const REGISTRATION_SECONDS: u32 = 900;

/// Gives the family of the user data, where it is certain.
pub(super) fn check(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodeClassOptions,
) -> Option<AmiFamily> {
    metadata::check_name(findings, &Place::of("name"), &options.name);
    metadata::check_labels(findings, &Place::of("labels"), &options.labels);
    metadata::check_annotations(findings, &Place::of("annotations"), &options.annotations);
    let family = selectors::images(findings, options);
    selectors::networks(findings, options);
    selectors::reservations(findings, options);
    selectors::placement_group(findings, options);
    identity(findings, options);
    failure(findings, options);
    disks::check(findings, options);
    metadata_options(findings, options);
    kubelet::check(findings, options, family);
    small_fields(findings, options);
    interfaces(findings, options);
    tags(findings, options);
    if family == Some(AmiFamily::Custom) && layout.is_cut() {
        custom_taint(findings);
    }
    family
}

fn identity(findings: &mut Findings, options: &NodeClassOptions) {
    findings.not_empty(&Place::of("role"), options.role.as_ref());
    let profile = Place::of("instance_profile");
    let name = options.instance_profile.as_deref();
    findings.ec2(&profile, name.and_then(ec2::instance_profile::name_fault));
    match (&options.role, &options.instance_profile) {
        (Some(_), Some(_)) => findings.fault(
            &Place::of("instance_profile"),
            "role and instance_profile exclude one another",
            "Give the role, for which Karpenter makes a profile, or an existing profile.",
        ),
        (None, None) => findings.fault(
            &Place::of("role"),
            "The nodes have no identity",
            "Give role, the IAM role of the nodes, or instance_profile.",
        ),
        _ => {}
    }
}

fn failure(findings: &mut Findings, options: &NodeClassOptions) {
    if options.on_failure == OnFailure::JoinTainted {
        findings.fault(
            &Place::of("on_failure"),
            "A node that joins without its slices makes Karpenter buy the next one",
            format!(
                "The pods still wait, and Karpenter launches node after node, within a second each. Use \"halt\" (default) or \
                 \"terminate\": a node that never joins is replaced after {REGISTRATION_SECONDS} seconds, within the pool's \
                 limits."
            ),
        );
    }
}

fn metadata_options(findings: &mut Findings, options: &NodeClassOptions) {
    let metadata = &options.metadata_options;
    let faults = ec2::metadata::check(&Metadata {
        http_endpoint: Given::Known(&metadata.http_endpoint),
        http_protocol_ipv6: Given::Known(&metadata.http_protocol_ipv6),
        http_tokens: Given::Known(&metadata.http_tokens),
        hop_limit: Given::Known(metadata.http_put_response_hop_limit),
    });
    findings.ec2(&Place::of("metadata_options"), faults);
}

fn small_fields(findings: &mut Findings, options: &NodeClassOptions) {
    findings.word(
        &Place::of("instance_store_policy"),
        options.instance_store_policy.as_ref(),
        &["RAID0"],
    );
    findings.range(
        &Place::of("ip_prefix_count"),
        options.ip_prefix_count,
        0,
        i64::from(i32::MAX),
    );
    if let Some(cpu) = &options.cpu_options {
        let place = Place::of("cpu_options").attr("nested_virtualization");
        findings.word(
            &place,
            cpu.nested_virtualization.as_ref(),
            &["enabled", "disabled"],
        );
    }
    let Some(tracking) = &options.connection_tracking else {
        return;
    };
    let place = Place::of("connection_tracking");
    findings.range(
        &place.attr("tcp_established_timeout"),
        tracking.tcp_established_timeout,
        60,
        432_000,
    );
    findings.range(
        &place.attr("udp_stream_timeout"),
        tracking.udp_stream_timeout,
        60,
        180,
    );
    findings.range(&place.attr("udp_timeout"), tracking.udp_timeout, 30, 60);
    if *tracking == Default::default() {
        let detail = "Give tcp_established_timeout, udp_stream_timeout or udp_timeout, or leave it out.";
        findings.fault(&place, "connection_tracking says nothing", detail);
    }
}

fn interfaces(findings: &mut Findings, options: &NodeClassOptions) {
    let place = Place::of("network_interfaces");
    let all = &options.network_interfaces;
    findings.at_most(&place, all.len(), MOST_INTERFACES);
    let most = i64::from(i32::MAX);
    for (index, interface) in all.iter().enumerate() {
        let at = place.index(index);
        let (card, device) = (interface.network_card_index, interface.device_index);
        findings.range(&at.attr("network_card_index"), Some(card), 0, most);
        findings.range(&at.attr("device_index"), Some(device), 0, most);
        findings.word(
            &at.attr("interface_type"),
            Some(&interface.interface_type),
            &["interface", "efa-only"],
        );
    }
    let plain: Vec<_> = all.iter().map(interface).collect();
    findings.ec2(&place, ec2::interface::check(&plain));
}

fn interface(interface: &super::NetworkInterface) -> Interface<'_> {
    Interface {
        card: Given::Known(interface.network_card_index),
        device: Given::Known(interface.device_index),
        interface_type: Given::Known(&interface.interface_type),
        ..Interface::default()
    }
}

fn tags(findings: &mut Findings, options: &NodeClassOptions) {
    let place = Place::of("tags");
    for key in options.tags.keys() {
        let at = place.key(key);
        if OWN_TAGS.contains(&key.as_str()) || key.starts_with("kubernetes.io/cluster") {
            findings.fault(
                &at,
                format!("The tag {key} cannot be set"),
                "Karpenter sets it itself.",
            );
        }
    }
    findings.ec2(&place, ec2::tags::check(&options.tags));
}

fn custom_taint(findings: &mut Findings) {
    findings.warn(
        &Place::of("ami_family"),
        "Karpenter hands this user data on as it is",
        "The user data names the cluster and registers the node with the layout's labels and taints and \
         karpenter.sh/unregistered. Taints and labels that a pool adds reach the node only when Karpenter registers it, and \
         kubelet settings of the class not at all.",
    );
}
