//! What user data is made of beside the layout: attributes, and the way from them to the text.

use mig::Layout;
use mig::boot::{
    self, BootOptions, ClusterDetails, OnFailure, RenderVersion, UserData, UserPart, cluster_rules,
};
use tfplug::schema::Validator;
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::checked::{Checked, OrDeferred, Withheld};
use crate::duration;
use crate::findings::report;

/// What a node needs to join a cluster, where nothing merges it into the user data.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeConfig {
    /// Name of the EKS cluster.
    #[attr(required, validate = cluster("1 to 100 letters, digits, `-` and `_`.", cluster_rules::name))]
    pub cluster_name: Attr<String>,
    /// URL of its API server: `endpoint` of `aws_eks_cluster`.
    #[attr(required, validate = cluster("An `https://` URL.", cluster_rules::endpoint))]
    pub api_server_endpoint: Attr<String>,
    /// Its certificate authority in base64: `certificate_authority[0].data` of `aws_eks_cluster`.
    #[attr(required, validate = cluster("Base64 of a PEM certificate.", cluster_rules::certificate_authority))]
    pub certificate_authority: Attr<String>,
    /// Its service CIDR: `kubernetes_network_config[0].service_ipv4_cidr` of `aws_eks_cluster`, or `service_ipv6_cidr` in
    /// an IPv6 cluster.
    #[attr(required, validate = cluster("An IPv4 or IPv6 CIDR.", cluster_rules::service_cidr))]
    pub service_cidr: Attr<String>,
}

/// What the core says of one of the cluster's details.
fn cluster(description: &str, rule: fn(&str) -> Result<(), String>) -> Validator {
    Validator::string(description, rule)
}

/// Parts of MIME user data around ours.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ExtraUserData {
    /// Parts before ours; a shell part among them runs before the GPUs are cut.
    pub before: Attr<Vec<ExtraPart>>,
    /// Parts after ours. A shell part among them runs once, on the first boot, after the GPUs were to be cut: also on a
    /// node where that failed, and not at all where cutting them needs a reboot. It may look for
    /// `/run/mig/partitioned`.
    pub after: Attr<Vec<ExtraPart>>,
}

/// A part of MIME user data, as plain text.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ExtraPart {
    /// Its type, which cloud-init or nodeadm knows: `text/x-shellscript`, `text/cloud-config`, `application/node.eks.aws`.
    #[attr(required)]
    pub content_type: Attr<String>,
    /// Its text, with LF line ends. It is never encoded. A script begins with `#!` at its first byte; a NodeConfig leaves
    /// out what the layout, Karpenter or the node group sets, such as taints.
    #[attr(required)]
    pub content: Attr<String>,
}

/// What user data is made of beside the layout.
#[derive(Debug, Clone, Copy)]
pub struct UserDataParts<'a> {
    /// Version of the rendering.
    pub render_version: &'a Attr<i64>,
    /// What a node does whose GPUs could not be cut.
    pub on_failure: &'a Attr<String>,
    /// How long a node may take to cut its GPUs.
    pub partition_timeout: &'a Attr<String>,
    /// The user's own parts.
    pub extra_user_data: &'a Attr<ExtraUserData>,
    /// What the node needs to join its cluster, where nothing merges that in.
    pub node_config: &'a Attr<NodeConfig>,
    /// Whether the nodes get the layout's labels from the user data where `node_config` is not given.
    pub labels: bool,
}

impl UserDataParts<'_> {
    /// The user data. `at` is where the parts are attributes of, and `layout_at` where the layout is.
    ///
    /// # Errors
    /// [`Withheld`]
    pub fn render(
        &self,
        layout: &Layout,
        at: &Path,
        layout_at: &Path,
        diags: &mut Diagnostics,
    ) -> Checked<UserData> {
        let options = self.options(layout, at, diags)?;
        match boot::user_data(layout, &options) {
            Ok(user_data) => Ok(user_data),
            Err(faults) => {
                let (whole, parts): (Vec<_>, Vec<_>) =
                    faults.into_iter().partition(|fault| fault.path().is_empty());
                let at_whole = if self.extra_user_data.is_null() {
                    layout_at.clone()
                } else {
                    at.attribute("extra_user_data")
                };
                report(&whole, &at_whole, diags);
                report(&parts, at, diags);
                Err(Withheld::Invalid)
            }
        }
    }

    /// Times and words that are none are refused by the attributes' own checks.
    fn options(&self, layout: &Layout, at: &Path, diags: &mut Diagnostics) -> Checked<BootOptions> {
        let render_version = render_version(self.render_version, at, diags)?;
        self.known_options(layout, render_version).or_deferred()
    }

    fn known_options(&self, layout: &Layout, render_version: RenderVersion) -> Option<BootOptions> {
        let seconds = duration::parse(self.partition_timeout.as_str()?)?.as_secs();
        let extra = self.extra_user_data.settled()?;
        let parts = |list: fn(&ExtraUserData) -> &Attr<Vec<ExtraPart>>| match extra {
            Some(extra) => user_parts(list(extra)),
            None => Some(Vec::new()),
        };
        Some(BootOptions {
            render_version,
            on_failure: OnFailure::parse(self.on_failure.as_str()?)?,
            deadline_seconds: u32::try_from(seconds).ok()?,
            parts_before: parts(|extra| &extra.before)?,
            parts_after: parts(|extra| &extra.after)?,
            node_config: match self.node_config.settled()? {
                Some(node_config) => Some(boot::NodeConfig::full(layout, node_config.cluster()?)),
                None => self.labels.then(|| boot::NodeConfig::labels_of(layout)),
            },
        })
    }
}

/// The version of that number.
///
/// # Errors
/// [`Withheld`]
pub fn render_version(number: &Attr<i64>, at: &Path, diags: &mut Diagnostics) -> Checked<RenderVersion> {
    let number = *number.known().or_deferred()?;
    let version = RenderVersion::from_number(number);
    if version.is_none() {
        let newest = RenderVersion::default().number();
        let detail = format!(
            "Found {number}; this provider knows 1 to {newest}. Leave it out, or upgrade the provider."
        );
        diags.error_at(at.attribute("render_version"), "Unknown render_version", detail);
    }
    version.ok_or(Withheld::Invalid)
}

/// The version that new objects are rendered by.
pub fn newest_version() -> i64 {
    i64::from(RenderVersion::default().number())
}

impl NodeConfig {
    /// The plain details; `None` while any of them is unknown.
    pub(crate) fn cluster(&self) -> Option<ClusterDetails> {
        Some(ClusterDetails {
            name: self.cluster_name.known()?.clone(),
            api_server_endpoint: self.api_server_endpoint.known()?.clone(),
            certificate_authority: self.certificate_authority.known()?.clone(),
            cidr: self.service_cidr.known()?.clone(),
        })
    }
}

/// The plain parts; `None` while any of them is unknown.
pub(crate) fn user_parts(list: &Attr<Vec<ExtraPart>>) -> Option<Vec<UserPart>> {
    let parts = list.settled()?.map(Vec::as_slice).unwrap_or_default();
    parts
        .iter()
        .map(|part| {
            Some(UserPart {
                content_type: part.content_type.known()?.clone(),
                text: part.content.known()?.clone(),
            })
        })
        .collect()
}

/// A time from one to fourteen minutes: a driver needs about one; after 15, a node counts as failed whatever we do.
pub fn partition_timeout() -> Validator {
    duration::between("1m", "14m")
}
