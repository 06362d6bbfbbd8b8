//! What a template that is being imported was made from, as its own user data says.

use mig::boot::{NodeConfig as Rendered, Recognised, RenderedFor, UserPart, recognise, recognise_settings};
use mig::{Catalog, LayoutSpec};
use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::model::{BOTTLEROCKET, LaunchTemplate};
use super::user_data;
use crate::facts::Facts;
use crate::models::{ExtraPart, ExtraUserData, LayoutModel, NodeConfig, newest_version};

/// The template with the attributes that its user data follows from, where it was imported just now and the user data is
/// ours; or as it is, with a warning.
pub(super) fn recognised(seen: LaunchTemplate, facts: &Facts) -> (LaunchTemplate, Option<Diagnostic>) {
    if !seen.layout.is_null() {
        return (seen, None);
    }
    let seen = LaunchTemplate {
        update_default_version: (seen.default_version == seen.latest_version).into(),
        ..seen
    };
    match from_user_data(&seen, facts) {
        Some((found, warning)) => (found, warning),
        None => (seen, Some(not_ours())),
    }
}

fn from_user_data(seen: &LaunchTemplate, facts: &Facts) -> Option<(LaunchTemplate, Option<Diagnostic>)> {
    let text = seen.user_data.as_str()?;
    let catalog = facts.catalog();
    let (found, warning) = match recognise(text, catalog, RenderedFor::LaunchTemplate) {
        Some(found) => (al2023(seen, found), None),
        None => {
            let instance_type = seen.instance_type.as_str();
            let layout = recognise_settings(text, catalog, instance_type)?;
            let warning = instance_type.is_none().then(|| types_not_named(&layout));
            (bottlerocket(seen, &layout), warning)
        }
    };
    renders(&found, text, facts, catalog).then_some((found, warning))
}

/// Whether the attributes give the user data that is there.
fn renders(found: &LaunchTemplate, text: &str, facts: &Facts, catalog: &Catalog) -> bool {
    let mut ignored = Diagnostics::new();
    let layout = found.layout.known();
    let layout = layout.and_then(|layout| layout.resolve(facts, &Path::attr("layout"), &mut ignored));
    let again = layout.and_then(|layout| user_data::render(found, &layout, catalog, &mut ignored));
    again.as_deref() == Some(text)
}

fn al2023(seen: &LaunchTemplate, found: Recognised) -> LaunchTemplate {
    let options = found.options;
    LaunchTemplate {
        layout: LayoutModel::from_spec(&found.layout).into(),
        ami_family: "AL2023".into(),
        on_failure: options.on_failure.as_str().into(),
        partition_timeout: time(options.deadline_seconds).into(),
        render_version: i64::from(options.render_version.number()).into(),
        node_config: options.node_config.and_then(node_config).into(),
        extra_user_data: extra(&options.parts_before, &options.parts_after).into(),
        ..seen.clone()
    }
}

/// What does not apply to Bottlerocket has its defaults. Its settings have had one rendering so far, so that the newest
/// version stands for it.
fn bottlerocket(seen: &LaunchTemplate, layout: &LayoutSpec) -> LaunchTemplate {
    LaunchTemplate {
        layout: LayoutModel::from_spec(layout).into(),
        ami_family: BOTTLEROCKET.into(),
        on_failure: user_data::DEFAULT_ON_FAILURE.into(),
        partition_timeout: user_data::DEFAULT_TIMEOUT.into(),
        render_version: newest_version().into(),
        ..seen.clone()
    }
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

fn extra(before: &[UserPart], after: &[UserPart]) -> Option<ExtraUserData> {
    let parts = |parts: &[UserPart]| -> Attr<Vec<ExtraPart>> {
        let part = |part: &UserPart| ExtraPart {
            content_type: part.content_type.clone().into(),
            content: part.text.clone().into(),
        };
        (!parts.is_empty())
            .then(|| parts.iter().map(part).collect::<Vec<_>>())
            .into()
    };
    let any = !before.is_empty() || !after.is_empty();
    any.then(|| ExtraUserData {
        before: parts(before),
        after: parts(after),
    })
}

fn types_not_named(layout: &LayoutSpec) -> Diagnostic {
    let detail = format!(
        "Bottlerocket's settings name GPU models. The layout is shown for every instance type that has these GPUs: {}. \
         Write those that you use; nodes are not replaced by that.",
        layout.instance_types.join(", ")
    );
    let summary = "The user data does not name the instance types";
    Diagnostic::warning(summary, detail).at(Path::attr("layout").attribute("instance_types"))
}

fn not_ours() -> Diagnostic {
    let detail = "It is not byte for byte what this provider renders, with the catalog_overrides of the provider block, so \
                  layout and the attributes that go with it are not known. Write them in the configuration: the plan shows \
                  the user data that replaces this one, and whether nodes roll.";
    let summary = "The user data of the launch template is not ours";
    Diagnostic::warning(summary, detail).at(Path::attr("user_data"))
}
