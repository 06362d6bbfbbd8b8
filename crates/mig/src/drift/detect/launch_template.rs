//! Launch templates of groups: D4. What is declared of a template itself, its plan compares.

use crate::drift::class::{DriftClass, Severity};
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// A group whose nodes have a layout, and what its next nodes boot with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupFacts {
    /// `NodeGroup` or `AutoScalingGroup`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The layout that its labels or tags name; none where they name none.
    pub layout: Option<String>,
    /// Its launch template, by ID.
    pub template: String,
    /// The version that it uses, as a number: `$Latest` and `$Default` are what they stand for now.
    pub version: i64,
    /// The version that a plan made from what is declared; none where no plan has the template.
    pub declared: Option<i64>,
    /// The layout that the user data of this version gives to nodes; none where it names none.
    pub boots: Option<String>,
    /// Whether its nodes are being replaced.
    pub rolls: bool,
}

/// Judges what the next nodes of a group boot with. User data that names no layout cannot be judged so, and a group whose nodes are being
/// replaced has two versions.
pub fn group_template(place: &Place, group: &GroupFacts) -> Section {
    let object = Object::new(place, &group.kind, &group.name);
    let mut section = Section::of(object.clone());
    if !group.rolls {
        let drift = other_layout(&object, group).or_else(|| other_version(&object, group));
        section.findings.extend(drift);
    }
    section
}

fn other_layout(object: &Object, group: &GroupFacts) -> Option<Drift> {
    let (layout, boots) = (group.layout.as_ref()?, group.boots.as_ref()?);
    let GroupFacts {
        version, template, ..
    } = group;
    let words = Words {
        expected: format!("a version with the layout {layout}"),
        found: format!("version {version} of {template} with the layout {boots}"),
        cause: "The group was given another version, or was set back, and its labels and tags were not.",
        next_step: "Give the group the version that has its layout. Until then its next nodes are cut otherwise.",
    };
    let drift = || Drift::new(DriftClass::D4, object.clone(), "layout", words).of_severity(Severity::Error);
    (layout != boots).then(drift)
}

fn other_version(object: &Object, group: &GroupFacts) -> Option<Drift> {
    let declared = group.declared?;
    let GroupFacts {
        version, template, ..
    } = group;
    let words = Words {
        expected: format!("version {declared} of {template}"),
        found: format!("version {version} of {template}"),
        cause: "The group was not given the new version, or was set back. Its next nodes boot from the version that it has.",
        next_step: "Give the group the declared version.",
    };
    (*version != declared).then(|| Drift::new(DriftClass::D4, object.clone(), "version", words))
}
