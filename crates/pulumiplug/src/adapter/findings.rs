//! What was found, told to the user in Pulumi's words.

use tfplug::{Diagnostic, Diagnostics};

use super::{Adapter, Call, Level};
use crate::value::{Fault, property_path};
use crate::wire::r#gen::pulumirpc::CheckFailure;

/// What is said of a required property without a value.
pub(super) const MISSING: &str = "is required, and is missing: give it a value";

impl Adapter {
    /// Tells the warnings, and gives the errors back.
    pub(super) fn tell(&self, call: &Call, urn: &str, findings: Diagnostics) -> Vec<Diagnostic> {
        let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(Diagnostic::is_error);
        for warning in warnings {
            call.listener
                .tell(Level::Warning, urn, &self.message(call, &warning));
        }
        errors
    }

    /// A finding with its place.
    pub(super) fn message(&self, call: &Call, finding: &Diagnostic) -> String {
        let text = self.reason(finding);
        match property_path(call.place, &finding.path).as_str() {
            "" => text,
            place => format!("{place}: {text}"),
        }
    }

    /// A finding without its place.
    pub(super) fn reason(&self, finding: &Diagnostic) -> String {
        if is_null_fault(finding) {
            return MISSING.to_owned();
        }
        let text = match finding.detail.as_str() {
            "" => finding.summary.clone(),
            detail => format!("{}: {detail}", finding.summary),
        };
        self.words.reword(&text)
    }

    /// All errors in one text.
    pub(super) fn messages(&self, call: &Call, errors: &[Diagnostic]) -> String {
        let each: Vec<String> = errors.iter().map(|error| self.message(call, error)).collect();
        each.join("\n\n")
    }

    /// An error as a fault of a check.
    pub(super) fn failure(&self, call: &Call, error: &Diagnostic) -> CheckFailure {
        CheckFailure {
            property: property_path(call.place, &error.path),
            reason: self.reason(error),
        }
    }
}

/// Whether it says that a required attribute is null, which `tfplug` says in Terraform's words.
fn is_null_fault(finding: &Diagnostic) -> bool {
    !finding.path.is_root() && finding.summary == format!("{} is null", finding.path)
}

/// A fault of a value as one of a check.
pub(super) fn fault(fault: &Fault) -> CheckFailure {
    CheckFailure {
        property: fault.property.clone(),
        reason: fault.reason.clone(),
    }
}

/// Faults in one text.
pub(super) fn faults(all: &[Fault]) -> String {
    let one = |fault: &Fault| format!("{} {}", fault.property, fault.reason);
    all.iter().map(one).collect::<Vec<_>>().join("\n\n")
}
