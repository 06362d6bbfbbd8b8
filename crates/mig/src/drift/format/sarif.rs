//! SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use super::not_checked_in_words;
use crate::drift::class::{DriftClass, Severity};
use crate::drift::report::{Finding, Report};

/// The report as SARIF. `anchor` is the path, relative to the repository, of a file that declares the layouts: GitHub refuses
/// a whole report where one result has no file. Without it results have only their logical place.
pub fn sarif(report: &Report, anchor: Option<&str>) -> String {
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "mig drift",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": DriftClass::ALL.map(rule),
            }},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications(report)}],
            "results": results(report, anchor),
        }],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn notifications(report: &Report) -> Vec<Value> {
    let missed = report.not_checked().iter();
    missed
        .map(|missed| json!({"level": "warning", "message": {"text": not_checked_in_words(missed, &[&missed.object.name])}}))
        .collect()
}

/// What is ignored is there too, as suppressed: else its alert would count as fixed.
fn results(report: &Report, anchor: Option<&str>) -> Vec<Value> {
    let found = report.findings().iter().map(|finding| (finding, None));
    let ignored = report.ignored().iter();
    let ignored = ignored.map(|ignored| (&ignored.finding, Some(ignored.reason.as_str())));
    let result = |(finding, ignored): (&Finding, Option<&str>)| {
        let mut result = result(finding, anchor);
        let justify = |reason: &str| json!([{"kind": "external", "justification": reason}]);
        result["suppressions"] = ignored.map_or_else(|| json!([]), justify);
        if report.is_compared() {
            result["baselineState"] = if finding.known { "unchanged" } else { "new" }.into();
        }
        result
    };
    found.chain(ignored).map(result).collect()
}

fn rule(class: DriftClass) -> Value {
    json!({
        "id": class.code(),
        "shortDescription": {"text": class.title()},
        "defaultConfiguration": {"level": level(class.default_severity())},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn result(finding: &Finding, anchor: Option<&str>) -> Value {
    let drift = &finding.drift;
    let (object, place) = (&drift.object, &drift.object.place);
    let text = format!(
        "{object} in {place}: expected {}; found {}. {} {}",
        drift.expected, drift.found, drift.cause, drift.next_step
    );
    let mut location = json!({"logicalLocations": [{
        "name": object.name,
        "fullyQualifiedName": format!("{place}/{object}"),
        "kind": "resource",
    }]});
    if let Some(path) = anchor {
        location["physicalLocation"] =
            json!({"artifactLocation": {"uri": uri(path)}, "region": {"startLine": 1}});
    }
    json!({
        "ruleId": drift.class.code(),
        "ruleIndex": DriftClass::ALL.iter().position(|class| *class == drift.class),
        "level": level(drift.severity),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"drift/v1": finding.fingerprint},
    })
}

/// A path as a relative reference: what is no letter of one is written in hexadecimal.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
