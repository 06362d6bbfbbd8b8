//! Nodes that are ready before their slices show.

use super::collector;
use crate::finding::{Advice, Finding, Remedy};
use crate::layout::Taint;

/// What the key of a taint begins with that the Cluster Autoscaler takes for one of a node that still starts. Another key
/// does the same where its flag `--startup-taint` names it.
pub const STARTUP_TAINT_PREFIX: &str = "startup-taint.cluster-autoscaler.kubernetes.io/";

/// Who makes the group's nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// A managed node group of EKS.
    Managed,
    /// An Auto Scaling group of the user's own.
    SelfManaged,
}

/// Whether the Cluster Autoscaler knows by its key alone that a taint goes when the node has started.
pub(super) fn is_startup_taint(key: &str) -> bool {
    key.starts_with(STARTUP_TAINT_PREFIX)
}

/// How nodes of such a group get a startup taint.
pub(super) fn way(kind: GroupKind) -> Remedy {
    Remedy::Words(match kind {
        GroupKind::Managed => {
            "give the nodes a taint with a key of your own domain, name it in the autoscaler's flag \
                               --startup-taint, and take it off when the slices show"
                .to_owned()
        }
        GroupKind::SelfManaged => format!(
            "let the nodes register with a taint whose key begins with {STARTUP_TAINT_PREFIX}, and take it off when the \
             slices show"
        ),
    })
}

/// A hint for groups that the Cluster Autoscaler scales, unless one of the taints is a startup taint by its key. Where
/// another key is named in the autoscaler's flag, the caller knows better and does not ask.
pub fn startup_taint_hint(kind: GroupKind, taints: &[Taint]) -> Option<Finding> {
    if taints.iter().any(|taint| is_startup_taint(&taint.key)) {
        return None;
    }
    let reason = "A node that is ready before its slices show makes the autoscaler buy a second one. The GPUs are cut before \
                  kubelet starts, so that only the start of the device plugin lies between. A startup taint closes that gap.";
    let ways = [
        way(kind),
        Remedy::Words("leave it where a second node for a short time does no harm".to_owned()),
    ];
    let mut findings = collector();
    let summary = "The Cluster Autoscaler may buy one node too many";
    findings.warn("", summary, Advice::new(reason, ways));
    findings.warnings.pop()
}
