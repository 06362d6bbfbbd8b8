//! The crate sees no file, clock, environment, process or network: what it renders depends on its input alone. Its texts
//! suit every front end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

const FORBIDDEN: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "std::io",
    "SystemTime",
    // An order that changes from run to run would change what is rendered.
    "HashMap",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_source_file_reaches_outside() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for name in FORBIDDEN {
            assert!(!text.contains(name), "{} uses {name}", file.display());
        }
    }
}

/// What only Terraform's language has: attributes with values, names of its objects and calls of its functions.
const TERRAFORM: &str = " = |mig_|aws_|erraform|jsonencode(|replace(|trimprefix(|trimspace(|file(";

/// Texts that have it and that no front end shows as its own.
const NOT_SHOWN: [(&str, &str); 3] = [
    ("terraform-provider-mig", "a label of objects that exist"),
    (" = ", "reads Bottlerocket's settings, which are TOML"),
    (
        "It has 1 to 128 letters, digits and _ + = , . @ -.",
        "names have it",
    ),
];

/// The string literals of a source file without its tests.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let comment = |line: &&str| line.trim_start().starts_with("//");
    let lines: Vec<&str> = code.lines().filter(|line| !comment(line)).collect();
    // One literal is one line, and only its ends are quotes.
    let lines = lines.join("\n");
    let joined: String = lines.split("\\\n").map(str::trim_start).collect();
    let code = joined.replace(r"\\", "").replace("\\\"", "'").replace("'\"'", "");
    let parts: Vec<&str> = code.split('"').collect();
    assert!(parts.len() % 2 == 1, "quotes are no pairs");
    parts.into_iter().skip(1).step_by(2).map(str::to_owned).collect()
}

/// Several front ends show these texts, each beside its own language.
#[test]
fn texts_are_in_no_front_ends_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files.iter().map(|file| file.strip_prefix(&root).unwrap()) {
        if file.to_string_lossy().contains("test") {
            continue;
        }
        for text in literals(&fs::read_to_string(root.join(file)).unwrap()) {
            let has = TERRAFORM.split('|').any(|word| text.contains(word));
            // Whole lines are of files.
            let shown = !text.ends_with(r"\n") && NOT_SHOWN.iter().all(|(other, _)| *other != text);
            assert!(
                !has || !shown,
                "{} says {text:?}: use a Remedy, or words",
                file.display()
            );
        }
    }
}

#[test]
fn dependencies_are_few() {
    let manifest = include_str!("../Cargo.toml");
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split('[')
        .next()
        .unwrap();
    let names: Vec<&str> = section
        .lines()
        .filter_map(|line| line.split(['.', ' ']).next())
        .filter(|n| !n.is_empty())
        .collect();
    assert_eq!(
        names,
        ["base64", "serde", "serde_json", "thiserror", "yaml-rust2"]
    );
}
