//! One drift, and what it is at.

use std::fmt;

use serde::Serialize;

use super::class::{DriftClass, Severity};
use crate::fingerprint::fingerprint;

/// Where an object is. Both empty: the configuration does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The name of the EKS cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The AWS region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Place {
    /// A cluster.
    pub fn cluster(name: &str) -> Self {
        Self {
            cluster: Some(name.to_owned()),
            region: None,
        }
    }

    /// A region.
    pub fn region(name: &str) -> Self {
        Self {
            cluster: None,
            region: Some(name.to_owned()),
        }
    }

    /// The same in a region.
    #[must_use]
    pub fn in_region(self, name: &str) -> Self {
        Self {
            region: Some(name.to_owned()),
            ..self
        }
    }
}

/// `cluster prod, eu-west-1`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cluster, &self.region) {
            (Some(cluster), Some(region)) => write!(f, "cluster {cluster}, {region}"),
            (Some(cluster), None) => write!(f, "cluster {cluster}"),
            (None, Some(region)) => f.write_str(region),
            (None, None) => f.write_str("the configuration"),
        }
    }
}

/// A thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Object {
    /// Where it is.
    pub place: Place,
    /// Its kind, as its API names it: `Node`, `DaemonSet`, `LaunchTemplate`.
    pub kind: String,
    /// Its name, with its namespace before a `/` where it has one.
    pub name: String,
}

impl Object {
    /// The object of that kind and name.
    pub fn new(place: &Place, kind: &str, name: &str) -> Self {
        Self {
            place: place.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// `Node/ip-10-0-0-1`, which ignore rules name.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// One difference between what was declared and what is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Drift {
    /// What kind of drift it is.
    pub class: DriftClass,
    /// How much it matters.
    pub severity: Severity,
    /// What has drifted.
    pub object: Object,
    /// Which of the ways an object can drift in that class: a stable word, or the fields.
    pub aspect: String,
    /// What was expected.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The likely cause, in whole sentences.
    pub cause: String,
    /// What to do next, in whole sentences.
    pub next_step: String,
}

impl Drift {
    /// A drift of the class' own severity. Say the rest in the struct.
    pub(super) fn new(class: DriftClass, object: Object, aspect: &str, words: Words<'_>) -> Self {
        Self {
            class,
            severity: class.default_severity(),
            object,
            aspect: aspect.to_owned(),
            expected: words.expected,
            found: words.found,
            cause: words.cause.into(),
            next_step: words.next_step.into(),
        }
    }

    pub(super) fn of_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Its name across runs: equal for the same aspect of the same object, whatever the numbers are.
    pub fn fingerprint(&self) -> String {
        let Object { place, kind, name } = &self.object;
        let place = [&place.cluster, &place.region].map(|part| part.as_deref().unwrap_or_default());
        // Lengths keep the parts apart whatever is in them.
        let parts = [self.class.code(), place[0], place[1], kind, name, &self.aspect];
        let text: String = parts
            .iter()
            .map(|part| format!("{}:{part};", part.len()))
            .collect();
        fingerprint(&text)
    }
}

/// The texts of a drift.
pub(super) struct Words<'a> {
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) cause: &'a str,
    pub(super) next_step: &'a str,
}
