//! JUnit XML, for the test views of CI systems: a suite per place, a case per object or finding.

use std::collections::{BTreeMap, BTreeSet};

use super::{ignored_in_words, not_checked_in_words};
use crate::drift::class::Severity;
use crate::drift::finding::{Drift, Object, Place};
use crate::drift::report::{Finding, Report};
use crate::xml::escaped;

#[derive(Default)]
struct Suite {
    cases: Vec<String>,
    failures: usize,
    skipped: usize,
}

impl Suite {
    fn skip(&mut self, case: String) {
        self.skipped += 1;
        self.cases.push(case);
    }
}

/// The report as JUnit XML. New drift fails, what was not checked or is ignored is skipped, and what is known or only
/// information passes with its text.
pub fn junit(report: &Report) -> String {
    let suites = suites(report);
    let sum = |number: fn(&Suite) -> usize| suites.values().map(number).sum::<usize>();
    // Jenkins' schema has no number of skipped cases here.
    let totals = numbers(sum(|suite| suite.cases.len()), sum(|suite| suite.failures));
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"drift\" {totals}>\n");
    for (place, suite) in &suites {
        let totals = numbers(suite.cases.len(), suite.failures);
        let (name, skipped) = (escaped(&place.to_string()), suite.skipped);
        xml.push_str(&format!(
            "  <testsuite name=\"{name}\" {totals} skipped=\"{skipped}\">\n"
        ));
        xml.extend(suite.cases.iter().map(String::as_str));
        xml.push_str("  </testsuite>\n");
    }
    xml + "</testsuites>\n"
}

fn numbers(tests: usize, failures: usize) -> String {
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"")
}

fn suites(report: &Report) -> BTreeMap<&Place, Suite> {
    let mut suites: BTreeMap<&Place, Suite> = BTreeMap::new();
    for finding in report.findings() {
        let suite = suites.entry(&finding.drift.object.place).or_default();
        suite.failures += usize::from(fails(finding));
        suite.cases.push(of_drift(&finding.drift, &of_finding(finding)));
    }
    for ignored in report.ignored() {
        let drift = &ignored.finding.drift;
        let case = of_drift(drift, &skipped(&ignored_in_words(ignored, &[&drift.object.name])));
        suites.entry(&drift.object.place).or_default().skip(case);
    }
    for missed in report.not_checked() {
        let why = skipped(&not_checked_in_words(missed, &[&missed.object.name]));
        // The same object may have been judged in another respect.
        let case = case(&missed.object, &format!("{}: not checked", missed.object), &why);
        suites.entry(&missed.object.place).or_default().skip(case);
    }
    let told = told(report);
    for object in report.checked().iter().filter(|object| !told.contains(object)) {
        let suite = suites.entry(&object.place).or_default();
        suite.cases.push(case(object, &object.to_string(), ""));
    }
    suites
}

/// Objects that have a case already.
fn told(report: &Report) -> BTreeSet<&Object> {
    let findings = report.findings().iter().map(|finding| &finding.drift.object);
    let ignored = report
        .ignored()
        .iter()
        .map(|ignored| &ignored.finding.drift.object);
    findings.chain(ignored).collect()
}

fn fails(finding: &Finding) -> bool {
    !finding.known && finding.drift.severity > Severity::Info
}

fn of_drift(drift: &Drift, inside: &str) -> String {
    let name = format!("{}: {} {}", drift.object, drift.class, drift.aspect);
    case(&drift.object, &name, inside)
}

fn case(object: &Object, name: &str, inside: &str) -> String {
    let (place, name) = (escaped(&object.place.to_string()), escaped(name));
    let head = format!("    <testcase classname=\"{place}\" name=\"{name}\"");
    if inside.is_empty() {
        return format!("{head}/>\n");
    }
    format!("{head}>\n{inside}    </testcase>\n")
}

fn of_finding(finding: &Finding) -> String {
    let drift = &finding.drift;
    let lines = [
        format!("Expected: {}", drift.expected),
        format!("Found: {}", drift.found),
        format!("Likely cause: {}", drift.cause),
        format!("Next step: {}", drift.next_step),
    ];
    let lines = lines.map(|line| escaped(&line)).join("\n");
    if !fails(finding) {
        return format!("      <system-out>{lines}</system-out>\n");
    }
    let (kind, title) = (drift.class.code(), escaped(drift.class.title()));
    format!("      <failure type=\"{kind}\" message=\"{title}\">{lines}</failure>\n")
}

fn skipped(why: &str) -> String {
    format!("      <skipped message=\"{}\"/>\n", escaped(why))
}
