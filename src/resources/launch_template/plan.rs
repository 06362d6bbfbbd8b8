//! What an apply would do, from values alone.

mod launch;

pub(super) mod other_settings;

use mig::Layout;
use sha2::{Digest, Sha256};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, Plan};

use super::model::LaunchTemplate;
use super::user_data;
use crate::checked::{self, Checked, OrDeferred};
use crate::facts::Facts;
use crate::models::{newest_version, or};
use crate::resources::aws::names::has_another_prefix;
use crate::resources::aws::surroundings::Surroundings;
use crate::resources::aws::tags;

/// Checks what the attributes' own rules cannot.
pub(super) fn validate(config: &LaunchTemplate, facts: &Facts, diags: &mut Diagnostics) {
    if let Ok(layout) = layout(config, facts, diags) {
        check_instance_type(config, &layout, diags);
        let with_defaults = LaunchTemplate {
            render_version: or(&config.render_version, newest_version()),
            on_failure: or(&config.on_failure, "halt".to_owned()),
            partition_timeout: or(&config.partition_timeout, "10m".to_owned()),
            ..config.clone()
        };
        // What is deferred or invalid is judged by the errors alone.
        let _ = user_data::render(&with_defaults, &layout, facts.catalog(), diags);
    }
    user_data::check_family(config, diags);
    check_names(config, diags);
    check_network(config, diags);
    launch::check(config, diags);
    launch::warn_of_managed_groups(config, diags);
}

fn layout(model: &LaunchTemplate, facts: &Facts, diags: &mut Diagnostics) -> Checked<Layout> {
    let layout = model.layout.known().or_deferred()?;
    layout.resolve(facts, &Path::attr("layout"), diags)
}

fn check_instance_type(config: &LaunchTemplate, layout: &Layout, diags: &mut Diagnostics) {
    let Some(found) = config.instance_type.as_str() else {
        return;
    };
    if layout.node(found).is_none() {
        let allowed: Vec<_> = layout.nodes().map(|n| n.instance_type().to_owned()).collect();
        let detail = format!(
            "Found {found}; the layout is for {}. Name one of these, or add it to the layout.",
            allowed.join(", ")
        );
        diags.error_at(
            Path::attr("instance_type"),
            "The layout is not for this instance type",
            detail,
        );
    }
}

fn check_names(config: &LaunchTemplate, diags: &mut Diagnostics) {
    if !config.name.is_null() && !config.name_prefix.is_null() {
        let detail = "Give name, or name_prefix for a name that is made unique.";
        diags.error_at(
            Path::attr("name_prefix"),
            "Both name and name_prefix are given",
            detail,
        );
    }
}

fn check_network(config: &LaunchTemplate, diags: &mut Diagnostics) {
    let interfaces = config
        .network_interfaces
        .known()
        .is_some_and(|list| !list.is_empty());
    let groups = config
        .vpc_security_group_ids
        .known()
        .is_some_and(|set| !set.0.is_empty());
    if interfaces && groups {
        let detail =
            "EC2 accepts them in one place: move them into security_groups of each of network_interfaces.";
        diags.error_at(
            Path::attr("vpc_security_group_ids"),
            "Security groups in two places",
            detail,
        );
    }
}

/// Gives what is known already: the rendered user data, the tags, the versions.
///
/// # Errors
/// When the layout or the user data is invalid.
pub(super) fn refine(
    plan: &mut Plan<LaunchTemplate, ()>,
    facts: &Facts,
    surroundings: &Surroundings,
) -> Result<Vec<Diagnostic>, Diagnostics> {
    settle_render_version(plan);
    let name = plan.prior.as_ref().map(|prior| &prior.name);
    if has_another_prefix(name, &plan.config.name_prefix) {
        plan.require_replace(Path::attr("name_prefix"));
    }
    let mut findings = Diagnostics::new();
    let layout = layout(&plan.planned, facts, &mut findings);
    let rendered =
        layout.and_then(|layout| user_data::render(&plan.planned, &layout, facts.catalog(), &mut findings));
    let rendered = checked::planned(rendered, &mut findings)?;
    set_user_data(&mut plan.planned, rendered.into_known());
    let (planned, is_new) = (&mut plan.planned, plan.prior.is_none());
    surroundings.set_region(&mut planned.region, &plan.config.region, is_new);
    let before = plan.prior.as_ref().map(|prior| &prior.tags_all);
    planned.tags_all = surroundings.planned_tags(&planned.tags, before);
    if let Some(fault) = tags::too_many(&planned.tags_all) {
        return Err(fault.into());
    }
    let mut warnings: Vec<_> = findings.into_iter().collect();
    warnings.extend(user_data::built_in_plugin(plan.prior.as_ref(), &plan.planned));
    warnings.extend(set_versions(plan));
    warnings.extend(other_settings::plan(plan)?);
    Ok(warnings)
}

/// A new template is rendered by the newest version, an existing one by the version that it has.
fn settle_render_version(plan: &mut Plan<LaunchTemplate, ()>) {
    if !plan.config.render_version.is_null() {
        return;
    }
    let before = plan
        .prior
        .as_ref()
        .and_then(|prior| prior.render_version.known().copied());
    plan.planned.render_version = Attr::Known(before.unwrap_or_else(newest_version));
}

fn set_user_data(planned: &mut LaunchTemplate, text: Option<String>) {
    let text: Attr<String> = text.map_or(Attr::Unknown, Attr::Known);
    planned.user_data_sha256 = text.as_ref().map(|t| sha256(t));
    planned.user_data_bytes = text.as_ref().map(|t| i64::try_from(t.len()).unwrap_or(i64::MAX));
    planned.user_data = text;
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A change of what a version holds makes a new version; nothing else does.
fn set_versions(plan: &mut Plan<LaunchTemplate, ()>) -> Option<Diagnostic> {
    let prior = plan.prior.as_ref()?;
    let rolls = plan.planned.needs_new_version(prior);
    if rolls {
        plan.planned.latest_version = Attr::Unknown;
    }
    plan.planned.default_version = match plan.planned.update_default_version {
        Attr::Known(false) => prior.default_version,
        // Whether it will follow is not known yet; where it would not move, that makes no difference.
        Attr::Unknown if rolls || prior.default_version != prior.latest_version => Attr::Unknown,
        _ => plan.planned.latest_version,
    };
    let warns = rolls && !plan.replaces();
    warns.then(|| rolls_nodes(&plan.planned.changed(prior)))
}

fn rolls_nodes(changed: &[&str]) -> Diagnostic {
    let detail = format!(
        "Changed: {}. Node groups that follow the template's latest or default version replace their nodes.",
        changed.join(", ")
    );
    Diagnostic::warning("A new version of the launch template rolls nodes", detail)
}

#[cfg(test)]
mod tests;
