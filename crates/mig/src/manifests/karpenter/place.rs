//! What is checked alike in all objects of Karpenter. Places begin at `metadata` or `spec`, with the API's names, or at an
//! option of the rendering.

use serde_json::Value;

use super::field::Field;
pub(super) use crate::finding::{Collector as Findings, FieldPath as Place};
use crate::finding::{Finding, PathStep};
use crate::manifests::extra::{self, Extra};

impl Findings {
    /// What EC2 would refuse of the thing at `place`.
    pub(super) fn ec2(&mut self, place: impl Into<Place>, faults: impl IntoIterator<Item = Finding>) {
        let place = place.into();
        for fault in faults {
            let steps = fault.path().iter().cloned().map(|step| match step {
                PathStep::Attribute(name) => PathStep::Attribute(in_karpenters_words(&name)),
                other => other,
            });
            let path = place.join(&steps.collect::<Vec<_>>());
            self.take(fault.at(path));
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
        self.word(&field.into(), field.text(), allowed);
    }

    /// A number between two others, both allowed, where one is given.
    pub(super) fn within(&mut self, field: &Field<'_>, range: (i64, i64)) {
        self.range(&field.into(), field.number(), range);
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

    /// At most so many elements.
    pub(super) fn at_most(&mut self, place: impl Into<Place>, found: usize, most: usize) {
        if found > most {
            self.fault(
                place,
                format!("{found} elements are too many"),
                format!("The API accepts up to {most}."),
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
