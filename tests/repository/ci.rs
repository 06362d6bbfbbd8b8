//! The jobs of `examples/ci` and the options of the guide to drift: they are well-formed, and the command line knows what they say.

use std::fs;

use yaml_rust2::{Yaml, YamlLoader};

use super::mig::{help, refusal};
use super::{root, shell};

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// All texts of a YAML document that may be commands.
fn texts(yaml: &Yaml, all: &mut Vec<String>) {
    match yaml {
        Yaml::String(text) => all.push(text.clone()),
        Yaml::Array(elements) => elements.iter().for_each(|element| texts(element, all)),
        Yaml::Hash(entries) => entries.values().for_each(|entry| texts(entry, all)),
        _ => {}
    }
}

/// The commands of a shell script that call `mig`, as the words behind it.
fn commands(script: &str) -> Vec<Vec<String>> {
    let all = shell::commands(script).into_iter();
    all.filter(|words| words[0] == "mig")
        .map(|words| words[1..].to_vec())
        .collect()
}

/// Asserts that the command line knows everything in a command.
fn assert_known(command: &[String]) {
    let said = refusal(command);
    assert!(said.is_none(), "mig {}: {said:?}", command.join(" "));
}

#[test]
fn the_jobs_are_yaml_and_call_what_there_is() {
    let mut number = 0;
    for entry in fs::read_dir(root().join("examples/ci")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|kind| kind != "yml" && kind != "yaml")
        {
            continue;
        }
        let documents = YamlLoader::load_from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(documents.len(), 1, "{}", path.display());
        let mut all = Vec::new();
        texts(&documents[0], &mut all);
        for command in all.iter().flat_map(|text| commands(text)) {
            assert_known(&command);
            number += 1;
        }
    }
    assert_eq!(number, 3, "two of GitHub's job, and GitLab's");
}

/// `docs/commands.rs` beside this file has the commands of all documents.
#[test]
fn the_options_that_the_guide_names_are_known() {
    let guide = read("docs/guides/drift-in-ci.md");
    let outside: String = guide.split("```").step_by(2).collect();
    let options = outside
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| span.starts_with("--"));
    assert!(options.clone().count() > 5);
    let help = String::from_utf8(help(&["drift".to_owned()]).stdout).unwrap();
    for option in options {
        let name = option.split([' ', '=']).next().unwrap();
        assert!(help.contains(name), "{name} is no option of drift");
    }
}

#[test]
fn unknown_options_would_fail() {
    let wrong = commands("x\nmig drift --strict \\\n  --bogus 1 || code=$?\n");
    assert_eq!(wrong, [["drift", "--strict", "--bogus", "1"]]);
    assert_eq!(help(&wrong[0]).status.code(), Some(1));
}

/// Every file that a job names is beside it.
#[test]
fn the_jobs_name_files_that_are_there() {
    for job in ["github-actions.yml", "gitlab-ci.yml"] {
        let text = read(&format!("examples/ci/{job}"));
        for word in text.split_whitespace().filter(|word| word.ends_with(".yaml")) {
            assert!(root().join("examples/ci").join(word).exists(), "{word} in {job}");
        }
    }
}
