//! Everything about a node class that can be known before it is applied.

use serde_json::Value;

use super::{NodeClassOptions, disks, kubelet, selectors};
use crate::boot::OnFailure;
use crate::ec2;
use crate::ec2::interface::Interface;
use crate::ec2::metadata::Metadata;
use crate::layout::Layout;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::field::Field;
use crate::manifests::karpenter::place::{Findings, Place};
use crate::manifests::karpenter::{choices, metadata};

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

/// Gives the family of the user data, where it is certain. The class is one with its metadata options.
pub(super) fn check(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodeClassOptions,
    class: &Value,
) -> Option<AmiFamily> {
    let spec = &Field::of(class, "spec");
    metadata::check(findings, class);
    let family = selectors::images(findings, spec);
    selectors::networks(findings, spec);
    selectors::reservations(findings, spec);
    selectors::placement_group(findings, spec);
    identity(findings, spec);
    failure(findings, options);
    disks::check(findings, spec);
    metadata_options(findings, spec);
    kubelet::check(findings, &spec.get("kubelet"), family);
    small_fields(findings, spec);
    interfaces(findings, spec);
    tags(findings, spec);
    if family == Some(AmiFamily::Custom) && layout.is_cut() {
        custom_taint(findings, spec);
    }
    family
}

fn identity(findings: &mut Findings, spec: &Field<'_>) {
    let (role, profile) = (spec.get("role"), spec.get("instanceProfile"));
    findings.not_blank(&role);
    findings.ec2(
        &profile,
        profile.text().and_then(ec2::instance_profile::name_fault),
    );
    match (role.is_given(), profile.is_given()) {
        (true, true) => findings.fault(
            &profile,
            "A role and an instance profile exclude one another",
            "Give the role, for which Karpenter makes a profile, or an existing profile.",
        ),
        (false, false) => findings.fault(
            &role,
            "The nodes have no identity",
            "Give the IAM role of the nodes, or an instance profile.",
        ),
        _ => {}
    }
}

fn failure(findings: &mut Findings, options: &NodeClassOptions) {
    if options.on_failure == OnFailure::JoinTainted {
        findings.fault(
            Place::of("on_failure"),
            "A node that joins without its slices makes Karpenter buy the next one",
            format!(
                "The pods still wait, and Karpenter launches node after node, within a second each. Use \"halt\" (default) or \
                 \"terminate\": a node that never joins is replaced after {REGISTRATION_SECONDS} seconds, within the pool's \
                 limits."
            ),
        );
    }
}

fn metadata_options(findings: &mut Findings, spec: &Field<'_>) {
    let metadata = spec.get("metadataOptions");
    let faults = ec2::metadata::check(&Metadata {
        http_endpoint: metadata.get("httpEndpoint").text().into(),
        http_protocol_ipv6: metadata.get("httpProtocolIPv6").text().into(),
        http_tokens: metadata.get("httpTokens").text().into(),
        hop_limit: metadata.get("httpPutResponseHopLimit").number().into(),
    });
    findings.ec2(&metadata, faults);
}

fn small_fields(findings: &mut Findings, spec: &Field<'_>) {
    findings.one_of(
        &spec.get("instanceStorePolicy"),
        &choices::INSTANCE_STORE_POLICIES,
    );
    findings.within(&spec.get("ipPrefixCount"), (0, i64::from(i32::MAX)));
    let nested = spec.get("cpuOptions").get("nestedVirtualization");
    findings.one_of(&nested, &choices::SWITCH);
    let tracking = spec.get("connectionTracking");
    findings.within(
        &tracking.get("tcpEstablishedTimeout"),
        choices::TCP_ESTABLISHED_SECONDS,
    );
    findings.within(&tracking.get("udpStreamTimeout"), choices::UDP_STREAM_SECONDS);
    findings.within(&tracking.get("udpTimeout"), choices::UDP_SECONDS);
    if tracking.is_given() && tracking.is_empty() {
        let detail = "Give at least one of its timeouts, or leave it out.";
        findings.fault(&tracking, "The connection tracking says nothing", detail);
    }
}

fn interfaces(findings: &mut Findings, spec: &Field<'_>) {
    let field = spec.get("networkInterfaces");
    let all = field.items();
    findings.at_most(&field, all.len(), MOST_INTERFACES);
    let any = (0, i64::from(i32::MAX));
    for interface in &all {
        findings.within(&interface.get("networkCardIndex"), any);
        findings.within(&interface.get("deviceIndex"), any);
        findings.one_of(&interface.get("interfaceType"), &choices::INTERFACE_TYPES);
    }
    let plain: Vec<_> = all.iter().map(interface).collect();
    findings.ec2(&field, ec2::interface::check(&plain));
}

fn interface<'a>(interface: &Field<'a>) -> Interface<'a> {
    Interface {
        card: interface.get("networkCardIndex").number().into(),
        device: interface.get("deviceIndex").number().into(),
        interface_type: interface.get("interfaceType").text().into(),
        ..Interface::default()
    }
}

fn tags(findings: &mut Findings, spec: &Field<'_>) {
    let tags = spec.get("tags");
    for (key, tag) in tags.entries() {
        if OWN_TAGS.contains(&key) || key.starts_with("kubernetes.io/cluster") {
            let summary = format!("The tag {key} cannot be set");
            findings.fault(&tag, summary, "Karpenter sets it itself.");
        }
    }
    findings.ec2(&tags, ec2::tags::check(&tags.texts()));
}

fn custom_taint(findings: &mut Findings, spec: &Field<'_>) {
    findings.warn(
        &spec.get("amiFamily"),
        "Karpenter hands this user data on as it is",
        "The user data names the cluster and registers the node with the layout's labels and taints and \
         karpenter.sh/unregistered. Taints and labels that a pool adds reach the node only when Karpenter registers it, and \
         kubelet settings of the class not at all.",
    );
}
