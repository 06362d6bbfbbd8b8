//! For a terminal, without colours.

use super::{Totals, ignored_lines, nodes_in_words, not_checked_lines, plain, rule_in_words};
use crate::drift::group::Group;
use crate::drift::report::Report;

/// The report as text: equal faults of many objects are one paragraph.
pub fn text(report: &Report) -> String {
    let mut text = Totals::of(report).in_words() + "\n";
    if let Some(nodes) = nodes_in_words(report) {
        text.push_str(&format!("{nodes}\n"));
    }
    for group in report.groups() {
        text.push_str(&paragraph(&group));
    }
    text.push_str(&list("Not checked", not_checked_lines(report)));
    text.push_str(&list("Ignored", ignored_lines(report)));
    let rules = report.rules().iter().map(rule_in_words);
    text.push_str(&list("Rules to look at", rules.collect()));
    text
}

fn paragraph(group: &Group<'_>) -> String {
    let finding = group.first();
    let drift = &finding.drift;
    let known = if finding.known { ", known" } else { "" };
    let (class, severity) = (drift.class, drift.severity.as_str());
    let mut text = format!("\n{class} {severity}{known}: {}\n", class.title());
    for (what, said) in [
        ("where", group.place().to_string()),
        ("what", group.objects()),
        ("expected", drift.expected.clone()),
        ("found", drift.found.clone()),
        ("cause", drift.cause.clone()),
        ("next", drift.next_step.clone()),
    ] {
        text.push_str(&format!("  {:<10}{}\n", format!("{what}:"), plain(&said)));
    }
    text
}

fn list(title: &str, lines: Vec<String>) -> String {
    let lines: String = lines.iter().map(|line| format!("  {}\n", plain(line))).collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n{title}:\n{lines}")
    }
}
