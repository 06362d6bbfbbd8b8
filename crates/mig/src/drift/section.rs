//! What one look at one thing gave.

use std::collections::BTreeSet;

use serde::Serialize;

use super::finding::{Drift, Object, Place};
use crate::node_status::NodeStatus;

/// Why something was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// No answer came.
    Unreachable,
    /// The caller may not read it.
    NoRights,
    /// It was read and cannot be judged.
    Unknown,
    /// There is none of it, so there is nothing to judge. This is usual where groups scale to zero, and a strict verdict
    /// passes it.
    None,
}

impl WhyNot {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NoRights => "no-rights",
            Self::Unknown => "unknown",
            Self::None => "none",
        }
    }
}

/// Something of which nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotChecked {
    /// What it is: one object, or a kind in a place with an empty name.
    pub object: Object,
    /// Why, for programs.
    pub why: WhyNot,
    /// Why, for people.
    pub detail: String,
}

/// The verdict on a node, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeAt {
    /// Where it is.
    pub place: Place,
    /// The verdict.
    #[serde(flatten)]
    pub status: NodeStatus,
}

/// What one detector says. Sections are joined in any order: a report sorts them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// Everything that was judged, with or without drift.
    pub checked: BTreeSet<Object>,
    /// What differs.
    pub findings: Vec<Drift>,
    /// What could not be judged.
    pub not_checked: Vec<NotChecked>,
    /// The nodes, with their slices.
    pub nodes: Vec<NodeAt>,
}

impl Section {
    /// Something could not be read: a cluster without an answer, or a list without the right to it.
    pub fn not_checked(object: Object, why: WhyNot, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            not_checked: vec![NotChecked { object, why, detail }],
            ..Self::default()
        }
    }

    /// Something was read and cannot be judged.
    pub(super) fn unknown(object: Object, detail: impl Into<String>) -> Self {
        Self::not_checked(object, WhyNot::Unknown, detail)
    }

    pub(super) fn of(object: Object) -> Self {
        Self {
            checked: BTreeSet::from([object]),
            ..Self::default()
        }
    }

    /// Takes another section in.
    pub fn join(&mut self, other: Self) {
        self.checked.extend(other.checked);
        self.findings.extend(other.findings);
        self.not_checked.extend(other.not_checked);
        self.nodes.extend(other.nodes);
    }
}

impl FromIterator<Section> for Section {
    fn from_iter<I: IntoIterator<Item = Section>>(sections: I) -> Self {
        sections.into_iter().fold(Self::default(), |mut all, section| {
            all.join(section);
            all
        })
    }
}
