//! What is wrong, or may surprise, with something that a user wrote: one type for every area of this crate.
//!
//! A [`Finding`] says where ([`FieldPath`]), of what kind ([`FindingKind`]), the fact in one line, and the reason behind it
//! with the ways out ([`Advice`]). A front end puts the path at its own attribute, and the ways out into its own language.
//!
//! Layouts have a variant for each of their problems, because callers act on them. The other areas have some two hundred
//! rules, on which nothing acts one by one: their kind is the area, and the rule is in the text.

mod advice;
mod collector;
mod path;

use std::fmt;

pub use advice::{Advice, Listing, Remedy, Unwanted};
pub(crate) use collector::Collector;
pub use path::{FieldPath, PathStep};

use crate::layout::Problem;

/// Whether a finding stops what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works and may surprise.
    Warning,
    /// It would be refused, or would not work.
    Error,
}

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FindingKind {
    /// A layout that cannot be created.
    Layout(Box<Problem>),
    /// A layout that may turn out otherwise on the node.
    LayoutDoubt,
    /// User data.
    UserData,
    /// A Kubernetes object.
    #[default]
    Manifest,
    /// What a user adds to the catalog.
    Catalog,
    /// The figures of a language model.
    ModelFit,
    /// What EC2 refuses.
    Ec2,
    /// A managed node group, or an Auto Scaling group.
    NodeGroup,
}

/// One thing that is wrong or may surprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    path: FieldPath,
    kind: FindingKind,
    summary: String,
    advice: Advice,
}

impl Finding {
    /// An error at the whole of what was checked.
    pub fn error(kind: FindingKind, summary: impl Into<String>, advice: impl Into<Advice>) -> Self {
        Self {
            severity: Severity::Error,
            path: FieldPath::default(),
            kind,
            summary: summary.into(),
            advice: advice.into(),
        }
    }

    /// A warning at the whole of what was checked.
    pub fn warning(kind: FindingKind, summary: impl Into<String>, advice: impl Into<Advice>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(kind, summary, advice)
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(self, path: impl Into<FieldPath>) -> Self {
        Self {
            path: path.into(),
            ..self
        }
    }

    /// Whether it stops what was asked for.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The way to the value in question; empty where it is the whole.
    pub fn path(&self) -> &FieldPath {
        &self.path
    }

    /// What it is about.
    pub fn kind(&self) -> &FindingKind {
        &self.kind
    }

    /// The problem, where it is one of a layout.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.kind {
            FindingKind::Layout(problem) => Some(problem),
            _ => None,
        }
    }

    /// What is wrong, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The fact behind it, in words that every front end can show.
    pub fn detail(&self) -> &str {
        &self.advice.reason
    }

    /// What to do, beyond the words of the detail: one of these.
    pub fn remedies(&self) -> &[Remedy] {
        &self.advice.remedies
    }

    /// The fact behind it and what to do.
    pub fn advice(&self) -> &Advice {
        &self.advice
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}. {}", self.summary, self.advice.in_words(Remedy::to_string))
    }
}

impl std::error::Error for Finding {}

#[cfg(test)]
mod tests;
