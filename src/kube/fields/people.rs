//! Field managers by what they stand for: a person at a keyboard, or a tool that deploys.

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

/// Whether a manager is a tool that deploys objects from elsewhere, and makes again what is deleted.
pub fn is_deployment_tool(manager: &str) -> bool {
    const TOOLS: [&str; 9] = [
        "argocd",
        "carvel",
        "flux",
        "fleet",
        "helm",
        "kapp",
        "kustomize-controller",
        "pulumi",
        "Terraform",
    ];
    TOOLS.iter().any(|tool| {
        manager
            .strip_prefix(tool)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_that_deploy() {
        for manager in [
            "helm",
            "helm-controller",
            "argocd-controller",
            "flux-client-side-apply",
            "kustomize-controller",
            "pulumi-kubernetes",
            "Terraform",
        ] {
            assert!(is_deployment_tool(manager), "{manager}");
        }
        for manager in [
            "terraform-provider-mig",
            "kubectl",
            "karpenter",
            "fleetwood",
            "kube-controller-manager",
        ] {
            assert!(!is_deployment_tool(manager), "{manager}");
        }
    }

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
