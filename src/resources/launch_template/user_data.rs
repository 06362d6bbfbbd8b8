//! The user data of a template, by the family of its image.

use mig::{Catalog, Layout, boot};
use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::model::LaunchTemplate;
use crate::checked::{Checked, OrDeferred, Withheld};
use crate::findings::report;
use crate::models::{DEFAULT_ON_FAILURE, DEFAULT_TIMEOUT, UserDataParts, render_version};

/// The user data.
///
/// # Errors
/// [`Withheld`]
pub(super) fn render(
    model: &LaunchTemplate,
    layout: &Layout,
    catalog: &Catalog,
    diags: &mut Diagnostics,
) -> Checked<String> {
    if model.is_bottlerocket().or_deferred()? {
        return bottlerocket(model, layout, catalog, diags);
    }
    let parts = UserDataParts {
        render_version: &model.render_version,
        on_failure: &model.on_failure,
        partition_timeout: &model.partition_timeout,
        extra_user_data: &model.extra_user_data,
        node_config: &model.node_config,
        labels: true,
    };
    let rendered = parts.render(layout, &Path::root(), &Path::attr("layout"), diags);
    rendered.map(|user_data| user_data.text)
}

/// Bottlerocket's settings have had one rendering so far, which every version stands for.
fn bottlerocket(
    model: &LaunchTemplate,
    layout: &Layout,
    catalog: &Catalog,
    diags: &mut Diagnostics,
) -> Checked<String> {
    render_version(&model.render_version, &Path::root(), diags)?;
    boot::bottlerocket_settings(layout, catalog).map_err(|faults| {
        report(&faults, &Path::root(), diags);
        Withheld::Invalid
    })
}

/// Refuses what Bottlerocket has no use for: it runs no script, and what joins the node to its cluster is a setting too.
/// The defaults pass, since a configuration that is generated from a state names them.
pub(super) fn check_family(config: &LaunchTemplate, diags: &mut Diagnostics) {
    if config.is_bottlerocket() != Some(true) {
        return;
    }
    let own = "Bottlerocket cuts the GPUs itself, by its settings and without a script, and";
    let refused = [
        (
            "on_failure",
            absent_or(&config.on_failure, DEFAULT_ON_FAILURE),
            format!("{own} decides itself what becomes of a node where that fails."),
        ),
        (
            "partition_timeout",
            absent_or(&config.partition_timeout, DEFAULT_TIMEOUT),
            format!("{own} knows no limit of time for it."),
        ),
        (
            "node_config",
            config.node_config.is_null(),
            "NodeConfig is read by nodeadm, which Bottlerocket does not have; managed node groups and Karpenter add the \
             settings that join a node to its cluster."
                .to_owned(),
        ),
        (
            "extra_user_data",
            config.extra_user_data.is_null(),
            "Its user data is settings in TOML, which have no MIME parts.".to_owned(),
        ),
    ];
    for (attribute, absent, reason) in refused {
        if !absent {
            let summary = format!("{attribute} does not apply to Bottlerocket");
            let detail = format!("{reason} Leave it out, or set ami_family = \"AL2023\".");
            diags.error_at(Path::attr(attribute), summary, detail);
        }
    }
}

fn absent_or(attr: &Attr<String>, default: &str) -> bool {
    attr.is_null() || attr.as_str() == Some(default)
}

/// Said once, when nodes begin to boot Bottlerocket.
pub(super) fn built_in_plugin(
    prior: Option<&LaunchTemplate>,
    planned: &LaunchTemplate,
) -> Option<Diagnostic> {
    let was = prior.is_some_and(|prior| prior.is_bottlerocket() == Some(true));
    if was || planned.is_bottlerocket() != Some(true) {
        return None;
    }
    let detail = format!(
        "mig_device_plugin must not match these nodes, or both would announce the same GPUs: do not give them the label {} \
         of the layout's node_labels. The layout of this template needs no mig_device_plugin.",
        mig::layout::DEVICE_PLUGIN_LABEL
    );
    let summary = "Bottlerocket has a device plugin built in";
    Some(Diagnostic::warning(summary, detail).at(Path::attr("ami_family")))
}
