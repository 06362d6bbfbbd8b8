//! Launch templates and what uses them: D4.

use crate::drift::class::{DriftClass, Severity};
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// A launch template in numbers of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaunchTemplateFacts {
    /// Its ID or name.
    pub name: String,
    /// The version that was made from what is declared.
    pub declared: i64,
    /// The version that was declared as the default; none if no default is declared.
    pub declared_default: Option<i64>,
    /// The default version now.
    pub default: i64,
    /// The latest version now.
    pub latest: i64,
    /// Groups that use it.
    pub users: Vec<TemplateUser>,
}

/// A group that uses a launch template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateUser {
    /// `NodeGroup` or `AutoScalingGroup`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The version that it uses, as a number: `$Latest` and `$Default` are what they stand for now.
    pub version: i64,
    /// Whether its nodes are being replaced.
    pub rolls: bool,
}

/// Judges one launch template and the groups that use it. A group whose nodes are being replaced is no drift.
pub fn launch_template(place: &Place, template: &LaunchTemplateFacts) -> Section {
    let object = Object::new(place, "LaunchTemplate", &template.name);
    let mut section = Section::of(object.clone());
    section.findings.extend(latest(&object, template));
    section.findings.extend(default(&object, template));
    for user in &template.users {
        let object = Object::new(place, &user.kind, &user.name);
        section.findings.extend(used(&object, template, user));
        section.checked.insert(object);
    }
    section
}

fn latest(object: &Object, template: &LaunchTemplateFacts) -> Option<Drift> {
    let words = Words {
        expected: format!("version {} is the latest", template.declared),
        found: format!("version {} is the latest", template.latest),
        cause: "Someone, or another program, created a new version. Groups that follow the latest version use it.",
        next_step: "Compare the two versions. Then declare what the new one has, or remove it.",
    };
    (template.latest != template.declared)
        .then(|| Drift::new(DriftClass::D4, object.clone(), "latest", words))
}

fn default(object: &Object, template: &LaunchTemplateFacts) -> Option<Drift> {
    let declared = template.declared_default?;
    let words = Words {
        expected: format!("version {declared} is the default"),
        found: format!("version {} is the default", template.default),
        cause: "Someone chose another default version. Groups that follow the default use it.",
        next_step: "Set the default version back, or declare the other one.",
    };
    (template.default != declared).then(|| Drift::new(DriftClass::D4, object.clone(), "default", words))
}

fn used(object: &Object, template: &LaunchTemplateFacts, user: &TemplateUser) -> Option<Drift> {
    let (name, declared) = (&template.name, template.declared);
    let words = Words {
        expected: format!("version {declared} of {name}"),
        found: format!("version {} of {name}", user.version),
        cause: "The group was not given the new version, or was set back. Its next nodes boot from the version that it has.",
        next_step: "Give the group the declared version.",
    };
    let moved = user.version != declared && !user.rolls;
    moved.then(|| Drift::new(DriftClass::D4, object.clone(), "version", words).of_severity(Severity::Error))
}
