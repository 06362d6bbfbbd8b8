//! Rules, baselines and groups.

use mig::drift::detect::{Pin, pins};
use mig::drift::format::{json, markdown, text};
use mig::drift::{Baseline, Date, Filters, IgnoreFile, Report, RuleState, Section};

use super::{NOW, SLICE, nodes, prod, report, right, set};

fn wrong(name: &str, count: u64) -> mig::node_status::NodeFacts {
    let mut node = right(name);
    set(&mut node, SLICE, count);
    node
}

fn filtered(section: Section, rules: &str, baseline: Option<&Baseline>) -> Report {
    let ignore: IgnoreFile = serde_json::from_str(rules).unwrap();
    let today = Date::of_seconds(NOW);
    Report::new(
        [section],
        &Filters {
            ignore: &ignore,
            baseline,
            today,
        },
    )
}

#[test]
fn rules_ignore_until_their_last_day() {
    let rules = r#"{"ignore": [
        {"class": "D1", "object": "Node/a*", "place": "prod", "reason": "burn-in", "expires": "2027-01-15"},
        {"class": "D1", "object": "Node/b", "reason": "old", "expires": "2027-01-14"},
        {"place": "eu-west-1", "class": "D2", "reason": "none of these"}]}"#;
    let report = filtered(
        nodes(&[wrong("a1", 1), wrong("a2", 2), wrong("b", 3)]),
        rules,
        None,
    );
    let left: Vec<&str> = report
        .findings()
        .iter()
        .map(|finding| finding.drift.object.name.as_str())
        .collect();
    assert_eq!(left, ["b"]);
    assert_eq!(report.ignored().len(), 2);
    let notes: Vec<_> = report
        .rules()
        .iter()
        .map(|note| (note.rule.as_str(), note.state))
        .collect();
    assert_eq!(
        notes,
        [
            ("D1 Node/b", RuleState::Expired),
            ("D2 at eu-west-1", RuleState::Unused)
        ]
    );
    assert_eq!(report.exit_code(false), 2);
    let all = filtered(nodes(&[wrong("a1", 1)]), rules, None);
    assert_eq!(all.exit_code(true), 0);
}

#[test]
fn what_a_baseline_has_is_known_whatever_its_numbers_are() {
    let earlier = json(&report([nodes(&[wrong("a", 1)])]));
    let baseline = Baseline::from_json(&earlier).unwrap();
    let none = r#"{"ignore": []}"#;
    let same = filtered(nodes(&[wrong("a", 2)]), none, Some(&baseline));
    assert!(same.findings()[0].known && same.is_compared());
    assert_eq!(same.exit_code(true), 0);
    let more = filtered(nodes(&[wrong("a", 2), wrong("b", 2)]), none, Some(&baseline));
    let known: Vec<(&str, bool)> = more
        .findings()
        .iter()
        .map(|finding| (finding.drift.object.name.as_str(), finding.known))
        .collect();
    assert_eq!(known, [("b", false), ("a", true)]);
    assert_eq!(more.exit_code(false), 2);
    // Another way to be wrong is new.
    let other = filtered(nodes(&[wrong("a", 0)]), none, Some(&baseline));
    assert_eq!(other.exit_code(false), 2);
    // What a rule left out is not known, so that the end of the rule shows it again.
    let ignored = filtered(
        nodes(&[wrong("a", 1)]),
        r#"{"ignore": [{"class": "D1", "reason": "x"}]}"#,
        None,
    );
    assert!(
        !Baseline::from_json(&json(&ignored))
            .unwrap()
            .knows(&baseline_name())
    );
}

fn baseline_name() -> String {
    report([nodes(&[wrong("a", 1)])]).findings()[0]
        .fingerprint
        .clone()
}

#[test]
fn a_baseline_of_another_form_is_refused() {
    for (text, why) in [
        ("", "not a report in JSON"),
        ("{}", "missing field `version`"),
        (r#"{"version": 2}"#, "has version 2"),
        (r#"{"version": 1}"#, "missing field `findings`"),
    ] {
        let error = Baseline::from_json(text).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn fingerprints_tell_objects_apart() {
    let other = mig::drift::Place::cluster("prod");
    let layouts = super::by_id(&super::layout());
    let expected = mig::node_status::Expected::new(&layouts, NOW);
    let name = |place, node| {
        let section = mig::drift::detect::nodes(&place, &[node], &expected);
        report([section]).findings()[0].fingerprint.clone()
    };
    let first = name(prod(), wrong("a", 1));
    assert_eq!(first, name(prod(), wrong("a", 2)));
    assert_ne!(first, name(prod(), wrong("b", 1)));
    assert_ne!(first, name(other, wrong("a", 1)));
    // Written once: baselines of users hold it.
    assert_eq!(first, "e105e5ef6b3b02de");
}

#[test]
fn four_hundred_nodes_with_one_fault_are_one_paragraph() {
    let all: Vec<_> = (0..400).map(|at| wrong(&format!("ip-{at:03}"), 8)).collect();
    let report = report([nodes(&all)]);
    assert_eq!((report.findings().len(), report.groups().len()), (400, 1));
    let text = text(&report);
    assert!(
        text.contains("400 of kind Node: ip-000, ip-001, ip-002 and 397 more\n"),
        "{text}"
    );
    assert!(text.lines().count() < 12, "{text}");
}

#[test]
fn a_finding_of_two_sections_counts_once() {
    let section = nodes(&[wrong("a", 1)]);
    let report = report([section.clone(), section]);
    assert_eq!(report.findings().len(), 1);
}

/// 400 nodes whose image is unknown take one line.
#[test]
fn what_is_said_of_many_objects_is_one_line() {
    let pin = |at: usize| Pin {
        kind: "Node".to_owned(),
        name: format!("ip-{at:03}"),
        ..Pin::default()
    };
    let pins = pins(&prod(), &(0..400).map(pin).collect::<Vec<_>>());
    let all: Vec<_> = (0..400).map(|at| wrong(&format!("ip-{at:03}"), 8)).collect();
    let mut section = nodes(&all);
    section.join(pins);
    let report = filtered(section, r#"{"ignore": [{"class": "D1", "reason": "x"}]}"#, None);
    assert_eq!((report.not_checked().len(), report.ignored().len()), (400, 400));
    for text in [text(&report), markdown(&report)] {
        assert_eq!(text.matches("400 of kind Node: ip-000").count(), 2, "{text}");
    }
}
