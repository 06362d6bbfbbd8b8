//! What EC2 refuses, in one place for launch templates, node classes, functions and the command line.
//!
//! `CreateLaunchTemplate` takes nearly anything, and Karpenter hands its class on; the refusal comes when an instance is
//! launched. Only what is refused for every instance type is a fault here. Paths begin at the thing that was checked; the
//! caller puts its own attribute before them.

pub mod cpu;
pub mod disk;
pub mod ids;
pub mod instance_profile;
pub mod interface;
pub mod metadata;
pub mod placement;
pub mod reservation;
pub mod tags;

use crate::finding::{Advice, FieldPath, Finding, FindingKind, PathStep};

/// A value as a plan has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Left out.
    #[default]
    Absent,
    /// Not known yet: no rule may fail because of it.
    Unknown,
    /// Known.
    Known(T),
}

impl<T: Copy> Given<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Whether it is certainly left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it is certainly given, be its value known or not.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The value, with a default for one that is left out; none while it is unknown.
    pub fn or(&self, default: T) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Absent => Some(default),
            Self::Unknown => None,
        }
    }
}

impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Known)
    }
}

/// Something that EC2 refuses.
fn fault(path: impl Into<FieldPath>, summary: impl Into<String>, advice: impl Into<Advice>) -> Finding {
    Finding::error(FindingKind::Ec2, summary, advice).at(path)
}

/// Collects faults under one element.
#[derive(Debug, Default)]
struct Faults {
    at: Vec<PathStep>,
    found: Vec<Finding>,
}

impl Faults {
    /// Faults from here on are of the attribute, or of the element itself where it is empty.
    fn add(&mut self, attribute: &str, summary: impl Into<String>, advice: impl Into<Advice>) {
        let mut path = self.at.clone();
        if !attribute.is_empty() {
            path.push(PathStep::Attribute(attribute.to_owned()));
        }
        self.found.push(fault(path, summary, advice));
    }

    /// One of a few words.
    fn word(&mut self, attribute: &str, word: Given<&str>, allowed: &[&str]) {
        if let Some(word) = word.known().filter(|word| !allowed.contains(word)) {
            let detail = format!("It is one of {}.", allowed.join(", "));
            self.add(attribute, format!("{word:?} is not possible here"), detail);
        }
    }

    /// A number between two others, both allowed.
    fn range(&mut self, attribute: &str, number: Given<i64>, first: i64, last: i64) {
        if let Some(number) = number.known().filter(|number| !(first..=last).contains(number)) {
            let detail = format!("It is a number from {first} to {last}.");
            self.add(attribute, format!("{number} is not possible here"), detail);
        }
    }
}
