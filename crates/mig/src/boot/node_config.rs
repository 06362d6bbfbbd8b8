//! nodeadm's NodeConfig, as far as it merges with the one that Karpenter or EKS adds after ours.

use std::collections::BTreeMap;

use crate::layout::{Layout, Taint};

pub(super) const CONTENT_TYPE: &str = "application/node.eks.aws";

/// A NodeConfig part. Labels are given as kubelet flags, which nodeadm appends to others; taints as kubelet
/// configuration, which a later NodeConfig with taints of its own replaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeConfig {
    /// Labels of the node.
    pub labels: BTreeMap<String, String>,
    /// Taints at registration. Empty where Karpenter or a node group sets taints.
    pub taints: Vec<Taint>,
    /// The cluster, where nothing merges it in: self-managed groups and images of one's own.
    pub cluster: Option<ClusterDetails>,
}

/// What nodeadm needs to join a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDetails {
    /// Name of the EKS cluster.
    pub name: String,
    /// `https://...`
    pub api_server_endpoint: String,
    /// Base64 of the CA's PEM, as EKS gives it.
    pub certificate_authority: String,
    /// Service CIDR.
    pub cidr: String,
}

impl NodeConfig {
    /// Labels of the layout, for groups whose labels nobody else sets.
    pub fn labels_of(layout: &Layout) -> Self {
        Self {
            labels: layout.labels(),
            ..Self::default()
        }
    }

    /// All that a node needs where nothing is merged in.
    pub fn full(layout: &Layout, cluster: ClusterDetails) -> Self {
        Self {
            labels: layout.labels(),
            taints: layout.taints(),
            cluster: Some(cluster),
        }
    }

    pub(super) fn render(&self) -> String {
        let mut text = String::from("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n");
        if let Some(cluster) = &self.cluster {
            text.push_str("  cluster:\n");
            for (key, value) in [
                ("name", &cluster.name),
                ("apiServerEndpoint", &cluster.api_server_endpoint),
                ("certificateAuthority", &cluster.certificate_authority),
                ("cidr", &cluster.cidr),
            ] {
                text.push_str(&format!("    {key}: {}\n", quoted(value)));
            }
        }
        if self.labels.is_empty() && self.taints.is_empty() {
            if self.cluster.is_none() {
                text.push_str("  {}\n");
            }
            return text;
        }
        text.push_str("  kubelet:\n");
        self.render_kubelet(&mut text);
        text
    }

    fn render_kubelet(&self, text: &mut String) {
        if !self.taints.is_empty() {
            text.push_str("    config:\n      registerWithTaints:\n");
            for taint in &self.taints {
                let (key, value, effect) = (quoted(&taint.key), quoted(&taint.value), quoted(&taint.effect));
                text.push_str(&format!(
                    "        - {{key: {key}, value: {value}, effect: {effect}}}\n"
                ));
            }
        }
        if !self.labels.is_empty() {
            let labels: Vec<String> = self
                .labels
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            let flag = quoted(&format!("--node-labels={}", labels.join(",")));
            text.push_str(&format!("    flags:\n      - {flag}\n"));
        }
    }
}

/// A JSON string is a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
