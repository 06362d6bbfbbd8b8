//! Where in the options something stands, and the list of what is wrong there.

use serde_json::Value;

use crate::ec2::Ec2Fault;
use crate::layout::PathStep;
use crate::manifests::extra::{self, Extra};
use crate::manifests::fault::{ManifestFault, ManifestWarning};

/// A path that grows step by step; the names are those that Terraform users write.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Vec<PathStep>);

impl Place {
    pub(super) fn of(attribute: &str) -> Self {
        Self::default().attr(attribute)
    }

    pub(super) fn attr(&self, attribute: &str) -> Self {
        self.with(PathStep::Attribute(attribute.to_owned()))
    }

    pub(super) fn key(&self, key: &str) -> Self {
        self.with(PathStep::Key(key.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(PathStep::Index(index))
    }

    pub(super) fn steps(&self) -> Vec<PathStep> {
        self.0.clone()
    }

    fn with(&self, step: PathStep) -> Self {
        Self([self.0.as_slice(), &[step]].concat())
    }
}

/// Collects faults and warnings.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<ManifestFault>,
    pub(super) warnings: Vec<ManifestWarning>,
}

impl Findings {
    pub(super) fn fault(&mut self, place: &Place, summary: impl Into<String>, detail: impl Into<String>) {
        self.faults
            .push(ManifestFault::new(place.steps(), summary, detail));
    }

    pub(super) fn warn(&mut self, place: &Place, summary: impl Into<String>, detail: impl Into<String>) {
        self.warnings
            .push(ManifestWarning::new(place.steps(), summary, detail));
    }

    /// What EC2 would refuse of the thing at `place`.
    pub(super) fn ec2(&mut self, place: &Place, faults: impl IntoIterator<Item = Ec2Fault>) {
        for fault in faults {
            let place = Place([place.0.as_slice(), fault.path()].concat());
            self.fault(&place, fault.summary(), fault.detail());
        }
    }

    /// The object with further fields of its spec; those that it cannot have are faults.
    pub(super) fn merged(&mut self, mut object: Value, extra: &Extra, fields: &[&str]) -> Value {
        for refusal in extra::merge(&mut object["spec"], extra, fields) {
            self.fault(&Place::of("extra"), refusal.summary(), refusal.detail());
        }
        object
    }

    /// One of a few words.
    pub(super) fn word(&mut self, place: &Place, word: Option<&String>, allowed: &[&str]) {
        if let Some(word) = word.filter(|word| !allowed.contains(&word.as_str())) {
            self.fault(
                place,
                format!("{word:?} is not possible here"),
                format!("It is one of {}.", allowed.join(", ")),
            );
        }
    }

    /// A number between two others, both allowed.
    pub(super) fn range(&mut self, place: &Place, number: Option<i64>, first: i64, last: i64) {
        if let Some(number) = number.filter(|number| !(first..=last).contains(number)) {
            self.fault(
                place,
                format!("{number} is not possible here"),
                format!("It is a number from {first} to {last}."),
            );
        }
    }

    /// A text that says something.
    pub(super) fn not_empty(&mut self, place: &Place, text: Option<&String>) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.fault(
                place,
                "An empty text says nothing",
                "Give a value, or leave it out.",
            );
        }
    }

    /// At most so many elements.
    pub(super) fn at_most(&mut self, place: &Place, found: usize, most: usize) {
        if found > most {
            self.fault(
                place,
                format!("{found} elements are too many"),
                format!("The API takes up to {most}."),
            );
        }
    }
}
