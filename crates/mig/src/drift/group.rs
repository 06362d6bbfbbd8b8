//! Many objects with the same fault are one line.

use std::collections::BTreeMap;

use super::class::{DriftClass, Severity};
use super::finding::{Drift, Place};
use super::report::{Finding, Report};

/// How many names of a group are shown.
const SHOWN: usize = 3;

/// Findings that differ only in the name of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    findings: Vec<&'a Finding>,
    first: &'a Finding,
}

impl<'a> Group<'a> {
    /// The first of them, which says everything but the other names.
    pub fn first(&self) -> &'a Finding {
        self.first
    }

    /// All of them, by name; never empty.
    pub fn findings(&self) -> &[&'a Finding] {
        &self.findings
    }

    /// `Node a` for one; `400 of kind Node: a, b, c and 397 more`.
    pub fn objects(&self) -> String {
        let names: Vec<&str> = self
            .findings
            .iter()
            .map(|finding| finding.drift.object.name.as_str())
            .collect();
        named(&self.first.drift.object.kind, &names)
    }

    /// Where they are.
    pub fn place(&self) -> &'a Place {
        &self.first.drift.object.place
    }
}

/// The first names of a kind, and how many there are.
pub(super) fn named(kind: &str, names: &[&str]) -> String {
    match names {
        [""] => kind.to_owned(),
        [name] => format!("{kind} {name}"),
        _ => {
            let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
            let (count, more) = (names.len(), names.len().saturating_sub(SHOWN));
            let rest = match more {
                0 => String::new(),
                _ => format!(" and {more} more"),
            };
            format!("{count} of kind {kind}: {shown}{rest}")
        }
    }
}

/// All of a finding but the name of its object.
type Key<'a> = (bool, DriftClass, Severity, &'a Place, &'a str, [&'a str; 5]);

fn key(finding: &Finding) -> Key<'_> {
    let drift: &Drift = &finding.drift;
    let texts = [
        drift.aspect.as_str(),
        &drift.expected,
        &drift.found,
        &drift.cause,
        &drift.next_step,
    ];
    let (place, kind) = (&drift.object.place, drift.object.kind.as_str());
    (finding.known, drift.class, drift.severity, place, kind, texts)
}

impl Report {
    /// The findings in groups, in the order of their first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
        for finding in self.findings() {
            let at = *places.entry(key(finding)).or_insert(groups.len());
            match groups.get_mut(at) {
                Some(group) => group.findings.push(finding),
                None => groups.push(Group {
                    findings: vec![finding],
                    first: finding,
                }),
            }
        }
        groups
    }
}
