//! Fields that are not as declared, and objects that are not there.

use serde::Serialize;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Words};
use crate::drift::section::Section;

/// A field that is not as declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldEdit {
    /// Its path, such as `spec.template.spec.containers[0].image`.
    pub path: String,
    /// What was declared; none for a field that should not be there.
    pub expected: Option<String>,
    /// What is there; none for a field that was removed.
    pub found: Option<String>,
}

/// Whether a declared object exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// It does.
    #[default]
    Present,
    /// The API says that there is none.
    Absent,
}

/// Where a difference comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The object was changed.
    #[default]
    Edited,
    /// What is declared was changed, and not applied.
    NotApplied,
}

/// Judges an object by what a plan would change of it, whatever its kind is: it is not there, or fields of it are not as declared.
pub fn declared(
    class: DriftClass,
    object: Object,
    presence: Presence,
    edits: &[FieldEdit],
    origin: Origin,
) -> Section {
    let drift = match presence {
        Presence::Absent => Some(absent(class, &object)),
        Presence::Present => edited(class, &object, edits),
    };
    let mut section = Section::of(object);
    section.findings.extend(drift.map(|drift| match origin {
        Origin::Edited => drift,
        Origin::NotApplied => not_applied(drift),
    }));
    section
}

fn not_applied(drift: Drift) -> Drift {
    Drift {
        cause: "The configuration was changed after the last apply, and was not applied.".to_owned(),
        next_step: "Apply the configuration, or take its change back.".to_owned(),
        ..drift
    }
}

/// Fields that a report names of one object.
const FIELDS: usize = 20;

/// One drift for all edited fields of an object, if there are any. Which fields they are is a part of its fingerprint.
pub(super) fn edited(class: DriftClass, object: &Object, edits: &[FieldEdit]) -> Option<Drift> {
    let mut edits: Vec<&FieldEdit> = edits.iter().filter(|edit| edit.expected != edit.found).collect();
    edits.sort();
    edits.dedup();
    let paths: Vec<&str> = edits.iter().map(|edit| edit.path.as_str()).collect();
    let words = Words {
        expected: side(&edits, |edit| &edit.expected),
        found: side(&edits, |edit| &edit.found),
        cause: "Someone, or another program, changed the object after it was created.",
        next_step: match class {
            DriftClass::D4 | DriftClass::D8 => {
                "Find out in CloudTrail who changed it. Then bring it back to what is declared, or declare the new value."
            }
            _ => {
                "Find out who holds these fields (kubectl get --show-managed-fields). Then bring the object back to \
                 what is declared, or declare the new value."
            }
        },
    };
    (!edits.is_empty()).then(|| Drift::new(class, object.clone(), &paths.join(","), words))
}

/// One side of the fields.
fn side(edits: &[&FieldEdit], value: fn(&FieldEdit) -> &Option<String>) -> String {
    let line = |edit: &&FieldEdit| {
        let value = value(edit).as_deref().unwrap_or("not there");
        format!("{} is {value}", edit.path)
    };
    let mut lines: Vec<String> = edits.iter().take(FIELDS).map(line).collect();
    let more = edits.len().saturating_sub(FIELDS);
    lines.extend((more > 0).then(|| format!("and {more} more fields")));
    lines.join("; ")
}

/// The drift of an object that is not there.
pub(super) fn absent(class: DriftClass, object: &Object) -> Drift {
    let words = Words {
        expected: "the object exists".to_owned(),
        found: "there is none of that name".to_owned(),
        cause: "Someone deleted it, or this is not the cluster in which it was created.",
        next_step: "Check that this is the right cluster. Then create the object again as it is declared.",
    };
    Drift::new(class, object.clone(), "absent", words)
}
