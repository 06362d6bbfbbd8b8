//! Fields that are not as declared, and objects that are not there.

use serde::Serialize;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Words};

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

/// One drift for all edited fields of an object, if there are any. Which fields they are is a part of its fingerprint.
pub(super) fn edited(class: DriftClass, object: &Object, edits: &[FieldEdit]) -> Option<Drift> {
    let mut edits: Vec<&FieldEdit> = edits.iter().filter(|edit| edit.expected != edit.found).collect();
    edits.sort();
    edits.dedup();
    let paths: Vec<&str> = edits.iter().map(|edit| edit.path.as_str()).collect();
    let side = |value: fn(&FieldEdit) -> &Option<String>| {
        let lines: Vec<String> = edits
            .iter()
            .map(|edit| {
                format!(
                    "{} is {}",
                    edit.path,
                    value(edit).as_deref().unwrap_or("not there")
                )
            })
            .collect();
        lines.join("; ")
    };
    let words = Words {
        expected: side(|edit| &edit.expected),
        found: side(|edit| &edit.found),
        cause: "Somebody, or another program, has changed the object after it was made.",
        next_step: "Find out who holds these fields (kubectl get --show-managed-fields). Then bring the object back to \
                    what is declared, or declare the new value.",
    };
    (!edits.is_empty()).then(|| Drift::new(class, object.clone(), &paths.join(","), words))
}

/// The drift of an object that is not there.
pub(super) fn absent(class: DriftClass, object: &Object) -> Drift {
    let words = Words {
        expected: "the object exists".to_owned(),
        found: "there is none of that name".to_owned(),
        cause: "Somebody has deleted it, or the cluster is not the one in which it was made.",
        next_step: "Check that this is the right cluster. Then create the object again as it is declared.",
    };
    Drift::new(class, object.clone(), "absent", words)
}
