//! Many objects with the same fault are one line.

use super::finding::Place;
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
        let kind = &self.first.drift.object.kind;
        let count = self.findings.len();
        if count == 1 {
            return format!("{kind} {}", self.first.drift.object.name);
        }
        let names: Vec<&str> = self
            .findings
            .iter()
            .take(SHOWN)
            .map(|finding| finding.drift.object.name.as_str())
            .collect();
        let more = count.saturating_sub(SHOWN);
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{count} of kind {kind}: {}{rest}", names.join(", "))
    }

    /// Where they are.
    pub fn place(&self) -> &'a Place {
        &self.first.drift.object.place
    }
}

fn same(a: &Finding, b: &Finding) -> bool {
    let (x, y) = (&a.drift, &b.drift);
    let texts = |drift: &'_ super::finding::Drift| {
        [
            &drift.aspect,
            &drift.expected,
            &drift.found,
            &drift.cause,
            &drift.next_step,
        ]
        .map(String::clone)
    };
    (a.known, x.class, x.severity) == (b.known, y.class, y.severity)
        && (&x.object.kind, &x.object.place) == (&y.object.kind, &y.object.place)
        && texts(x) == texts(y)
}

impl Report {
    /// The findings in groups, in the order of their first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for finding in self.findings() {
            match groups.iter_mut().find(|group| same(group.first, finding)) {
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
