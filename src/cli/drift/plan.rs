//! A plan as JSON, and what of it is drift.

mod compare;

use std::collections::BTreeSet;

use mig::drift::detect::{FieldEdit, Origin, Presence, declared};
use mig::drift::{DriftClass, Object, Place, Section, WhyNot};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::expected;

/// The parts of a plan that are read. Source: Terraform's "JSON output format", which OpenTofu shares.
#[derive(Debug, Deserialize)]
pub(super) struct PlanFile {
    format_version: String,
    #[serde(default)]
    errored: bool,
    /// Whether an apply of it would reach all of the configuration; `-target` makes it false. OpenTofu does not say it.
    complete: Option<bool>,
    #[serde(default)]
    resource_changes: Vec<Change>,
    /// What others have changed since the last apply.
    #[serde(default)]
    resource_drift: Vec<Change>,
    #[serde(default)]
    planned_values: Values,
    #[serde(default)]
    prior_state: State,
    /// Whether it was made right now, by a program that the user named, and not handed over as a file.
    #[serde(skip)]
    is_made_here: bool,
}

#[derive(Debug, Default, Deserialize)]
struct State {
    #[serde(default)]
    values: Values,
}

#[derive(Debug, Default, Deserialize)]
struct Values {
    #[serde(default)]
    root_module: Module,
}

#[derive(Debug, Default, Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    address: String,
    #[serde(default)]
    mode: Mode,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: Map<String, Json>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Managed,
    Data,
    /// A later kind.
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Change {
    address: String,
    #[serde(default)]
    mode: Mode,
    #[serde(rename = "type")]
    kind: String,
    /// The key of an object that a replacement has left over.
    deposed: Option<String>,
    change: Difference,
}

#[derive(Debug, Deserialize)]
struct Difference {
    actions: Vec<String>,
    #[serde(default)]
    before: Json,
    #[serde(default)]
    after: Json,
    #[serde(default)]
    after_unknown: Json,
    #[serde(default)]
    before_sensitive: Json,
    #[serde(default)]
    after_sensitive: Json,
}

/// One of our resources as the plan has it.
#[derive(Debug)]
pub(super) struct Planned<'a> {
    pub(super) values: &'a Map<String, Json>,
}

impl Values {
    /// Our resources of all modules.
    fn ours(&self) -> Vec<&Resource> {
        let mut modules = vec![&self.root_module];
        let mut all = Vec::new();
        while let Some(module) = modules.pop() {
            modules.extend(&module.child_modules);
            all.extend(
                module
                    .resources
                    .iter()
                    .filter(|resource| resource.kind.starts_with("mig_")),
            );
        }
        all
    }
}

impl PlanFile {
    /// The same, made by a program that the user named.
    pub(super) fn made_here(self) -> Self {
        Self {
            is_made_here: true,
            ..self
        }
    }

    /// Whether it was made so, and not handed over as a file.
    pub(super) fn is_made_here(&self) -> bool {
        self.is_made_here
    }

    /// Our resources of all modules.
    pub(super) fn planned(&self) -> impl Iterator<Item = Planned<'_>> {
        self.planned_values.ours().into_iter().map(|resource| Planned {
            values: &resource.values,
        })
    }

    /// Our objects that exist and that the plan says nothing of: `-refresh-only` says nothing of any, and `-target` and `-exclude` of
    /// some, which OpenTofu does not tell.
    fn passed_over(&self) -> Vec<&Resource> {
        let told: BTreeSet<&str> = self
            .resource_changes
            .iter()
            .map(|change| change.address.as_str())
            .collect();
        let mut missing = self.prior_state.values.ours();
        missing.retain(|resource| {
            resource.mode == Mode::Managed
                && class(&resource.kind).is_some()
                && !told.contains(resource.address.as_str())
        });
        missing
    }
}

/// Reads a plan.
///
/// # Errors
/// When the text is none.
pub(super) fn parse(text: &str) -> Result<PlanFile, String> {
    let plan: Result<PlanFile, _> = serde_json::from_str(text);
    let plan = plan.map_err(|error| {
        format!("the plan is not what `terraform show -json PLAN` or `tofu show -json PLAN` writes: {error}")
    })?;
    match plan.format_version.split('.').next() {
        Some("1") => Ok(plan),
        _ => Err(format!(
            "the plan has format {}, and 1.x is read",
            plan.format_version
        )),
    }
}

/// What differs between the configuration and the objects, as the plan would change it; and what the plan does not tell.
pub(super) fn sections(plan: &PlanFile) -> Vec<Section> {
    let mut all: Vec<Section> = plan
        .resource_changes
        .iter()
        .filter_map(|change| section(change, plan))
        .collect();
    let whole = Object::new(&Place::default(), "Plan", "");
    let gap = if plan.errored {
        Some("The plan ended with an error, so that it says nothing of what it did not reach.")
    } else if plan.complete == Some(false) {
        Some(
            "The plan is of a part of the configuration, as -target and -exclude make one. It says nothing of the rest.",
        )
    } else {
        None
    };
    all.extend(gap.map(|text| Section::not_checked(whole, WhyNot::Unknown, text)));
    all.extend(plan.passed_over().into_iter().filter_map(silent));
    all
}

fn silent(resource: &Resource) -> Option<Section> {
    let (_, kind) = class(&resource.kind)?;
    let object = Object::new(&expected::place(&resource.values), kind, &resource.address);
    let text = "The plan does not say what is to become of it, as with -refresh-only, -target and -exclude.";
    Some(Section::not_checked(object, WhyNot::Unknown, text))
}

/// The class of a resource's drift, and the kind of its object in its API.
fn class(kind: &str) -> Option<(DriftClass, &'static str)> {
    Some(match kind {
        "mig_launch_template" => (DriftClass::D4, "LaunchTemplate"),
        "mig_node_group" => (DriftClass::D4, "NodeGroup"),
        "mig_autoscaling_group_tags" => (DriftClass::D8, "AutoScalingGroup"),
        "mig_karpenter_nodeclass" => (DriftClass::D5, "EC2NodeClass"),
        "mig_karpenter_nodepool" => (DriftClass::D5, "NodePool"),
        "mig_karpenter_nodeoverlay" => (DriftClass::D5, "NodeOverlay"),
        "mig_device_plugin" => (DriftClass::D3, "DaemonSet"),
        _ => return None,
    })
}

fn section(change: &Change, plan: &PlanFile) -> Option<Section> {
    let (mut class, kind) = class(&change.kind).filter(|_| change.mode == Mode::Managed)?;
    let Difference { before, after, .. } = &change.change;
    let values = if after.is_null() { before } else { after };
    let place = values.as_object().map(expected::place).unwrap_or_default();
    let name = match &change.deposed {
        Some(key) => format!("{} (deposed {key})", change.address),
        None => change.address.clone(),
    };
    let object = Object::new(&place, kind, &name);
    let (presence, edits) = planned(&change.change);
    if kind == "NodeGroup" && !edits.is_empty() && edits.iter().all(|edit| is_tag(&edit.path)) {
        class = DriftClass::D8;
    }
    let origin = origin(change, &edits, plan);
    Some(declared(class, object, presence, &edits, origin))
}

/// What the program would do to the object.
fn planned(difference: &Difference) -> (Presence, Vec<FieldEdit>) {
    let actions: Vec<&str> = difference.actions.iter().map(String::as_str).collect();
    match actions.as_slice() {
        ["no-op" | "read"] => (Presence::Present, Vec::new()),
        ["create"] => (Presence::Absent, Vec::new()),
        ["delete" | "forget"] => (Presence::Present, vec![not_declared()]),
        _ => (Presence::Present, edits(difference)),
    }
}

/// The tags of the group, and those of its Auto Scaling group.
fn is_tag(path: &str) -> bool {
    ["autoscaler_tags.", "autoscaling_group_tags."]
        .iter()
        .any(|tags| path.starts_with(tags))
}

/// An object that exists and that the configuration does not have any more.
fn not_declared() -> FieldEdit {
    FieldEdit {
        path: "the object".to_owned(),
        expected: None,
        found: Some("there".to_owned()),
    }
}

/// What differs. A change of which all is known only after the apply is a change too.
fn edits(difference: &Difference) -> Vec<FieldEdit> {
    let compared = compare::compare(difference);
    if !compared.edits.is_empty() {
        return compared.edits;
    }
    let open = |path: String| FieldEdit {
        path,
        expected: Some("known after the apply".to_owned()),
        found: Some("another value".to_owned()),
    };
    match compared.open.is_empty() {
        false => compared.open.into_iter().map(open).collect(),
        true => vec![open("the object".to_owned())],
    }
}

/// Whether others have changed what differs, or the configuration was changed since the last apply.
fn origin(change: &Change, edits: &[FieldEdit], plan: &PlanFile) -> Origin {
    let mut drifted = plan
        .resource_drift
        .iter()
        .filter(|drift| drift.address == change.address && drift.deposed == change.deposed);
    let touches = |drift: &Change| {
        let gone = drift.change.after.is_null();
        let fields = compare::compare(&drift.change).edits;
        gone || fields
            .iter()
            .any(|field| edits.iter().any(|edit| edit.path == field.path))
    };
    if drifted.any(touches) {
        Origin::Edited
    } else {
        Origin::NotApplied
    }
}

#[cfg(test)]
mod tests;
