//! A report as text, JSON, JUnit XML, SARIF and Markdown. Equal reports give equal bytes, and no name in a report can break
//! the form around it.

mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

pub use json::{JSON_VERSION, json};
pub use junit::junit;
pub use markdown::{MARKDOWN_LIMIT, markdown};
pub use sarif::sarif;
pub use text::text;

use super::class::Severity;
use super::group::named;
use super::report::{Ignored, Report, RuleNote, RuleState};
use super::section::NotChecked;

/// How many of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
struct Totals {
    errors: usize,
    warnings: usize,
    info: usize,
    known: usize,
    ignored: usize,
    not_checked: usize,
    checked: usize,
}

impl Totals {
    fn of(report: &Report) -> Self {
        let new = |severity| {
            let findings = report.findings().iter().filter(|finding| !finding.known);
            findings
                .filter(|finding| finding.drift.severity == severity)
                .count()
        };
        Self {
            errors: new(Severity::Error),
            warnings: new(Severity::Warning),
            info: new(Severity::Info),
            known: report.findings().iter().filter(|finding| finding.known).count(),
            ignored: report.ignored().len(),
            not_checked: report.not_checked().len(),
            checked: report.checked().len(),
        }
    }

    /// The first line that people read. What was not checked is never in sync.
    fn in_words(self) -> String {
        let rest = [
            (self.info, "for information"),
            (self.known, "known"),
            (self.ignored, "ignored"),
            (self.not_checked, "not checked"),
        ];
        let there = rest.iter().filter(|(number, _)| *number > 0);
        let rest: Vec<String> = there.map(|(number, what)| format!("{number} {what}")).collect();
        if rest.is_empty() {
            return self.drift_in_words();
        }
        format!("{} Besides: {}.", self.drift_in_words(), rest.join(", "))
    }

    fn drift_in_words(self) -> String {
        let kinds = [(self.errors, "error"), (self.warnings, "warning")];
        let there = kinds.iter().filter(|(number, _)| *number > 0);
        let new: Vec<String> = there.map(|(number, what)| count(*number, what)).collect();
        match count(self.checked, "object") {
            objects if !new.is_empty() => format!("Drift: {} in {objects}.", new.join(" and ")),
            _ if self.checked == 0 => "Nothing was checked.".to_owned(),
            objects => format!("No new drift in {objects}."),
        }
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `Nodes: 12 right, 1 booting.`
fn nodes_in_words(report: &Report) -> Option<String> {
    let counts = report.node_counts();
    let parts: Vec<String> = counts
        .iter()
        .map(|(state, n)| format!("{n} {}", state.as_str()))
        .collect();
    (!parts.is_empty()).then(|| format!("Nodes: {}.", parts.join(", ")))
}

fn not_checked_in_words(missed: &NotChecked, names: &[&str]) -> String {
    let (what, place) = (named(&missed.object.kind, names), &missed.object.place);
    format!("{what} in {place} ({}): {}", missed.why.as_str(), missed.detail)
}

/// One line for all objects of a kind and place of which the same is said.
fn not_checked_lines(report: &Report) -> Vec<String> {
    let same = |a: &&NotChecked, b: &&NotChecked| {
        (&a.object.place, &a.object.kind, a.why, &a.detail)
            == (&b.object.place, &b.object.kind, b.why, &b.detail)
    };
    let name = |missed: &NotChecked| missed.object.name.clone();
    lines(report.not_checked(), same, name, not_checked_in_words)
}

fn ignored_in_words(ignored: &Ignored, names: &[&str]) -> String {
    let drift = &ignored.finding.drift;
    let until = ignored
        .expires
        .map_or_else(String::new, |last| format!(", until {last}"));
    let (class, place) = (drift.class, &drift.object.place);
    let what = named(&drift.object.kind, names);
    format!("{class} {what} in {place}{until}: {}", ignored.reason)
}

/// One line for all objects of a kind and place that are ignored for the same reason.
fn ignored_lines(report: &Report) -> Vec<String> {
    let same = |a: &&Ignored, b: &&Ignored| {
        let (x, y) = (&a.finding.drift, &b.finding.drift);
        (x.class, &x.object.place, &x.object.kind) == (y.class, &y.object.place, &y.object.kind)
            && (&a.reason, a.expires) == (&b.reason, b.expires)
    };
    let name = |ignored: &Ignored| ignored.finding.drift.object.name.clone();
    lines(report.ignored(), same, name, ignored_in_words)
}

/// A line for each run of elements of which the same is said.
fn lines<T>(
    all: &[T],
    same: impl Fn(&&T, &&T) -> bool,
    name: impl Fn(&T) -> String,
    line: impl Fn(&T, &[&str]) -> String,
) -> Vec<String> {
    let all: Vec<&T> = all.iter().collect();
    all.chunk_by(same)
        .filter_map(|chunk| {
            let names: Vec<String> = chunk.iter().map(|one| name(one)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Some(line(chunk.first()?, &names))
        })
        .collect()
}

fn rule_in_words(note: &RuleNote) -> String {
    match (note.state, note.expires) {
        (RuleState::Expired, Some(last)) => format!("{} is expired; its last day was {last}.", note.rule),
        (RuleState::Expired, None) => format!("{} is expired.", note.rule),
        (RuleState::Unused, _) => format!("{} matches nothing that was found.", note.rule),
    }
}

/// One line without control characters, so that a name can neither move a cursor nor begin a line.
fn plain(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect()
}
