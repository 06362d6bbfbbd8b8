//! Findings of Kubernetes objects.

use crate::finding::{Advice, FieldPath, Finding, FindingKind};

/// Something that Kubernetes, or the program that runs there, would refuse.
pub(super) fn fault(
    path: impl Into<FieldPath>,
    summary: impl Into<String>,
    advice: impl Into<Advice>,
) -> Finding {
    Finding::error(FindingKind::Manifest, summary, advice).at(path)
}
