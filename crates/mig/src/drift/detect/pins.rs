//! Images and drivers that were pinned: D6.

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// What is pinned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinKind {
    /// An AMI by its ID or alias: exactly this one.
    #[default]
    Image,
    /// A driver by its version, or by the first numbers of it: `580` is also `580.126.20`.
    Driver,
}

/// One pin, and what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pin {
    /// The kind of the object that has it: `Node`, `EC2NodeClass`, `LaunchTemplate`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is pinned.
    pub what: PinKind,
    /// The pin.
    pub pinned: String,
    /// What is there; none where nothing says it.
    pub found: Option<String>,
}

/// Judges pins. What nothing says, such as the driver of a node without feature discovery, is not checked.
pub fn pins(place: &Place, pins: &[Pin]) -> Section {
    pins.iter().map(|pin| one(place, pin)).collect()
}

fn one(place: &Place, pin: &Pin) -> Section {
    let object = Object::new(place, &pin.kind, &pin.name);
    let what = match pin.what {
        PinKind::Image => "image",
        PinKind::Driver => "driver",
    };
    let Some(found) = &pin.found else {
        return Section::unknown(object, format!("Nothing says which {what} it has."));
    };
    let mut section = Section::of(object.clone());
    if !holds(pin, found) {
        let words = Words {
            expected: format!("{what} {}", pin.pinned),
            found: format!("{what} {found}"),
            cause: "The node is older than the pin, or its image was chosen by something that follows the newest one.",
            next_step: "Replace the node if it is older than the pin. Otherwise pin what is there, after reading its \
                        release notes.",
        };
        section
            .findings
            .push(Drift::new(DriftClass::D6, object, what, words));
    }
    section
}

fn holds(pin: &Pin, found: &str) -> bool {
    match pin.what {
        PinKind::Image => pin.pinned == found,
        PinKind::Driver => {
            let rest = found.strip_prefix(pin.pinned.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    }
}
