//! What can be wrong with the options of a manifest, and what is right but may surprise.

use thiserror::Error;

use crate::layout::PathStep;

/// Something that Kubernetes, or the program that runs there, would refuse: where, the fact, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{summary}. {detail}")]
pub struct ManifestFault {
    path: Vec<PathStep>,
    summary: String,
    detail: String,
}

impl ManifestFault {
    pub(super) fn new(path: Vec<PathStep>, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            path,
            summary: summary.into(),
            detail: detail.into(),
        }
    }

    /// The way from the options to the wrong value; empty where it is the whole.
    pub fn path(&self) -> Vec<PathStep> {
        self.path.clone()
    }

    /// What is wrong, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The fact behind it, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// Something that is taken, and that a reader of the plan should know: where, the fact, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestWarning {
    path: Vec<PathStep>,
    summary: String,
    detail: String,
}

impl ManifestWarning {
    pub(super) fn new(path: Vec<PathStep>, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            path,
            summary: summary.into(),
            detail: detail.into(),
        }
    }

    /// The way from the options to the value in question; empty where it is the whole.
    pub fn path(&self) -> Vec<PathStep> {
        self.path.clone()
    }

    /// What may surprise, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Why, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}
