//! Field managers that stand for a person at a keyboard.

/// Whether a manager is the client of a person: kubectl's own names (`kubectl-edit`, `kubectl-patch`, `kubectl-set` ...), and
/// the browsers and programs by which people look at clusters. A change of theirs is drift, as it is to Flux. Controllers
/// and deployment tools are none of them, whatever they are called.
pub fn is_persons_client(manager: &str) -> bool {
    const OTHERS: [&str; 7] = [
        "Mozilla",
        "k9s",
        "Lens",
        "OpenLens",
        "node-fetch",
        "dashboard",
        "headlamp",
    ];
    manager == "kubectl" || manager.starts_with("kubectl-") || OTHERS.contains(&manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_controllers() {
        for manager in [
            "kubectl",
            "kubectl-edit",
            "kubectl-client-side-apply",
            "kubectl-rollout",
            "Mozilla",
            "k9s",
        ] {
            assert!(is_persons_client(manager), "{manager}");
        }
        for manager in [
            "helm",
            "argocd-controller",
            "kustomize-controller",
            "kube-controller-manager",
            "karpenter",
            "kubectlx",
            "before-first-apply",
            "terraform-provider-mig",
            "",
        ] {
            assert!(!is_persons_client(manager), "{manager}");
        }
    }
}
