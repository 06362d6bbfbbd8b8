//! What a template that is being imported was made from, as its own user data says.

use mig::boot::RenderedFor;
use tfplug::{Diagnostic, Diagnostics, Path};

use super::model::{BOTTLEROCKET, LaunchTemplate};
use super::user_data;
use crate::facts::Facts;
use crate::models::{LayoutModel, MadeFrom, not_ours};

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
        None => (seen, Some(not_ours("launch template"))),
    }
}

/// Whether the user data is what this provider renders.
pub(super) fn is_ours(seen: &LaunchTemplate, facts: &Facts) -> bool {
    from_user_data(seen, facts).is_some()
}

fn from_user_data(seen: &LaunchTemplate, facts: &Facts) -> Option<(LaunchTemplate, Option<Diagnostic>)> {
    let text = seen.user_data.as_str()?;
    let instance_type = seen.instance_type.as_str();
    let made = MadeFrom::read(text, facts.catalog(), RenderedFor::LaunchTemplate, instance_type)?;
    let unnamed = made.is_bottlerocket && instance_type.is_none();
    let warning = unnamed.then(|| made.types_not_named());
    let found = with(seen, made);
    renders(&found, text, facts).then_some((found, warning))
}

/// Whether the attributes give the user data that is there.
fn renders(found: &LaunchTemplate, text: &str, facts: &Facts) -> bool {
    let mut ignored = Diagnostics::new();
    let layout = found.layout.known();
    let layout = layout.and_then(|layout| layout.resolve(facts, &Path::attr("layout"), &mut ignored).ok());
    let again =
        layout.and_then(|layout| user_data::render(found, &layout, facts.catalog(), &mut ignored).ok());
    again.as_deref() == Some(text)
}

fn with(seen: &LaunchTemplate, made: MadeFrom) -> LaunchTemplate {
    let family = if made.is_bottlerocket {
        BOTTLEROCKET
    } else {
        "AL2023"
    };
    LaunchTemplate {
        layout: LayoutModel::from_spec(&made.layout).into(),
        ami_family: family.into(),
        on_failure: made.on_failure,
        partition_timeout: made.partition_timeout,
        render_version: made.render_version,
        node_config: made.node_config,
        extra_user_data: made.extra_user_data,
        ..seen.clone()
    }
}
