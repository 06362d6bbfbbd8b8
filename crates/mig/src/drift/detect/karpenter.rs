//! Karpenter's objects and the gate of its overlays: D5.

use super::edits::{FieldEdit, Presence, absent, edited};
use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;
use crate::node_status::{Condition, Tristate};

/// An object of Karpenter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KarpenterFacts {
    /// `EC2NodeClass`, `NodePool` or `NodeOverlay`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it exists.
    pub presence: Presence,
    /// Fields of ours that are not as declared.
    pub edits: Vec<FieldEdit>,
    /// `Ready` of a class or pool, `ValidationSucceeded` of an overlay; none where the controller has not said it yet.
    pub condition: Option<Condition>,
}

/// Seconds for which a refusal may be a step on the way: a class is not Ready until its images and subnets are found.
pub const CONDITION_SECONDS: i64 = 300;

/// Judges one object. A condition that is not there yet, not decided or very young is no drift.
pub fn karpenter(place: &Place, facts: &KarpenterFacts, now: i64) -> Section {
    let object = Object::new(place, &facts.kind, &facts.name);
    let mut section = Section::of(object.clone());
    if facts.presence == Presence::Absent {
        section.findings.push(absent(DriftClass::D5, &object));
        return section;
    }
    section
        .findings
        .extend(edited(DriftClass::D5, &object, &facts.edits));
    let refused = facts
        .condition
        .as_ref()
        .filter(|found| found.status == Tristate::False && lasts(found, now));
    section
        .findings
        .extend(refused.map(|condition| refusal(&object, condition)));
    section
}

fn lasts(condition: &Condition, now: i64) -> bool {
    let long = |since: i64| now.saturating_sub(since) >= CONDITION_SECONDS;
    condition.since.is_none_or(long)
}

fn refusal(object: &Object, condition: &Condition) -> Drift {
    let words = Words {
        expected: "Karpenter accepts the object".to_owned(),
        found: format!("{}: {}", condition.reason, condition.message),
        cause: "Karpenter cannot use the object as it is. A class may name what AWS does not have, and two overlays may \
                say different things of one instance type.",
        next_step: "Correct what the message names. Until then Karpenter brings up no node for it, or the wrong one.",
    };
    Drift::new(DriftClass::D5, object.clone(), "refused", words)
}

/// Judges whether Karpenter reads overlays at all, which is behind the feature gate `NodeOverlay`. Give the number of
/// overlays that are declared, and the gate as the controller has it; none where that could not be read.
pub fn overlay_gate(place: &Place, overlays: usize, gate: Option<bool>) -> Section {
    let object = Object::new(place, "FeatureGate", "NodeOverlay");
    let Some(on) = gate else {
        if overlays == 0 {
            return Section::default();
        }
        return Section::unknown(object, "The controller's feature gates could not be read.");
    };
    let mut section = Section::of(object.clone());
    if !on && overlays > 0 {
        let words = Words {
            expected: "the gate is on".to_owned(),
            found: format!("the gate is off, and {overlays} overlays are declared"),
            cause: "Karpenter was installed again, or upgraded, without the setting.",
            next_step: "Set featureGates.nodeOverlay of Karpenter's chart to true. Without it no pending pod brings up a \
                        node with slices.",
        };
        section
            .findings
            .push(Drift::new(DriftClass::D5, object, "gate", words));
    }
    section
}
