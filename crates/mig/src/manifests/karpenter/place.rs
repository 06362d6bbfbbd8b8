//! Where in the options something stands, and the list of what is wrong there.

use serde_json::Value;

use super::field::Field;
use crate::finding::{Advice, Finding, FindingKind, PathStep};
use crate::manifests::extra::{self, Extra};
use crate::manifests::fault::fault;

/// A path that grows step by step: from `metadata` or `spec` by the API's names, or one option of the rendering.
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

impl AsRef<Self> for Place {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Collects faults and warnings.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
}

impl Findings {
    pub(super) fn fault(
        &mut self,
        place: impl AsRef<Place>,
        summary: impl Into<String>,
        advice: impl Into<Advice>,
    ) {
        let path = place.as_ref().steps();
        self.faults.push(fault(path, summary, advice));
    }

    pub(super) fn warn(
        &mut self,
        place: impl AsRef<Place>,
        summary: impl Into<String>,
        advice: impl Into<Advice>,
    ) {
        let path = place.as_ref().steps();
        self.warnings
            .push(Finding::warning(FindingKind::Manifest, summary, advice).at(path));
    }

    /// What EC2 would refuse of the thing at `place`.
    pub(super) fn ec2(&mut self, place: impl AsRef<Place>, faults: impl IntoIterator<Item = Finding>) {
        for fault in faults {
            let steps = fault.path().iter().cloned().map(|step| match step {
                PathStep::Attribute(name) => PathStep::Attribute(in_karpenters_words(&name)),
                other => other,
            });
            let place = Place(place.as_ref().steps().into_iter().chain(steps).collect());
            self.fault(&place, fault.summary(), fault.advice());
        }
    }

    /// The object with further fields of its spec; those that it cannot have are faults.
    pub(super) fn merged(
        &mut self,
        mut object: Value,
        extra: &Extra,
        own_fields: &[impl AsRef<str>],
    ) -> Value {
        let own: Vec<&str> = own_fields
            .iter()
            .map(|field| field.as_ref().trim_start_matches("spec."))
            .collect();
        for refusal in extra::merge(&mut object["spec"], extra, &own) {
            self.fault(Place::of("extra"), refusal.summary(), refusal.detail());
        }
        object
    }

    /// One of a few words, where a text is given.
    pub(super) fn one_of(&mut self, field: &Field<'_>, allowed: &[&str]) {
        if let Some(word) = field.text().filter(|word| !allowed.contains(word)) {
            let summary = format!("{word:?} is not possible here");
            self.fault(field, summary, format!("It is one of {}.", allowed.join(", ")));
        }
    }

    /// A number between two others, both allowed, where one is given.
    pub(super) fn within(&mut self, field: &Field<'_>, first: i64, last: i64) {
        if let Some(number) = field.number().filter(|number| !(first..=last).contains(number)) {
            let summary = format!("{number} is not possible here");
            self.fault(field, summary, format!("It is a number from {first} to {last}."));
        }
    }

    /// A text that says something, where one is given.
    pub(super) fn not_blank(&mut self, field: &Field<'_>) {
        if field.text().is_some_and(|text| text.trim().is_empty()) {
            self.fault(
                field,
                "An empty text says nothing",
                "Give a value, or leave it out.",
            );
        }
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

    /// At most so many elements.
    pub(super) fn at_most(&mut self, place: impl AsRef<Place>, found: usize, most: usize) {
        if found > most {
            self.fault(
                place,
                format!("{found} elements are too many"),
                format!("The API takes up to {most}."),
            );
        }
    }
}

/// Karpenter's name of what EC2's rules call `volume_size`.
fn in_karpenters_words(name: &str) -> String {
    match name {
        "http_protocol_ipv6" => "httpProtocolIPv6".to_owned(),
        "kms_key_id" => "kmsKeyID".to_owned(),
        "snapshot_id" => "snapshotID".to_owned(),
        name => {
            let mut words = name.split('_');
            let first = words.next().unwrap_or_default().to_owned();
            words.fold(first, |all, word| {
                let (initial, rest) = word.split_at(usize::from(!word.is_empty()));
                all + &initial.to_ascii_uppercase() + rest
            })
        }
    }
}
