//! nodeadm's NodeConfig, as far as it merges with the one that Karpenter or EKS adds after ours.

use std::collections::BTreeMap;

use super::mime::Part;
use super::{BootOptions, RenderVersion};
use crate::layout::{DEVICE_MANAGER_LABEL, DEVICE_PLUGIN, Layout, Taint};

const CONTENT_TYPE: &str = "application/node.eks.aws";

/// The kubeconfig under a name that the boot script makes, on every boot, when the GPUs are cut as declared.
///
/// nodeadm reads its part of the user data by itself, also where cloud-init has not run the boot script, which would have
/// put the guards before kubelet (awslabs/amazon-eks-ami, issue 2703). kubelet prefers this flag to nodeadm's own, which
/// stands before it (`nodeadm/internal/kubelet/environment.go`), and ends where the file is not there.
const KUBECONFIG_FLAG: &str = "--kubeconfig=/run/mig/kubeconfig";

/// The NodeConfig part of the user data, if it has one.
pub(super) fn part(options: &BootOptions) -> Option<Part> {
    let text = match options.render_version {
        RenderVersion::V1 | RenderVersion::V2 => options.node_config.as_ref()?.render(&[]),
        RenderVersion::V3 => {
            let mut config = options.node_config.clone().unwrap_or_default();
            config
                .labels
                .insert(DEVICE_MANAGER_LABEL.to_owned(), DEVICE_PLUGIN.to_owned());
            config.render(&[KUBECONFIG_FLAG])
        }
    };
    Some(Part {
        content_type: CONTENT_TYPE.to_owned(),
        text,
    })
}

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

    /// The same for a class of Karpenter, which waits for this taint on nodes of which it does not write the user data.
    pub(crate) fn until_registered(mut self) -> Self {
        self.taints.push(Taint {
            key: "karpenter.sh/unregistered".to_owned(),
            value: String::new(),
            effect: "NoExecute".to_owned(),
        });
        self
    }

    fn render(&self, flags: &[&str]) -> String {
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
        if self.labels.is_empty() && self.taints.is_empty() && flags.is_empty() {
            if self.cluster.is_none() {
                text.push_str("  {}\n");
            }
            return text;
        }
        text.push_str("  kubelet:\n");
        self.render_kubelet(flags, &mut text);
        text
    }

    fn render_kubelet(&self, flags: &[&str], text: &mut String) {
        if !self.taints.is_empty() {
            text.push_str("    config:\n      registerWithTaints:\n");
            for taint in &self.taints {
                let (key, value, effect) = (quoted(&taint.key), quoted(&taint.value), quoted(&taint.effect));
                text.push_str(&format!(
                    "        - {{key: {key}, value: {value}, effect: {effect}}}\n"
                ));
            }
        }
        let mut flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        if !self.labels.is_empty() {
            let labels: Vec<String> = self
                .labels
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            flags.push(format!("--node-labels={}", labels.join(",")));
        }
        if !flags.is_empty() {
            text.push_str("    flags:\n");
        }
        for flag in flags {
            text.push_str(&format!("      - {}\n", quoted(&flag)));
        }
    }
}

/// What is right for each of [`ClusterDetails`]; `Err` says what is wrong and what to do. nodeadm and kubelet fail at the
/// rest on the node, where only its log says so.
pub mod cluster_rules {
    use core::net::{Ipv4Addr, Ipv6Addr};

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// EKS' rule for names of clusters (`CreateCluster`).
    pub fn name(name: &str) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let starts = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        if starts && name.len() <= 100 && name.bytes().all(plain) {
            return Ok(());
        }
        let way = if name.starts_with("arn:") {
            "That is an ARN; give the name at its end. "
        } else {
            ""
        };
        Err(format!(
            "Found {name:?}. {way}It has 1 to 100 letters, digits, - and _, and begins with a letter or digit."
        ))
    }

    /// The URL of an API server.
    pub fn endpoint(url: &str) -> Result<(), String> {
        let host = url
            .strip_prefix("https://")
            .map(|rest| rest.trim_end_matches('/'));
        let fits = |host: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]/".contains(&byte);
            !host.is_empty() && host.bytes().all(plain) && !host.starts_with([':', '/', '.'])
        };
        if host.is_some_and(fits) {
            return Ok(());
        }
        Err(format!(
            "Found {url:?}. It is an https:// URL, which EKS calls the cluster's endpoint."
        ))
    }

    /// Base64 of a certificate in PEM.
    pub fn certificate_authority(text: &str) -> Result<(), String> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        if text.contains("-----BEGIN") {
            return Err(
                "This is PEM itself. Give its base64 as EKS does: leave base64decode() out, or add \
                        base64encode()."
                    .to_owned(),
            );
        }
        let source = "EKS gives it as certificateAuthority.data of the cluster.";
        let decoded = |text: &str| {
            let bytes = STANDARD.decode(text.trim()).ok()?;
            String::from_utf8(bytes).ok()
        };
        match decoded(text) {
            Some(pem) if pem.contains(BEGIN) => Ok(()),
            Some(once) if decoded(&once).is_some_and(|pem| pem.contains(BEGIN)) => {
                Err(format!("It is encoded twice. Leave base64encode() out. {source}"))
            }
            _ => Err(format!("It is not base64 of a certificate in PEM. {source}")),
        }
    }

    /// A service CIDR of either family.
    pub fn service_cidr(cidr: &str) -> Result<(), String> {
        let fits = cidr.split_once('/').is_some_and(|(address, length)| {
            let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            let length = length.parse::<u8>().ok().filter(|_| digits);
            let v4 = address.parse::<Ipv4Addr>().is_ok() && length.is_some_and(|length| length <= 32);
            let v6 = address.parse::<Ipv6Addr>().is_ok() && length.is_some_and(|length| length <= 128);
            v4 || v6
        });
        if fits {
            return Ok(());
        }
        Err(format!(
            "Found {cidr:?}. It is a CIDR: serviceIpv4Cidr of the cluster's network in EKS, or serviceIpv6Cidr in an IPv6 \
             cluster, where the other is empty."
        ))
    }
}

/// A JSON string is a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
