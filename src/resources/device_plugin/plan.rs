//! What an apply would do, from values alone.

use std::collections::BTreeMap;

use mig::boot::RenderVersion;
use mig::manifests::Extra;
use mig::manifests::device_plugin::{DEFAULT_IMAGE, DevicePlugin, DevicePluginVersion, image_of_version};
use mig::manifests::{DevicePluginOptions, ResourceRequirements, Toleration};
use mig::{Layout, PathStep};
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Plan};

use super::model::{DevicePluginModel, ResourcesModel, TolerationModel};
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::findings::{below, report_at};
use crate::resources::manifests::{self, Renderable};

/// The version of the rendering of new objects.
fn newest_version() -> i64 {
    i64::from(DevicePluginVersion::default().number())
}

impl Renderable for DevicePluginModel {
    const FOLLOWED: &'static [(&'static str, &'static str)] = &[(
        "layouts",
        "The layouts of the nodes that the plugin serves; those of all pools beside it if left out.",
    )];

    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let mut complete = self.with_defaults();
        if complete.image.is_null() {
            complete.image = DEFAULT_IMAGE.into();
        }
        if complete.render_version.is_null() {
            complete.render_version = newest_version().into();
        }
        render(&complete, facts, diags)
    }

    fn of_version(self, version: RenderVersion) -> Self {
        Self {
            image: if self.image.is_null() {
                image_of_version(version).into()
            } else {
                self.image
            },
            render_version: i64::from(DevicePluginVersion::of_nodes(version).number()).into(),
            ..self
        }
    }
}

/// Gives what is known already: the objects.
///
/// # Errors
/// When the layouts or the options are invalid.
pub(super) fn refine<T>(
    plan: &mut Plan<DevicePluginModel, T>,
    facts: &Facts,
) -> Result<Diagnostics, Diagnostics> {
    let before = plan.prior.as_ref();
    if plan.config.image.is_null() {
        let image = before.and_then(|p| p.image.known().cloned());
        plan.planned.image = image.unwrap_or_else(|| DEFAULT_IMAGE.to_owned()).into();
    }
    if plan.config.render_version.is_null() {
        let version = before.and_then(|p| p.render_version.known().copied());
        plan.planned.render_version = version.unwrap_or_else(newest_version).into();
    }
    let mut findings = Diagnostics::new();
    let objects = render(&plan.planned, facts, &mut findings);
    let objects = objects.map(|objects| manifests::manifests(&objects));
    plan.planned.manifests = checked::planned(objects, &mut findings)?;
    findings.extend(unprivileged(&plan.planned, facts));
    plan.planned.id = match (&plan.planned.namespace, &plan.planned.name) {
        (Attr::Known(namespace), Attr::Known(name)) => format!("{namespace}/{name}").into(),
        _ => Attr::Unknown,
    };
    Ok(findings)
}

/// The warning that a plugin of the first rendering sees no slices on some images.
fn unprivileged(planned: &DevicePluginModel, facts: &Facts) -> Option<Diagnostic> {
    if planned.render_version.known().copied() != Some(i64::from(DevicePluginVersion::V1.number())) {
        return None;
    }
    let layouts = layouts(planned, facts, &mut Diagnostics::new()).ok()?;
    let cut = layouts.iter().any(Layout::is_cut);
    let detail = "Its containers are not privileged. The NVIDIA container toolkit from 1.18.0 to 1.20.0, which images of EKS have, shows \
                  slices to privileged containers alone (NVIDIA/nvidia-container-toolkit issue 1740), so that nodes of such an image announce none. \
                  Set render_version = 2, which restarts the plugin's pods.";
    let warning = Diagnostic::warning("The device plugin may see no slices", detail);
    cut.then(|| warning.at(Path::attr("render_version")))
}

fn render(model: &DevicePluginModel, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
    let layouts = layouts(model, facts, diags);
    let version = render_version(*model.render_version.known().or_deferred()?, diags)?;
    let extra = manifests::json_object(&model.extra, &Path::attr("extra"), diags)?;
    let options = options(model, version, extra).or_deferred()?;
    DevicePlugin::render(&layouts?, &options).map_err(|faults| {
        report_at(&faults, |path| attribute(path), diags);
        Withheld::Invalid
    })
}

fn render_version(found: i64, diags: &mut Diagnostics) -> Checked<DevicePluginVersion> {
    let version = DevicePluginVersion::from_number(found);
    if version.is_none() {
        let newest = newest_version();
        let detail = format!(
            "Found {found}; this provider knows 1 to {newest}. Leave it out for the version in use or, of new objects, \
             {newest}; or upgrade the provider."
        );
        diags.error_at(Path::attr("render_version"), "Unknown render_version", detail);
    }
    version.ok_or(Withheld::Invalid)
}

/// Every layout is checked, so that all faults show at once.
pub(super) fn layouts(
    model: &DevicePluginModel,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<Vec<Layout>> {
    let models = model.layouts.known().or_deferred()?;
    let resolve = |(i, layout): (usize, &crate::models::LayoutModel)| {
        layout.resolve(facts, &Path::attr("layouts").index(i), diags)
    };
    let resolved: Vec<_> = models.iter().enumerate().map(resolve).collect();
    checked::all(resolved)
}

fn options(
    model: &DevicePluginModel,
    render_version: DevicePluginVersion,
    extra: Extra,
) -> Option<DevicePluginOptions> {
    Some(DevicePluginOptions {
        render_version,
        name: model.name.known()?.clone(),
        namespace: model.namespace.known()?.clone(),
        image: model.image.known()?.clone(),
        image_pull_policy: model.image_pull_policy.settled()?.cloned(),
        image_pull_secrets: model.image_pull_secrets.settled()?.cloned().unwrap_or_default(),
        tolerations: model
            .tolerations
            .settled()?
            .cloned()
            .unwrap_or_default()
            .iter()
            .map(toleration)
            .collect::<Option<_>>()?,
        node_selector: model.node_selector.settled()?.cloned().unwrap_or_default(),
        priority_class: model
            .priority_class_name
            .settled()?
            .cloned()
            .filter(|name| !name.is_empty()),
        runtime_class: model.runtime_class_name.settled()?.cloned(),
        resources: requirements(model.resources.settled()?.cloned().unwrap_or_default())?,
        feature_discovery: model.feature_discovery.settled()?.copied().unwrap_or_default(),
        env: model.env.settled()?.cloned().unwrap_or_default(),
        labels: model.labels.settled()?.cloned().unwrap_or_default(),
        annotations: model.annotations.settled()?.cloned().unwrap_or_default(),
        extra,
    })
}

fn toleration(model: &TolerationModel) -> Option<Toleration> {
    Some(Toleration {
        key: model.key.settled()?.cloned(),
        operator: model.operator.settled()?.cloned(),
        value: model.value.settled()?.cloned(),
        effect: model.effect.settled()?.cloned(),
    })
}

fn requirements(model: ResourcesModel) -> Option<ResourceRequirements> {
    let quantities =
        |attr: &Attr<BTreeMap<String, String>>| Some(attr.settled()?.cloned().unwrap_or_default());
    Some(ResourceRequirements {
        requests: quantities(&model.requests)?,
        limits: quantities(&model.limits)?,
    })
}

/// The attribute of an option.
fn attribute(steps: &[PathStep]) -> Path {
    match steps {
        [PathStep::Attribute(name), rest @ ..] if name == "priority_class" || name == "runtime_class" => {
            below(&Path::attr(format!("{name}_name")), rest)
        }
        steps => below(&Path::root(), steps),
    }
}
