//! All sections as one report, with the rules that leave findings out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::baseline::Baseline;
use super::class::Severity;
use super::date::Date;
use super::finding::{Drift, Object, Place};
use super::ignore::{IgnoreFile, IgnoreRule};
use super::section::{NodeAt, NotChecked, Section, WhyNot};
use crate::node_status::NodeState;

/// A drift of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The drift.
    #[serde(flatten)]
    pub drift: Drift,
    /// Its name across runs.
    pub fingerprint: String,
    /// Whether the baseline has it already.
    pub known: bool,
}

/// A finding that a rule leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ignored {
    /// The finding.
    pub finding: Finding,
    /// The reason of the rule.
    pub reason: String,
    /// The last day of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleState {
    /// Its last day is over, so it ignores nothing any more.
    Expired,
    /// It matches nothing that was found.
    Unused,
}

/// A rule that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleNote {
    /// The rule, in a few words.
    pub rule: String,
    /// Its reason.
    pub reason: String,
    /// What is wrong with it.
    pub state: RuleState,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// What becomes of findings.
#[derive(Debug, Clone, Copy)]
pub struct Filters<'a> {
    /// Rules that leave findings out.
    pub ignore: &'a IgnoreFile,
    /// An earlier report, whose findings do not count again.
    pub baseline: Option<&'a Baseline>,
    /// Today, by which rules expire.
    pub today: Date,
}

/// What has drifted, what has not, and of what nothing is known. Everything in it is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
    ignored: Vec<Ignored>,
    not_checked: Vec<NotChecked>,
    checked: BTreeSet<Object>,
    nodes: Vec<NodeAt>,
    rules: Vec<RuleNote>,
    compared: bool,
}

impl Report {
    /// Joins sections, in any order, and applies the filters. A finding that two sections have counts once.
    pub fn new(sections: impl IntoIterator<Item = Section>, filters: &Filters<'_>) -> Self {
        let all: Section = sections.into_iter().collect();
        let drifts: BTreeSet<Drift> = all.findings.into_iter().collect();
        let mut not_checked = all.not_checked;
        // Of many objects the same is said in one line, so they stand side by side.
        not_checked.sort_by(|a, b| by_detail(a).cmp(&by_detail(b)));
        not_checked.dedup();
        let mut nodes = all.nodes;
        nodes.sort_by(|a, b| (&a.place, &a.status.name).cmp(&(&b.place, &b.status.name)));
        let mut report = Self {
            findings: Vec::new(),
            ignored: Vec::new(),
            not_checked,
            checked: all.checked,
            nodes,
            rules: Vec::new(),
            compared: filters.baseline.is_some(),
        };
        report.filter(drifts, filters);
        report
    }

    fn filter(&mut self, drifts: BTreeSet<Drift>, filters: &Filters<'_>) {
        let rules = &filters.ignore.ignore;
        let mut used = BTreeSet::new();
        for drift in drifts {
            let finding = finding(drift, filters.baseline);
            let mut all = rules.iter().enumerate();
            let rule = all.find(|(_, rule)| !rule.is_expired(filters.today) && rule.matches(&finding.drift));
            if let Some((index, rule)) = rule {
                used.insert(index);
                self.ignored.push(leave_out(finding, rule));
            } else {
                self.findings.push(finding);
            }
        }
        let rank = |finding: &Finding| (finding.known, std::cmp::Reverse(finding.drift.severity));
        self.findings
            .sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.drift.cmp(&b.drift)));
        self.rules = notes(rules, &used, filters.today);
    }

    /// What has drifted and is not ignored: new before known, errors first, then by class and object.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What has drifted and a rule leaves out.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// Of what nothing is known.
    pub fn not_checked(&self) -> &[NotChecked] {
        &self.not_checked
    }

    /// Everything that was judged, with or without drift.
    pub fn checked(&self) -> &BTreeSet<Object> {
        &self.checked
    }

    /// Every node with its slices.
    pub fn nodes(&self) -> &[NodeAt] {
        &self.nodes
    }

    /// Rules that are expired or unused.
    pub fn rules(&self) -> &[RuleNote] {
        &self.rules
    }

    /// Whether there was a baseline, so that what is not known is new.
    pub fn is_compared(&self) -> bool {
        self.compared
    }

    /// Nodes by their state.
    pub fn node_counts(&self) -> BTreeMap<NodeState, usize> {
        let mut counts = BTreeMap::new();
        for node in &self.nodes {
            *counts.entry(node.status.state).or_default() += 1;
        }
        counts
    }

    /// Findings that count: warnings and errors that are not known.
    pub fn drifted(&self) -> impl Iterator<Item = &Finding> {
        let counts = |finding: &&Finding| !finding.known && finding.drift.severity > Severity::Info;
        self.findings.iter().filter(counts)
    }

    /// What could not be judged, save what does not exist.
    pub fn unjudged(&self) -> impl Iterator<Item = &NotChecked> {
        self.not_checked
            .iter()
            .filter(|missed| missed.why != WhyNot::None)
    }

    /// The verdict: 2 for drift; else, where it is strict, 3 for something that could not be checked; else 0. Findings that
    /// are information, known or ignored are no drift, and what exists zero times is no gap. (1 is the caller's, for
    /// errors.)
    pub fn exit_code(&self, strict: bool) -> u8 {
        if self.drifted().next().is_some() {
            return 2;
        }
        if strict && self.unjudged().next().is_some() {
            3
        } else {
            0
        }
    }
}

fn by_detail(missed: &NotChecked) -> (&Place, &str, WhyNot, &str, &str) {
    let Object { place, kind, name } = &missed.object;
    (place, kind, missed.why, &missed.detail, name)
}

fn finding(drift: Drift, baseline: Option<&Baseline>) -> Finding {
    let fingerprint = drift.fingerprint();
    let known = baseline.is_some_and(|baseline| baseline.knows(&fingerprint));
    Finding {
        drift,
        fingerprint,
        known,
    }
}

fn leave_out(finding: Finding, rule: &IgnoreRule) -> Ignored {
    Ignored {
        finding,
        reason: rule.reason.clone(),
        expires: rule.expires,
    }
}

fn notes(rules: &[IgnoreRule], used: &BTreeSet<usize>, today: Date) -> Vec<RuleNote> {
    let state = |index: usize, rule: &IgnoreRule| {
        if rule.is_expired(today) {
            return Some(RuleState::Expired);
        }
        (!used.contains(&index)).then_some(RuleState::Unused)
    };
    let note = |(index, rule): (usize, &IgnoreRule)| {
        Some(RuleNote {
            rule: rule.in_words(),
            reason: rule.reason.clone(),
            state: state(index, rule)?,
            expires: rule.expires,
        })
    };
    rules.iter().enumerate().filter_map(note).collect()
}
