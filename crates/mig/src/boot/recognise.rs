//! What our rendering wrote, read back, so that an import shows what a template or class was made from.
//!
//! Nothing is believed of the text alone: what it seems to say is rendered again, and counts only where that gives the
//! same bytes.

mod settings;
mod slices;

pub use settings::recognise_settings;

use yaml_rust2::YamlLoader;

use super::mime::{self, Part};
use super::{
    BootOptions, ClusterDetails, NodeConfig, OnFailure, RenderVersion, UserPart, node_config, script,
};
use crate::catalog::Catalog;
use crate::layout::{LAYOUT_LABEL, Layout, LayoutSpec};
use slices::Row;

/// What user data was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The layout, by exact profile names where one name serves all instance types, which are in alphabetical order.
    pub layout: LayoutSpec,
    /// All else that the text follows from.
    pub options: BootOptions,
}

/// The object that holds the user data. They differ in the NodeConfig of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderedFor {
    /// A launch template: the user data sets the layout's labels.
    LaunchTemplate,
    /// A class of Karpenter, which sets labels and taints itself for Amazon Linux.
    NodeClass,
}

/// What made this user data of Amazon Linux; none where our rendering does not give exactly these bytes. Of a class for
/// Amazon Linux, `strategy` and `sharing` are not in the text, so that they are left out.
pub fn recognise(text: &str, catalog: &Catalog, rendered_for: RenderedFor) -> Option<Recognised> {
    let parts = mime::parse(text)?;
    (0..parts.len()).find_map(|ours| Candidate::read(&parts, ours, catalog)?.confirm(text, rendered_for))
}

/// A document of which one part may be our script.
struct Candidate<'p> {
    before: &'p [Part],
    after: &'p [Part],
    layout: Layout,
    render_version: RenderVersion,
    deadline_seconds: u32,
}

impl<'p> Candidate<'p> {
    fn read(parts: &'p [Part], ours: usize, catalog: &Catalog) -> Option<Self> {
        let said = &parts.get(ours)?.text;
        let number = between(said, "(render version ", ")")?.parse().ok()?;
        let timeout: u32 = between(said, "\nTimeoutStartSec=", "\n")?.parse().ok()?;
        let table = between(said, "\nput /etc/mig/layout 644 <<'EOF'\n", "EOF\n")?;
        let rows: Vec<Row> = slices::rows(table, catalog)?;
        let spec = slices::spec(&rows)?;
        let before = parts.get(..ours)?;
        let label = before.last().and_then(|part| labelled_layout(&part.text));
        Some(Self {
            before,
            after: parts.get(ours + 1..)?,
            layout: slices::layout(spec, label, catalog)?,
            render_version: RenderVersion::from_number(number)?,
            deadline_seconds: timeout.checked_sub(script::GRACE_SECONDS)?,
        })
    }

    /// The choice of NodeConfig and of what a failure does that gives these bytes.
    fn confirm(&self, text: &str, rendered_for: RenderedFor) -> Option<Recognised> {
        self.node_configs(rendered_for)
            .into_iter()
            .find_map(|node_config| {
                OnFailure::ALL.into_iter().find_map(|on_failure| {
                    let options = self.options(node_config.clone(), on_failure)?;
                    let rendered = super::user_data(&self.layout, &options).ok()?;
                    (rendered.text == text).then(|| Recognised {
                        layout: self.layout.spec().clone(),
                        options,
                    })
                })
            })
    }

    fn node_configs(&self, rendered_for: RenderedFor) -> Vec<Option<NodeConfig>> {
        let full = self.before.last().and_then(cluster);
        let full = full.map(|cluster| NodeConfig::full(&self.layout, cluster));
        match rendered_for {
            RenderedFor::LaunchTemplate => {
                let labels = NodeConfig::labels_of(&self.layout);
                full.into_iter().chain([labels]).map(Some).collect()
            }
            RenderedFor::NodeClass => {
                let full = full.map(NodeConfig::until_registered);
                full.map(Some).into_iter().chain([None]).collect()
            }
        }
    }

    fn options(&self, node_config: Option<NodeConfig>, on_failure: OnFailure) -> Option<BootOptions> {
        let mut options = BootOptions {
            render_version: self.render_version,
            on_failure,
            deadline_seconds: self.deadline_seconds,
            parts_before: Vec::new(),
            parts_after: self.after.iter().map(UserPart::of).collect(),
            node_config,
        };
        let ours = usize::from(node_config::part(&options).is_some());
        let users = self.before.get(..self.before.len().checked_sub(ours)?)?;
        options.parts_before = users.iter().map(UserPart::of).collect();
        Some(options)
    }
}

/// What stands between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// The ID in the label `mig.eks/layout` that this user data gives to nodes; none where it sets no such label, as in Bottlerocket's
/// settings. The text around the label may be anybody's.
pub fn labelled_layout(user_data: &str) -> Option<&str> {
    let (_, rest) = user_data.split_once(&format!("{LAYOUT_LABEL}="))?;
    rest.split([',', '"', '\'', ' ', '\n']).next()
}

/// The cluster that a NodeConfig of ours names.
fn cluster(part: &Part) -> Option<ClusterDetails> {
    let documents = YamlLoader::load_from_str(&part.text).ok()?;
    let cluster = &documents.first()?["spec"]["cluster"];
    let detail = |key: &str| cluster[key].as_str().map(str::to_owned);
    Some(ClusterDetails {
        name: detail("name")?,
        api_server_endpoint: detail("apiServerEndpoint")?,
        certificate_authority: detail("certificateAuthority")?,
        cidr: detail("cidr")?,
    })
}
