//! How many test programs there are, and that none of their files is forgotten.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cargo;

/// Each program is linked, started, and brings up servers of its own.
const MOST: usize = 16;

/// Every test program of the workspace: what kind of target it is of, its name and its first file.
fn programs() -> Vec<(String, String, PathBuf)> {
    let text = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let targets = packages
        .iter()
        .flat_map(|package| package["targets"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    targets
        .filter(|target| target["test"] == true)
        .map(|target| {
            (
                text(&target["kind"][0]),
                text(&target["name"]),
                text(&target["src_path"]).into(),
            )
        })
        .collect()
}

#[test]
fn there_are_few() {
    let programs = programs();
    assert!(programs.len() <= MOST, "{}: {programs:#?}", programs.len());
}

/// A file without a `mod` would never be compiled, and its tests never run.
#[test]
fn each_file_beside_a_program_belongs_to_one() {
    for (kind, _, first) in programs() {
        // A program in a folder of its own has its parts there, one among others has them in its folder.
        if kind != "test" || first.ends_with("main.rs") {
            continue;
        }
        let folder = first.parent().unwrap();
        for path in files(folder) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(
                path == first || is_named(folder, name),
                "no test program has {}",
                path.display()
            );
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Whether a file of the folder declares this module, or the folder's package a program of this name.
fn is_named(folder: &Path, name: &str) -> bool {
    let declared = |file: PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        text.lines().any(|line| line == format!("mod {name};"))
    };
    let programs = programs();
    files(folder).into_iter().any(declared)
        || programs
            .iter()
            .any(|(_, program, first)| program == name && first.parent() == Some(folder))
}
