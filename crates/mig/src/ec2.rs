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
pub mod quota;
pub mod reservation;
pub mod tags;

use crate::finding::{Advice, Collector, FieldPath, Finding, FindingKind};

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

/// Collects what EC2 refuses.
fn collector() -> Collector {
    Collector::new(FindingKind::Ec2)
}
