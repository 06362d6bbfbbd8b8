//! One report in each format, byte for byte; XML read by a real parser; JSON beside its schema.
//!
//! `MIG_WRITE_GOLDEN=1` writes the files anew.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use mig::drift::detect::{GroupFacts, group_template, overlay_gate};
use mig::drift::format::{json, junit, markdown, sarif, text};
use mig::drift::{Baseline, Date, Filters, IgnoreFile, Object, Place, Report, Section, WhyNot};
use serde_json::Value;

use super::schema::against;
use super::{NOW, SLICE, nodes, prod, report, right, set};

fn sections() -> Vec<Section> {
    let mut cut = ["ip-10-0-0-1", "ip-10-0-0-2", "ip-10-0-0-3", "ip-10-0-0-4"].map(right);
    for node in &mut cut {
        set(node, SLICE, 0);
        set(node, "nvidia.com/gpu", 8);
    }
    let mut stuck = right("ip-10-0-0-5");
    set(&mut stuck, SLICE, 0);
    let mut stale = right("ip-10-0-0-6");
    set(&mut stale, "nvidia.com/mig-7g.80gb", 0);
    let mut young = right("ip-10-0-0-7");
    young.created = NOW - 60;
    young.ready.since = Some(NOW - 30);
    set(&mut young, SLICE, 0);
    let group = GroupFacts {
        kind: "AutoScalingGroup".to_owned(),
        name: "slices".to_owned(),
        template: "lt-0a".to_owned(),
        version: 3,
        declared: Some(4),
        ..GroupFacts::default()
    };
    let staging = Object::new(&Place::cluster("staging"), "Node", "");
    vec![
        nodes(&cut),
        nodes(&[stuck, stale, young, right("ip-10-0-0-8")]),
        group_template(&Place::region("eu-west-1"), &group),
        overlay_gate(&prod(), 1, Some(false)),
        Section::not_checked(
            staging,
            WhyNot::Unreachable,
            "The cluster did not answer within 30 seconds.",
        ),
    ]
}

/// With a finding that is known, one that is ignored, and a rule that is expired.
fn example() -> Report {
    let baseline = json(&report(sections().into_iter().skip(2).take(1)));
    let baseline = Baseline::from_json(&baseline).unwrap();
    let rules = r#"{"ignore": [
        {"class": "D5", "object": "FeatureGate/*", "reason": "The upgrade is planned.", "expires": "2027-02-01"},
        {"class": "D2", "reason": "Burn-in of new nodes.", "expires": "2027-01-01"}]}"#;
    let ignore: IgnoreFile = serde_json::from_str(rules).unwrap();
    Report::new(
        sections(),
        &Filters {
            ignore: &ignore,
            baseline: Some(&baseline),
            today: Date::of_seconds(NOW),
        },
    )
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/drift")
        .join(name);
    if std::env::var_os("MIG_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(text, golden, "{}", path.display());
}

#[test]
fn each_format_has_its_golden_bytes() {
    let report = example();
    golden("report.txt", &text(&report));
    golden("report.json", &json(&report));
    golden("report.xml", &junit(&report));
    // The version of the crate would change the file at each release.
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    golden(
        "report.sarif",
        &sarif(&report, Some("layouts.tf")).replace(&version, "\"semanticVersion\": \"0.0.0\""),
    );
    golden("report.md", &markdown(&report));
}

/// Prints for each suite its name, its counted cases, failures and skips beside those that it says.
const READ: &str = r#"
import sys, xml.etree.ElementTree as xml
for text in sys.stdin.buffer.read().decode().split("\0"):
    root = xml.fromstring(text.encode())
    # What Jenkins' schema knows of the root.
    assert set(root.keys()) <= {"name", "tests", "failures", "errors", "time"}, root.attrib
    for suite in root.iter("testsuite"):
        count = lambda path: len(suite.findall(path))
        real = [count("testcase"), count("testcase/failure"), count("testcase/skipped")]
        said = [int(suite.get(key)) for key in ("tests", "failures", "skipped")]
        assert real == said, (real, said)
        print(suite.get("name"), *real)
"#;

pub(super) fn read_junit(documents: &[String]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(documents.join("\0").as_bytes()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn junit_is_xml_whose_counts_are_true() {
    let suites = read_junit(&[junit(&example()), junit(&report([]))]);
    assert_eq!(
        suites,
        [
            "eu-west-1 1 0 0",
            "cluster prod, eu-west-1 9 5 1",
            "cluster staging 1 0 1"
        ]
    );
}

pub(super) fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/drift-report.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn json_is_what_the_schema_says() {
    let schema = schema();
    let mut faults = Vec::new();
    for report in [example(), report([]), report(sections())] {
        let value: Value = serde_json::from_str(&json(&report)).unwrap();
        against(&schema, &schema, &value, "", &mut faults);
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// A schema that lets everything pass would prove nothing.
#[test]
fn the_schema_refuses_what_is_not_there() {
    let schema = schema();
    let whole: Value = serde_json::from_str(&json(&example())).unwrap();
    for (path, value) in [
        ("/version", Value::from(2)),
        ("/totals/errors", Value::from(-1)),
        ("/findings/0/class", Value::from("D11")),
        ("/findings/0/severity", Value::from("fatal")),
        ("/findings/0/object/place/cluster", Value::from(1)),
        ("/nodes/0/found", Value::from("none")),
        ("/not_checked/0", Value::from(serde_json::Map::new())),
        ("/rules/0/state", Value::from("old")),
    ] {
        let mut broken = whole.clone();
        *broken.pointer_mut(path).unwrap() = value;
        let mut faults = Vec::new();
        against(&schema, &schema, &broken, "", &mut faults);
        assert!(!faults.is_empty(), "{path}");
    }
}

#[test]
fn sarif_names_a_rule_and_a_place_for_each_result() {
    let read = |anchor| -> Value { serde_json::from_str(&sarif(&example(), anchor)).unwrap() };
    let with = read(Some("./infra/my layouts.tf"));
    let run = &with["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 8);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let location = &result["locations"][0];
        assert_eq!(
            location["physicalLocation"]["artifactLocation"]["uri"],
            "infra/my%20layouts.tf"
        );
        assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string());
    }
    let without = read(None);
    assert_eq!(
        without["runs"][0]["results"][0]["locations"][0].get("physicalLocation"),
        None
    );
}
