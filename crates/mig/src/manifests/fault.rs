//! Findings of Kubernetes objects.

use crate::finding::{FieldPath, Finding, FindingKind};

/// Something that Kubernetes, or the program that runs there, would refuse.
pub(super) fn fault(
    path: impl Into<FieldPath>,
    summary: impl Into<String>,
    detail: impl Into<String>,
) -> Finding {
    Finding::error(FindingKind::Manifest, summary, detail).at(path)
}
