//! What was found, told to the user in Pulumi's words.

use prost_types::value::Kind;
use tfplug::{Diagnostic, Diagnostics};

use super::{Adapter, Call, Level};
use crate::value::{Fault, Object, has_unknown, property_path};
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
        placed(&self.failure(call, finding))
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
    let all: Vec<_> = all.iter().map(|one| placed(&fault(one))).collect();
    all.join("\n\n")
}

/// Faults of inputs in the form that the engine shows well. It prints the value of a property beside it, in Go's notation, and finds
/// only outermost properties. So the place of any other fault is part of its reason.
pub(super) fn shown(inputs: &Object, failures: Vec<CheckFailure>) -> Vec<CheckFailure> {
    let is_plain = |property: &str| {
        let value = inputs.fields.get(property).filter(|value| !has_unknown(value));
        let kind = value.and_then(|value| value.kind.as_ref());
        matches!(
            kind,
            Some(Kind::StringValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_))
        )
    };
    let one = |failure: CheckFailure| match is_plain(&failure.property) {
        true => failure,
        false => CheckFailure {
            property: String::new(),
            reason: placed(&failure),
        },
    };
    failures.into_iter().map(one).collect()
}

/// A fault with its place before it.
pub(super) fn placed(failure: &CheckFailure) -> String {
    let CheckFailure { property, reason } = failure;
    // A sentence of its own begins with a capital letter, or with what it is about; what follows on the place with a verb.
    let goes_on = ["is ", "must ", "has ", "decides "]
        .iter()
        .any(|verb| reason.starts_with(verb));
    match property.as_str() {
        "" => reason.clone(),
        place if goes_on => format!("{place} {reason}"),
        place => format!("{place}: {reason}"),
    }
}
