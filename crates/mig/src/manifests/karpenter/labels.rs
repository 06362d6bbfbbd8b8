//! Label keys that Karpenter reserves, and those of them that it takes.
//!
//! Source: validation rules of the CRDs of karpenter-provider-aws v1.15.0, and `IsRestrictedLabel` of
//! sigs.k8s.io/karpenter v1.15.0, which runs later and refuses more.

use super::place::{Findings, Place};
use crate::manifests::kubernetes::is_qualified_name;

/// The EC2 instance type.
pub const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
/// The processor architecture, `amd64` or `arm64`.
pub const ARCH: &str = "kubernetes.io/arch";
pub(super) const OS: &str = "kubernetes.io/os";
/// The availability zone.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// `on-demand`, `spot` or `reserved`.
pub const CAPACITY_TYPE: &str = "karpenter.sh/capacity-type";
/// The pool of the node.
pub const NODE_POOL: &str = "karpenter.sh/nodepool";
/// The GPU's name in Karpenter's words.
pub const GPU_NAME: &str = "karpenter.k8s.aws/instance-gpu-name";

/// Names below `karpenter.k8s.aws/` that pools and overlays may require.
const AWS: [&str; 21] = [
    "instance-accelerator-count",
    "instance-accelerator-manufacturer",
    "instance-accelerator-name",
    "instance-capability-flex",
    "instance-category",
    "instance-cpu",
    "instance-cpu-manufacturer",
    "instance-cpu-sustained-clock-speed-mhz",
    "instance-ebs-bandwidth",
    "instance-encryption-in-transit-supported",
    "instance-family",
    "instance-generation",
    "instance-gpu-count",
    "instance-gpu-manufacturer",
    "instance-gpu-memory",
    "instance-gpu-name",
    "instance-hypervisor",
    "instance-local-nvme",
    "instance-memory",
    "instance-network-bandwidth",
    "instance-size",
];

/// What a pool may require beside those.
const POOL_ONLY: [&str; 6] = [
    "capacity-reservation-id",
    "capacity-reservation-interruptible",
    "capacity-reservation-type",
    "instance-tenancy",
    "placement-group-id",
    "placement-group-partition",
];

/// Names of the beta labels and what Karpenter reads them as.
const ALIASES: [(&str, &str); 5] = [
    ("beta.kubernetes.io/arch", ARCH),
    ("beta.kubernetes.io/instance-type", INSTANCE_TYPE),
    ("beta.kubernetes.io/os", OS),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
    ("failure-domain.beta.kubernetes.io/zone", ZONE),
];

/// Which object a key stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// NodePool: requirements and labels of the template.
    Pool,
    /// NodeOverlay: requirements.
    Overlay,
}

/// The key that Karpenter makes of a beta label; others stay.
pub(super) fn normal(key: &str) -> &str {
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == key)
        .map_or(key, |(_, normal)| normal)
}

/// Why a key cannot be used, if it cannot.
fn refusal(key: &str, object: Object) -> Option<String> {
    let domain = key.split('/').next().unwrap_or_default();
    if !is_qualified_name(key) {
        return Some(
            "It is NAME or PREFIX/NAME: NAME up to 63 letters, digits, '-', '_', '.', PREFIX a domain."
                .to_owned(),
        );
    }
    if key == "kubernetes.io/hostname" {
        return Some("A node that does not exist yet has no host name to choose by.".to_owned());
    }
    if key == NODE_POOL && object == Object::Pool {
        return Some("Karpenter sets it to the pool's own name.".to_owned());
    }
    if domain.ends_with("karpenter.sh") && ![CAPACITY_TYPE, NODE_POOL].contains(&key) {
        return Some(format!(
            "Of the domain karpenter.sh Karpenter accepts {CAPACITY_TYPE} only."
        ));
    }
    let name = key.strip_prefix("karpenter.k8s.aws/").unwrap_or_default();
    let pool_only = object == Object::Pool && POOL_ONLY.contains(&name);
    if domain.ends_with("karpenter.k8s.aws") && !AWS.contains(&name) && !pool_only {
        let mut known: Vec<&str> = AWS.to_vec();
        if object == Object::Pool {
            known.extend(POOL_ONLY);
        }
        return Some(format!(
            "Karpenter has no such label. Of the domain karpenter.k8s.aws it takes {}.",
            known.join(", ")
        ));
    }
    None
}

/// Says why a key cannot be used.
pub(super) fn check_key(findings: &mut Findings, place: &Place, key: &str, object: Object) {
    if let Some(detail) = refusal(key, object) {
        findings.fault(place, format!("The label key {key:?} cannot be used"), detail);
    }
}
