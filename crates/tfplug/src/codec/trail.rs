//! Where a codec is in the value it works on, and what it found wrong so far.

use std::borrow::Cow;

use crate::diag::{Diagnostic, Diagnostics};
use crate::path::{Path, Step};

/// One step of the way, borrowed: paths are built only for faults, which are rare.
pub(super) enum At<'a> {
    Attribute(&'a str),
    Key(Cow<'a, str>),
    Index(usize),
    /// Terraform cannot point into a set, so paths end at the set itself.
    SetElement,
}

/// The way from the root to the present value, and the faults so far.
#[derive(Default)]
pub(super) struct Trail<'a> {
    steps: Vec<At<'a>>,
    faults: Diagnostics,
}

impl<'a> Trail<'a> {
    pub(super) fn enter(&mut self, at: At<'a>) {
        self.steps.push(at);
    }

    pub(super) fn leave(&mut self) {
        self.steps.pop();
    }

    pub(super) fn fault(&mut self, fault: Diagnostic) {
        self.faults.push(fault.at(self.path()));
    }

    /// A fault whose path starts at the present value.
    pub(super) fn fault_below(&mut self, mut fault: Diagnostic) {
        fault.path = self.path().join(&fault.path);
        self.faults.push(fault);
    }

    /// The result, if there were no faults.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.faults.is_empty() {
            Ok(value)
        } else {
            Err(self.faults)
        }
    }

    pub(super) fn into_faults(self) -> Diagnostics {
        self.faults
    }

    fn path(&self) -> Path {
        let step = |at: &At<'_>| match at {
            At::Attribute(name) => Some(Step::Attribute((*name).to_owned())),
            At::Key(key) => Some(Step::Key(key.clone().into_owned())),
            At::Index(index) => Some(Step::Index(*index)),
            At::SetElement => None,
        };
        Path::from_steps(self.steps.iter().map_while(step))
    }
}

/// The element's place in a list or set.
pub(super) fn element<'a>(in_set: bool, index: usize) -> At<'a> {
    if in_set { At::SetElement } else { At::Index(index) }
}
