//! What GitHub reads of this repository: a workflow that only calls make, and forms for issues.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlLoader};

use super::root;

/// The YAML files of a folder below `.github`.
fn files(folder: &str) -> Vec<(PathBuf, Yaml)> {
    let entries = fs::read_dir(root().join(".github").join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path()).map(|path| {
        let mut documents = YamlLoader::load_from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(documents.len(), 1, "{}", path.display());
        (path, documents.remove(0))
    });
    files.collect()
}

fn steps(workflow: &Yaml) -> Vec<&Hash> {
    let jobs = workflow["jobs"].as_hash().unwrap().values();
    let steps = jobs.flat_map(|job| job["steps"].as_vec().unwrap());
    steps.map(|step| step.as_hash().unwrap()).collect()
}

fn value<'y>(hash: &'y Hash, key: &str) -> Option<&'y Yaml> {
    hash.get(&Yaml::String(key.to_owned()))
}

/// Whatever a job did by itself could not be done on another machine.
#[test]
fn the_workflow_calls_make_and_nothing_else() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let is_target = |name: &str| makefile.lines().any(|line| line.starts_with(&format!("{name}:")));
    let workflows = files("workflows");
    assert!(!workflows.is_empty());
    let mut called = BTreeSet::new();
    for (path, workflow) in &workflows {
        for step in steps(workflow) {
            match (value(step, "uses"), value(step, "run")) {
                (Some(action), None) => {
                    let action = action.as_str().unwrap();
                    assert!(action.starts_with("actions/"), "{}: {action}", path.display());
                }
                (None, Some(command)) => {
                    let command = command.as_str().unwrap();
                    let target = command.strip_prefix("make ").filter(|target| is_target(target));
                    assert!(target.is_some(), "{}: {command}", path.display());
                    called.extend(target);
                }
                _ => panic!("{}: {step:?}", path.display()),
            }
        }
        assert_eq!(
            workflow["permissions"]["contents"].as_str(),
            Some("read"),
            "{}",
            path.display()
        );
    }
    assert_eq!(called, BTreeSet::from(["lint", "test"]), "as .ci/run");
}

/// What GitHub refuses in a form it shows as a broken page.
#[test]
fn issue_forms_are_of_the_form_that_github_reads() {
    const KINDS: [&str; 5] = ["markdown", "input", "textarea", "dropdown", "checkboxes"];
    let forms = files("ISSUE_TEMPLATE");
    let forms = forms.iter().filter(|(path, _)| !path.ends_with("config.yml"));
    let mut number = 0;
    for (path, form) in forms {
        number += 1;
        for key in ["name", "description"] {
            assert!(
                form[key].as_str().is_some_and(|text| !text.is_empty()),
                "{}: {key}",
                path.display()
            );
        }
        let mut ids = BTreeSet::new();
        for element in form["body"].as_vec().unwrap() {
            let kind = element["type"].as_str().unwrap();
            assert!(KINDS.contains(&kind), "{}: {kind}", path.display());
            if kind == "markdown" {
                assert!(
                    element["attributes"]["value"].as_str().is_some(),
                    "{}",
                    path.display()
                );
                continue;
            }
            assert!(
                element["attributes"]["label"].as_str().is_some(),
                "{}: {element:?}",
                path.display()
            );
            assert!(
                ids.insert(element["id"].as_str().unwrap()),
                "{}: {element:?}",
                path.display()
            );
        }
        assert!(!ids.is_empty(), "{}", path.display());
    }
    assert!(number >= 3, "{number}");
}

/// `make help` is the only thing to remember: it names every target but the one that the others need.
#[test]
fn make_help_names_every_target() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let phony = makefile
        .lines()
        .find_map(|line| line.strip_prefix(".PHONY: "))
        .unwrap();
    let output = std::process::Command::new("make")
        .arg("help")
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    for target in phony
        .split_whitespace()
        .filter(|target| *target != "prerequisites")
    {
        assert!(said.contains(&format!("  make {target} ")), "{target}: {said}");
    }
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    assert!(contributing.contains("`make` lists all commands"));
}
