//! What the domain finds, as diagnostics at the user's attributes.

mod hcl;
mod notation;
mod program;

use mig::PathStep;
use mig::finding::{FieldPath, Finding, Remedy, Severity};
use tfplug::path::Step;
use tfplug::{Diagnostic, Diagnostics, Path};

use crate::wording::{Reader, reader};

/// A finding as a diagnostic; `place` turns its path into that of an attribute.
pub(crate) fn diagnostic(finding: &Finding, place: impl Fn(&FieldPath) -> Path) -> Diagnostic {
    let diagnostic = match finding.severity() {
        Severity::Error => Diagnostic::error,
        Severity::Warning => Diagnostic::warning,
    };
    diagnostic(finding.summary(), finding.advice().in_words(say())).at(place(finding.path()))
}

fn say() -> fn(&Remedy) -> String {
    match reader() {
        Reader::Terraform => hcl::say,
        Reader::Pulumi => program::say,
    }
}

/// Reports findings whose paths go on from `at`.
pub(crate) fn report<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    at: &Path,
    diags: &mut Diagnostics,
) {
    report_at(findings, |path| below(at, path), diags);
}

/// Reports findings where `place` puts them.
pub(crate) fn report_at<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    place: impl Fn(&FieldPath) -> Path,
    diags: &mut Diagnostics,
) {
    for finding in findings {
        diags.push(diagnostic(finding, &place));
    }
}

/// The path of a value below an attribute.
pub(crate) fn below(at: &Path, steps: &[PathStep]) -> Path {
    steps.iter().fold(at.clone(), |path, step| {
        path.child(match step {
            PathStep::Attribute(name) => Step::Attribute(name.clone()),
            PathStep::Key(key) => Step::Key(key.clone()),
            PathStep::Index(index) => Step::Index(*index),
        })
    })
}
