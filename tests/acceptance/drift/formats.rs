//! Each format, read by a reader of its own kind. What Karpenter says is hostile here.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{BEFORE, Scene, condition, path_of};

#[path = "../../../crates/mig/tests/drift/schema.rs"]
mod schema;

const HOSTILE: &str = "a|b `c` <img src=x> ]]> @team #1 \" & \u{1b}[31m\n| new | row |";

/// Findings, something that was not checked, something ignored, and a rule that is not used.
fn scene() -> (Scene, [String; 2]) {
    let mut scene = Scene::new("drift-formats");
    scene.node("right", |_| ());
    scene.node("wrong", |node| {
        node["status"]["allocatable"] = json!({(super::SLICE): "0"})
    });
    scene.node("ignored", |node| {
        node["status"]["allocatable"] = json!({(super::SLICE): "0"})
    });
    let mut refused = condition("Ready", "False", BEFORE);
    refused["conditions"][0]["message"] = json!(HOSTILE);
    scene.pool("refused", &refused);
    let rules = "ignore: [{ object: Node/ignored, reason: 'a|b <i>' }, { class: D8, reason: None. }]\n";
    let rules = scene.write("ignore.yaml", rules);
    (scene, ["--ignore".to_owned(), rules])
}

fn written(format: &str) -> String {
    let (scene, ignore) = scene();
    let said = scene.look(&["good", "gone"], &["--format", format, &ignore[0], &ignore[1]]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    said.out
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(path_of("schemas/drift-report.json")).unwrap())
            .unwrap();
    let report: Value = serde_json::from_str(&written("json")).unwrap();
    let mut faults = Vec::new();
    schema::against(&schema, &schema, &report, "", &mut faults);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(
        (&report["exit_code"], &report["strict_exit_code"]),
        (&json!(2), &json!(2))
    );
    let totals = ["errors", "ignored", "not_checked"].map(|kind| report["totals"][kind].as_i64().unwrap());
    assert_eq!(totals, [2, 1, 1]);
}

/// Reads the document with Python's parser, and prints each case with what is in it.
const READ: &str = r#"
import sys, xml.etree.ElementTree as xml
root = xml.fromstring(sys.stdin.buffer.read())
assert root.tag == "testsuites" and set(root.keys()) <= {"name", "tests", "failures", "errors"}, root.attrib
for suite in root:
    assert suite.tag == "testsuite" and suite.get("name")
    found = [len(suite.findall(path)) for path in ("testcase", "testcase/failure", "testcase/error", "testcase/skipped")]
    assert found == [int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")], found
    for case in suite:
        assert case.tag == "testcase" and case.get("name") and case.get("classname")
        inside = [part.tag for part in case]
        assert inside in ([], ["failure"], ["skipped"], ["system-out"]), inside
        print(suite.get("name"), "/", case.get("name"), "/", *inside)
"#;

#[test]
fn junit_is_read_by_an_xml_parser() {
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(written("junit").as_bytes())
        .unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let expected = "cluster gone / Cluster/: not checked / skipped\n\
        cluster good / NodePool/refused: D5 refused / failure\n\
        cluster good / Node/wrong: D1 unhealthy / failure\n\
        cluster good / Node/ignored: D1 unhealthy / skipped\n\
        cluster good / Node/right / \n";
    let mut found: Vec<_> = std::str::from_utf8(&output.stdout)
        .unwrap()
        .lines()
        .map(str::trim_end)
        .collect();
    let mut expected: Vec<_> = expected.lines().map(str::trim_end).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// What the standard's schema asks of the parts that are there, and what GitHub asks beside it.
#[test]
fn sarif_is_what_the_standard_says() {
    let (scene, ignore) = scene();
    let run = |directory: &str| -> Value {
        let arguments = [
            "drift",
            "--layout",
            "slices.yaml",
            "--kubeconfig",
            "kubeconfig",
            "--boot-timeout",
            "0s",
            "--context",
            "good",
        ];
        let output = Command::new(env!("CARGO_BIN_EXE_terraform-provider-mig"))
            .args(arguments)
            .args(["--context", "gone", "--format", "sarif"])
            .args(&ignore)
            .current_dir(directory)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let log = run(scene.work.path().to_str().unwrap());
    assert_keys(&log, &["$schema", "version", "runs"]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_keys(run, &["tool", "invocations", "results"]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (10, 3));
    for result in results {
        assert_keys(
            result,
            &[
                "ruleId",
                "ruleIndex",
                "level",
                "message",
                "locations",
                "partialFingerprints",
                "suppressions",
                "baselineState",
            ],
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "slices.yaml", "a path from the root of the checkout");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        for suppression in result["suppressions"].as_array().unwrap() {
            assert_keys(suppression, &["kind", "justification"]);
            assert_eq!(suppression["kind"], "external");
        }
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(
        invocation["toolExecutionNotifications"].as_array().unwrap().len(),
        1
    );
}

fn assert_keys(object: &Value, allowed: &[&str]) {
    let found: Vec<_> = object.as_object().unwrap().keys().collect();
    assert!(
        found.iter().all(|key| allowed.contains(&key.as_str())),
        "{found:?}"
    );
}

#[test]
fn markdown_has_whole_tables_and_no_markup_of_others() {
    let page = written("markdown");
    let tables: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(tables.len(), 2 + 2, "a head and a row per finding:\n{page}");
    for row in &tables {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
    assert!(page.lines().all(|line| line != "| new | row |"));
    for markup in ["<img", "`", "@team", " #1", "\u{1b}"] {
        assert!(!page.contains(markup), "{markup:?} in:\n{page}");
    }
    let (open, closed) = (
        page.matches("<details>").count(),
        page.matches("</details>").count(),
    );
    assert_eq!((open, closed), (2, 2));
    for part in ["#### Not checked", "#### Ignored", "#### Rules to look at"] {
        assert!(page.contains(part), "{part} in:\n{page}");
    }
}

#[test]
fn text_is_of_lines_that_nobody_elses_words_begin() {
    let text = written("text");
    assert!(
        text.starts_with("Drift: 2 errors in 4 objects. Besides: 1 ignored, 1 not checked.\n"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'));
    assert!(!text.lines().any(|line| line.starts_with('|')), "{text}");
    assert!(text.contains("Nodes: 1 right, 2 wrong."), "{text}");
}
