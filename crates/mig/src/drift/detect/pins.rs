//! Images that were pinned: D6.

use std::collections::BTreeSet;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// The image of a node whose class or group names its images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pin {
    /// The kind of the object that has it, such as `Node`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The images that are pinned, by ID: one for each architecture.
    pub pinned: BTreeSet<String>,
    /// The image that is there; none where nothing says it.
    pub found: Option<String>,
    /// Whether the object is being replaced.
    pub rolls: bool,
}

/// Judges pins. What nothing says is not checked.
pub fn pins(place: &Place, pins: &[Pin]) -> Section {
    pins.iter().map(|pin| one(place, pin)).collect()
}

fn one(place: &Place, pin: &Pin) -> Section {
    let object = Object::new(place, &pin.kind, &pin.name);
    let Some(found) = &pin.found else {
        return Section::unknown(object, "Nothing says which image it has.");
    };
    let mut section = Section::of(object.clone());
    if !pin.pinned.contains(found) && !pin.rolls {
        let pinned: Vec<&str> = pin.pinned.iter().map(String::as_str).collect();
        let words = Words {
            expected: format!("image {}", pinned.join(" or ")),
            found: format!("image {found}"),
            cause: "The node is older than the pin, and nothing replaces it: a disruption budget or a pod may keep it.",
            next_step: "Replace the node. If its image is the right one, pin that, after reading the release notes of both.",
        };
        section
            .findings
            .push(Drift::new(DriftClass::D6, object, "image", words));
    }
    section
}
