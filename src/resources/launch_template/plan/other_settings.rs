//! What becomes of settings without an attribute, in the words of a plan.

use std::collections::BTreeMap;

use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Plan};

use super::super::model::LaunchTemplate;
use super::super::other::{self, Settings};
use super::super::render;

/// Plans which of them the next version keeps, and says so. There is no next version where one cannot be kept.
///
/// # Errors
/// When a setting cannot be written into a new version.
pub(super) fn plan(plan: &mut Plan<LaunchTemplate, ()>) -> Result<Option<Diagnostic>, Diagnostics> {
    let Some(prior) = &plan.prior else {
        return Ok(None);
    };
    let settings = prior.other_settings.known().cloned().unwrap_or_default();
    if settings.is_empty() || plan.replaces() || !plan.planned.needs_new_version(prior) {
        return Ok(None);
    }
    if let Some(fault) = not_carried(&settings) {
        return Err(fault.into());
    }
    if !places_are_known(&plan.planned) {
        plan.planned.other_settings = Attr::Unknown;
        return Ok(Some(kept(&settings, &Settings::new())));
    }
    let (stay, go) = other::split(&settings, &render::version_data(&plan.planned));
    let warning = kept(&stay, &go);
    plan.planned.other_settings = stay.into();
    Ok(Some(warning))
}

/// Whether it is known which disks, interfaces and other objects the next version has.
fn places_are_known(planned: &LaunchTemplate) -> bool {
    let values = planned.encode_object();
    let names = [
        "block_device_mappings",
        "instance_market_options",
        "network_interfaces",
        "placement",
    ];
    let mut values = names.iter().filter_map(|name| values.get(*name));
    values.all(tfplug::Value::is_wholly_known)
}

fn kept(stay: &Settings, go: &Settings) -> Diagnostic {
    let mut parts = Vec::new();
    if !stay.is_empty() {
        parts.push(format!("The new version keeps:{}", lines(stay)));
    }
    if !go.is_empty() {
        let detail = "The new version has no more, since what they belong to is not in the configuration:";
        parts.push(format!("{detail}{}", lines(go)));
    }
    let detail = format!(
        "The newest version has settings that this resource has no attribute for. {}",
        parts.join("\n")
    );
    Diagnostic::warning("Settings of the launch template that have no attribute", detail)
}

fn lines(settings: &Settings) -> String {
    let line = |(name, value): (&String, &String)| format!("\n  {name}: {value}");
    settings.iter().map(line).collect()
}

/// The error for settings that no new version can have.
pub(in super::super) fn not_carried(settings: &Settings) -> Option<Diagnostic> {
    let names = other::not_carried(settings);
    let detail = format!(
        "The newest version has {}. This provider cannot write it into a new version, so it would be lost. Make a version \
         without it in the console or with the AWS CLI, and plan again.",
        names.join(", ")
    );
    let fault = Diagnostic::error("A setting of the launch template would be lost", detail);
    (!names.is_empty()).then(|| fault.at(Path::attr("other_settings")))
}

/// The warning for settings that the newest version has and the last known one had not: they are drift that no plan takes
/// back.
pub(in super::super) fn drift(known: &Attr<Settings>, seen: &Settings) -> Option<Diagnostic> {
    let known = known.known()?;
    let new: BTreeMap<_, _> = seen
        .iter()
        .filter(|(name, value)| known.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let detail = format!(
        "They were set outside of this configuration, and this resource has no attribute for them:{}\nThe next version keeps \
         them. To be rid of them, make a version without them in the console or with the AWS CLI.",
        lines(&new)
    );
    let warning = Diagnostic::warning("The launch template has new settings", detail);
    (!new.is_empty()).then(|| warning.at(Path::attr("other_settings")))
}
