//! Findings as a check meets them, one after another.

use super::{Advice, FieldPath, Finding, FindingKind, Severity};

/// What has been found so far, at places below one path.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    kind: FindingKind,
    at: FieldPath,
    pub(crate) faults: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
}

impl Collector {
    /// Nothing found yet of that kind.
    pub(crate) fn new(kind: FindingKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Does a check whose places are below this one.
    pub(crate) fn below<T>(&mut self, place: impl Into<FieldPath>, check: impl FnOnce(&mut Self) -> T) -> T {
        let longer = self.at.join(&place.into());
        let before = std::mem::replace(&mut self.at, longer);
        let checked = check(self);
        self.at = before;
        checked
    }

    /// Takes what another check found; its paths begin here.
    pub(crate) fn take(&mut self, finding: Finding) {
        let path = self.at.join(finding.path());
        let list = match finding.severity() {
            Severity::Error => &mut self.faults,
            Severity::Warning => &mut self.warnings,
        };
        list.push(finding.at(path));
    }

    /// What is made of it, unless something is refused.
    pub(crate) fn finish<T>(self, made: impl FnOnce() -> T) -> Result<T, Vec<Finding>> {
        if self.faults.is_empty() {
            Ok(made())
        } else {
            Err(self.faults)
        }
    }

    /// Something that would be refused, or would not work.
    pub(crate) fn fault(
        &mut self,
        place: impl Into<FieldPath>,
        summary: impl Into<String>,
        advice: impl Into<Advice>,
    ) {
        self.take(Finding::error(self.kind.clone(), summary, advice).at(place));
    }

    /// Something that works and may surprise.
    pub(crate) fn warn(
        &mut self,
        place: impl Into<FieldPath>,
        summary: impl Into<String>,
        advice: impl Into<Advice>,
    ) {
        self.take(Finding::warning(self.kind.clone(), summary, advice).at(place));
    }

    /// One of a few words, where one is given.
    pub(crate) fn word(&mut self, place: &FieldPath, word: Option<impl AsRef<str>>, allowed: &[&str]) {
        let word = word.as_ref().map(AsRef::as_ref);
        if let Some(word) = word.filter(|word| !allowed.contains(word)) {
            let detail = format!("It is one of {}.", allowed.join(", "));
            self.fault(place, format!("{word:?} is not possible here"), detail);
        }
    }

    /// A number between two others, both allowed, where one is given.
    pub(crate) fn range(&mut self, place: &FieldPath, number: Option<i64>, (first, last): (i64, i64)) {
        if let Some(number) = number.filter(|number| !(first..=last).contains(number)) {
            let detail = format!("It is a number from {first} to {last}.");
            self.fault(place, format!("{number} is not possible here"), detail);
        }
    }
}
