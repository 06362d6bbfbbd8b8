//! For programs. `schemas/drift-report.json` describes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Totals;
use crate::drift::finding::Object;
use crate::drift::report::{Finding, Ignored, Report, RuleNote};
use crate::drift::section::{NodeAt, NotChecked};
use crate::node_status::NodeState;

/// The version of the form. Fields may be added within a version; none is removed or changes its meaning.
pub const JSON_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// What [`Report::exit_code`] says, and what it would say of a strict run.
    exit_code: u8,
    strict_exit_code: u8,
    totals: Totals,
    node_states: BTreeMap<NodeState, usize>,
    findings: &'a [Finding],
    ignored: &'a [Ignored],
    not_checked: &'a [NotChecked],
    rules: &'a [RuleNote],
    nodes: &'a [NodeAt],
    checked: &'a BTreeSet<Object>,
}

/// The report as JSON. It can be the baseline of a later one.
pub fn json(report: &Report) -> String {
    let document = Document {
        version: JSON_VERSION,
        exit_code: report.exit_code(false),
        strict_exit_code: report.exit_code(true),
        totals: Totals::of(report),
        node_states: report.node_counts(),
        findings: report.findings(),
        ignored: report.ignored(),
        not_checked: report.not_checked(),
        rules: report.rules(),
        nodes: report.nodes(),
        checked: report.checked(),
    };
    // Every key is a text, so nothing here can fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
