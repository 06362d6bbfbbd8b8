//! From the template's attributes to its user data.

use mig::boot::{
    self, BootOptions, ClusterDetails, OnFailure, RenderVersion, UserData, UserDataFault, UserPart,
};
use mig::{Layout, PathStep};
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::model::LaunchTemplate;
use crate::duration;

/// What a node needs to join a cluster, where nothing merges it into the user data.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeConfig {
    /// Name of the EKS cluster.
    #[attr(required)]
    pub cluster_name: Attr<String>,
    /// URL of its API server: `endpoint` of `aws_eks_cluster`.
    #[attr(required)]
    pub api_server_endpoint: Attr<String>,
    /// Its certificate authority in base64: `certificate_authority[0].data` of `aws_eks_cluster`.
    #[attr(required)]
    pub certificate_authority: Attr<String>,
    /// Its service CIDR: `kubernetes_network_config[0].service_ipv4_cidr` of `aws_eks_cluster`.
    #[attr(required)]
    pub service_cidr: Attr<String>,
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
    /// Its type: `text/x-shellscript`, `text/cloud-config`, `application/node.eks.aws`.
    #[attr(required)]
    pub content_type: Attr<String>,
    /// Its text, with LF line ends. It is never encoded.
    #[attr(required)]
    pub content: Attr<String>,
}

/// The user data of a template, `None` while anything that it is made of is unknown, or at fault, which `diags` tells.
pub(super) fn render(model: &LaunchTemplate, layout: &Layout, diags: &mut Diagnostics) -> Option<UserData> {
    let options = options(model, layout, diags)?;
    match boot::user_data(layout, &options) {
        Ok(user_data) => Some(user_data),
        Err(faults) => {
            faults
                .iter()
                .for_each(|fault| diags.push(at_attribute(fault, model)));
            None
        }
    }
}

fn options(model: &LaunchTemplate, layout: &Layout, diags: &mut Diagnostics) -> Option<BootOptions> {
    let number = *model.render_version.known()?;
    let Some(render_version) = RenderVersion::from_number(number) else {
        let newest = RenderVersion::default().number();
        let detail = format!(
            "Found {number}; this provider knows 1 to {newest}. Leave it out, or upgrade the provider."
        );
        diags.error_at(Path::attr("render_version"), "Unknown render_version", detail);
        return None;
    };
    let seconds = duration::parse(model.partition_timeout.as_str()?)?.as_secs();
    let extra = model.extra_user_data.settled()?;
    let parts = |list: fn(&ExtraUserData) -> &Attr<Vec<ExtraPart>>| match extra {
        Some(extra) => user_parts(list(extra)),
        None => Some(Vec::new()),
    };
    Some(BootOptions {
        render_version,
        on_failure: OnFailure::parse(model.on_failure.as_str()?)?,
        deadline_seconds: u32::try_from(seconds).ok()?,
        parts_before: parts(|extra| &extra.before)?,
        parts_after: parts(|extra| &extra.after)?,
        node_config: Some(match model.node_config.settled()? {
            Some(node_config) => boot::NodeConfig::full(layout, node_config.cluster()?),
            None => boot::NodeConfig::labels_of(layout),
        }),
    })
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

/// Puts a fault of the rendering at the attribute that causes it; one of the whole is at the user's own parts, which
/// alone can make it too large.
fn at_attribute(fault: &UserDataFault, model: &LaunchTemplate) -> Diagnostic {
    let mut path = Path::root();
    if fault.path().is_empty() {
        let own = if model.extra_user_data.is_null() {
            "layout"
        } else {
            "extra_user_data"
        };
        path = Path::attr(own);
    }
    for step in fault.path() {
        path = match step {
            PathStep::Attribute(name) => match name.as_str() {
                "parts_before" => Path::attr("extra_user_data").attribute("before"),
                "parts_after" => Path::attr("extra_user_data").attribute("after"),
                "deadline_seconds" => Path::attr("partition_timeout"),
                "text" => path.attribute("content"),
                _ => path.attribute(name),
            },
            PathStep::Key(key) => path.key(key),
            PathStep::Index(index) => path.index(index),
        };
    }
    Diagnostic::error(fault.summary(), fault.detail()).at(path)
}
