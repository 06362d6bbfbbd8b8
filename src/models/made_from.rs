//! What user data was made from, as the attributes of whatever holds it.

use mig::boot::{NodeConfig as Rendered, RenderedFor, UserPart, recognise, recognise_settings};
use mig::{Catalog, LayoutSpec};
use tfplug::{Attr, Diagnostic, Path};

use super::user_data::{ExtraPart, ExtraUserData, NodeConfig, newest_version};

/// What a node does by default whose GPUs could not be cut.
pub(crate) const DEFAULT_ON_FAILURE: &str = "halt";

/// How long a node may take to cut its GPUs by default.
pub(crate) const DEFAULT_TIMEOUT: &str = "10m";

/// The attributes that user data follows from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MadeFrom {
    pub(crate) layout: LayoutSpec,
    pub(crate) is_bottlerocket: bool,
    pub(crate) on_failure: Attr<String>,
    pub(crate) partition_timeout: Attr<String>,
    pub(crate) render_version: Attr<i64>,
    pub(crate) node_config: Attr<NodeConfig>,
    pub(crate) extra_user_data: Attr<ExtraUserData>,
}

impl MadeFrom {
    /// Reads them in the text; none where our rendering does not give exactly this text. Bottlerocket's settings do not
    /// name the instance type.
    pub(crate) fn read(
        text: &str,
        catalog: &Catalog,
        rendered_for: RenderedFor,
        instance_type: Option<&str>,
    ) -> Option<Self> {
        let Some(found) = recognise(text, catalog, rendered_for) else {
            return recognise_settings(text, catalog, instance_type).map(Self::bottlerocket);
        };
        let options = found.options;
        let extra = ExtraUserData {
            before: parts(&options.parts_before),
            after: parts(&options.parts_after),
        };
        Some(Self {
            layout: found.layout,
            is_bottlerocket: false,
            on_failure: options.on_failure.as_str().into(),
            partition_timeout: time(options.deadline_seconds).into(),
            render_version: i64::from(options.render_version.number()).into(),
            node_config: options.node_config.and_then(node_config).into(),
            extra_user_data: (extra != ExtraUserData::default()).then_some(extra).into(),
        })
    }

    /// What does not apply to Bottlerocket has its defaults. Its settings have had one rendering so far, so that the newest
    /// version stands for it.
    fn bottlerocket(layout: LayoutSpec) -> Self {
        Self {
            layout,
            is_bottlerocket: true,
            on_failure: DEFAULT_ON_FAILURE.into(),
            partition_timeout: DEFAULT_TIMEOUT.into(),
            render_version: newest_version().into(),
            node_config: Attr::Null,
            extra_user_data: Attr::Null,
        }
    }

    /// Says that the layout is for more instance types than there may be nodes of.
    pub(crate) fn types_not_named(&self) -> Diagnostic {
        let detail = format!(
            "Bottlerocket's settings name only the GPU models, so the layout lists every instance type that has these GPUs: {}. \
             List the ones that you use. This does not replace nodes.",
            self.layout.instance_types.join(", ")
        );
        let summary = "The user data does not name the instance types";
        Diagnostic::warning(summary, detail).at(Path::attr("layout").attribute("instance_types"))
    }
}

/// Says that user data is of another making, so that nothing follows from it. `what` holds it.
pub(crate) fn not_ours(what: &str) -> Diagnostic {
    let detail = "It is not byte for byte what this provider renders, with the catalog_overrides of the provider block, so \
                  layout and the attributes that go with it are not known. Write them in the configuration: the plan shows \
                  the user data that replaces this one, and whether nodes roll.";
    let summary = format!("The user data of the {what} is not ours");
    Diagnostic::warning(summary, detail).at(Path::attr("user_data"))
}

/// `10m` where it is whole minutes.
fn time(seconds: u32) -> String {
    match seconds % 60 {
        0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

fn node_config(rendered: Rendered) -> Option<NodeConfig> {
    let cluster = rendered.cluster?;
    Some(NodeConfig {
        cluster_name: cluster.name.into(),
        api_server_endpoint: cluster.api_server_endpoint.into(),
        certificate_authority: cluster.certificate_authority.into(),
        service_cidr: cluster.cidr.into(),
    })
}

fn parts(parts: &[UserPart]) -> Attr<Vec<ExtraPart>> {
    let part = |part: &UserPart| ExtraPart {
        content_type: part.content_type.clone().into(),
        content: part.text.clone().into(),
    };
    (!parts.is_empty())
        .then(|| parts.iter().map(part).collect::<Vec<_>>())
        .into()
}
