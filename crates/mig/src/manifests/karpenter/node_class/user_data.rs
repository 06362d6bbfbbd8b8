//! The user data of a class: in the form of its image family, with faults under the attributes' names.

use super::NodeClassOptions;
use crate::boot::{self, BootOptions, NodeConfig, OnFailure};
use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::field::Field;
use crate::manifests::karpenter::place::{Findings, Place};

/// The text, or none with the faults added.
pub(super) fn render(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodeClassOptions,
    spec: &Field<'_>,
    family: AmiFamily,
    catalog: &Catalog,
) -> Option<String> {
    let before = findings.faults.len();
    let rendered = match family {
        AmiFamily::Bottlerocket => {
            check_bottlerocket(findings, options);
            check_release(findings, layout, spec);
            boot::bottlerocket_settings(layout, catalog)
        }
        AmiFamily::Al2023 => {
            if options.cluster.is_some() {
                let detail = "Karpenter adds the cluster's details to the user data of Amazon Linux 2023. Leave them out.";
                findings.fault(Place::of("node_config"), "Two would name the cluster", detail);
            }
            boot::user_data(layout, &boot_options(options, None)).map(|user_data| user_data.text)
        }
        AmiFamily::Custom => {
            let node_config = node_config(findings, layout, options);
            boot::user_data(layout, &boot_options(options, node_config)).map(|user_data| user_data.text)
        }
    };
    let text = match rendered {
        Ok(text) => Some(text),
        Err(faults) => {
            findings.faults.extend(faults.into_iter().map(at_parts));
            None
        }
    };
    text.filter(|_| findings.faults.len() == before)
}

fn boot_options(options: &NodeClassOptions, node_config: Option<NodeConfig>) -> BootOptions {
    BootOptions {
        render_version: options.render_version,
        on_failure: options.on_failure,
        deadline_seconds: options.deadline_seconds,
        parts_before: options.parts_before.clone(),
        parts_after: options.parts_after.clone(),
        node_config,
    }
}

/// Nothing is merged into the user data of an image of one's own: it names the cluster, and registers with all taints.
fn node_config(findings: &mut Findings, layout: &Layout, options: &NodeClassOptions) -> Option<NodeConfig> {
    let Some(cluster) = options.cluster.clone() else {
        let detail = "Karpenter merges nothing into the user data of the family Custom, so the node could not join. Give \
            the cluster's name, endpoint, certificate authority and service CIDR.";
        findings.fault(
            Place::of("node_config"),
            "The node needs the cluster's details",
            detail,
        );
        return None;
    };
    Some(NodeConfig::full(layout, cluster).until_registered())
}

fn check_bottlerocket(findings: &mut Findings, options: &NodeClassOptions) {
    if !options.parts_before.is_empty() || !options.parts_after.is_empty() {
        let detail =
            "Its user data is TOML and has no parts. Use Amazon Linux 2023, or bootstrap containers.";
        findings.fault(Place::of("extra_user_data"), "Bottlerocket runs no parts", detail);
    }
    if options.on_failure != OnFailure::Halt {
        let detail = "It cuts the GPUs itself, without our boot script. Leave on_failure out.";
        findings.fault(Place::of("on_failure"), "Bottlerocket has no on_failure", detail);
    }
    if options.cluster.is_some() {
        let detail = "Karpenter adds the cluster's details to the settings of Bottlerocket. Leave them out.";
        findings.fault(Place::of("node_config"), "Two would name the cluster", detail);
    }
}

/// The first release that cuts GPUs (bottlerocket#4418).
const FIRST_WITH_MIG: (u32, u32) = (1, 34);

fn check_release(findings: &mut Findings, layout: &Layout, spec: &Field<'_>) {
    for term in spec.get("amiSelectorTerms").items() {
        let field = term.get("alias");
        let alias = field.text().unwrap_or_default();
        let release = alias.split_once('@').and_then(|(_, version)| release(version));
        if layout.is_cut() && release.is_some_and(|release| release < FIRST_WITH_MIG) {
            findings.fault(
                &field,
                format!("{alias} cannot cut GPUs"),
                "Bottlerocket does it from 1.34.0 on; older ones ignore the setting, and the node offers whole GPUs.",
            );
        }
    }
}

/// Major and minor number of `v1.34.0` or `1.34.0`.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// User data that is too large as a whole is so by the user's own parts.
fn at_parts(fault: Finding) -> Finding {
    if fault.path().is_empty() {
        fault.at("extra_user_data")
    } else {
        fault
    }
}
