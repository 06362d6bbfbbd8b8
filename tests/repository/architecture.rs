//! What ARCHITECTURE.md promises about the shape of the code, held against the tree.

use std::fs;
use std::path::{Path, PathBuf};

use super::root;

/// The longest a source file may be: what one can keep in mind.
const LINES: usize = 600;

/// The Rust sources under a folder of the repository.
pub(crate) fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has no source files");
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("gen") && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Fails with every line of `files` that holds one of `words`.
fn none_says(files: &[PathBuf], words: &[&str]) {
    let mut offences = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let lines = text.lines().enumerate();
        offences.extend(
            lines
                .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
                .map(|(number, line)| format!("{}:{}: {}", file.display(), number + 1, line.trim())),
        );
    }
    assert!(offences.is_empty(), "must not be there:\n{}", offences.join("\n"));
}

/// Whether a file is the `apply.rs` or `remote.rs` of a resource, or lies in the folder beneath it.
fn is_remote(file: &Path) -> bool {
    ["apply", "remote"].iter().any(|name| {
        let mut folders = file.ancestors().skip(1);
        file.ends_with(format!("{name}.rs")) || folders.any(|folder| folder.ends_with(name))
    })
}

#[test]
fn only_remote_files_call_an_api() {
    let mut files = sources("src/resources");
    files.retain(|file| !is_remote(file));
    none_says(
        &files,
        &["dyn Ec2", "dyn KubeApi", "Regional", ".ec2()", ".api()"],
    );
}

#[test]
fn what_plans_and_renders_waits_for_nothing() {
    let mut files = sources("src/resources");
    // The file named like the folder implements the trait, whose calls are asynchronous; so does the one of all resources on
    // Kubernetes.
    let life = root().join("src/resources/manifests/resource.rs");
    let implements = |file: &PathBuf| *file == life || file.parent() == Some(&root().join("src/resources"));
    files.retain(|file| !is_remote(file) && !implements(file));
    assert!(files.len() >= 8);
    none_says(&files, &[".await", "async fn", "Context<"]);
}

/// Data sources that ask neither AWS nor a cluster. One that does is left out of this list.
const OFFLINE: [&str; 3] = ["layout", "manifests", "profiles"];

#[test]
fn offline_objects_know_no_edge() {
    let mut files = sources("src/functions");
    for name in OFFLINE {
        files.push(root().join(format!("src/data_sources/{name}.rs")));
        files.extend(sources(&format!("src/data_sources/{name}")));
    }
    none_says(&files, &["crate::aws", "crate::kube", "aws_sdk", "kube::"]);
}

#[test]
fn the_edges_know_no_schema() {
    let files = [sources("src/aws"), sources("src/kube")].concat();
    none_says(
        &files,
        &["tfplug", "crate::models", "crate::resources", "crate::provider"],
    );
}

#[test]
fn the_domain_depends_on_no_sdk_and_no_runtime() {
    none_says(
        &sources("crates/mig/src"),
        &["tokio", "aws_", "kube::", "std::fs", "std::env", "std::net"],
    );
}

#[test]
fn the_protocol_crates_know_nothing_of_gpus() {
    for folder in ["crates/tfplug/src", "crates/pulumiplug/src"] {
        none_says(&sources(folder), &["use mig", "nvidia", "aws_sdk"]);
    }
}

#[test]
fn files_are_short() {
    let folders = ["src", "crates", "tests", "benches"];
    let files = folders.map(sources).concat();
    let long: Vec<_> = files
        .iter()
        .filter(|file| fs::read_to_string(file).unwrap().lines().count() > LINES)
        .collect();
    assert!(long.is_empty(), "over {LINES} lines: {long:?}");
}

/// Whether a word in backquotes is meant as a path of this repository.
/// A module with parts is `name.rs` beside the folder `name`. Generated code has its own form.
#[test]
fn modules_are_named_by_their_files() {
    for folder in [
        "src",
        "crates/mig/src",
        "crates/pulumiplug/src",
        "crates/tfplug/src",
        "crates/tfplug-derive/src",
    ] {
        let named: Vec<_> = sources(folder)
            .into_iter()
            .filter(|file| file.ends_with("mod.rs"))
            .collect();
        assert_eq!(named, [""; 0].map(PathBuf::from));
    }
}

fn is_path(word: &str) -> bool {
    let folders = [
        "src/",
        "crates/",
        "tests/",
        "benches/",
        "schemas/",
        "docs/",
        "examples/",
        "scripts/",
    ];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    folders.iter().any(|folder| word.starts_with(folder)) && word.chars().all(plain) && !word.contains("NAME")
}

#[test]
fn every_path_that_the_documents_name_is_there() {
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let missing: Vec<_> = quoted
            .chain(linked)
            .filter(|word| is_path(word) && !root().join(word).exists())
            .collect();
        assert!(
            missing.is_empty(),
            "{document} names what is not there: {missing:?}"
        );
    }
}

#[test]
fn the_readme_of_the_tests_has_a_line_for_each_folder() {
    let readme = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let folders = |parent: &str| {
        let entries = fs::read_dir(root().join(parent)).unwrap().map(Result::unwrap);
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let names: Vec<_> = folders
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names
    };
    let of_crates = folders("crates")
        .into_iter()
        .map(|name| format!("crates/{name}/tests"));
    let of_crates = of_crates.filter(|folder| root().join(folder).exists());
    let of_root = folders("tests").into_iter().map(|name| format!("tests/{name}"));
    let missing: Vec<_> = of_root
        .chain(of_crates)
        .filter(|folder| !readme.contains(&format!("| `{folder}/` |")))
        .collect();
    assert!(missing.is_empty(), "tests/README.md has no line for {missing:?}");
}

/// The types of all resources without `mig_`, as the examples name them.
fn resources() -> Vec<String> {
    let entries = fs::read_dir(root().join("examples/resources")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<_> = names
        .filter_map(|name| Some(name.strip_prefix("mig_")?.to_owned()))
        .collect();
    found.sort();
    found
}

/// What "Add a resource" of CONTRIBUTING.md says.
fn recipe() -> String {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, rest) = text.split_once("## Add a resource\n").unwrap();
    rest.split("\n## ").next().unwrap().to_owned()
}

#[test]
fn the_recipe_for_a_resource_is_what_each_resource_is_made_of() {
    let recipe = recipe();
    let paths: Vec<_> = recipe
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains('/') && word.contains("NAME"))
        .collect();
    assert!(paths.len() >= 5, "the recipe names too few files: {paths:?}");
    let resources = resources();
    assert!(resources.len() >= 5, "{resources:?}");
    for name in &resources {
        for path in paths.iter().map(|path| path.replace("NAME", name)) {
            assert!(root().join(&path).exists(), "mig_{name} has no {path}");
        }
    }
}

#[test]
fn the_recipe_names_each_file_that_all_resources_have() {
    let recipe = recipe();
    let files_of = |name: &String| -> Vec<String> {
        let entries = fs::read_dir(root().join("src/resources").join(name)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    };
    let mut lists = resources().iter().map(files_of).collect::<Vec<_>>();
    let mut common = lists.pop().unwrap();
    common.retain(|file| lists.iter().all(|list| list.contains(file)));
    assert!(!common.is_empty());
    for file in common {
        assert!(recipe.contains(&format!("src/resources/NAME/{file}")), "{file}");
    }
}

#[test]
fn each_resource_is_registered_documented_and_tested() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (registry, modules) = (read("src/registry.rs"), read("src/resources.rs"));
    let (schema, readme) = (read("schemas/terraform.json"), read("README.md"));
    let tests: String = sources("tests/acceptance")
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    for name in resources() {
        assert!(registry.contains(&format!("resources::{name}::")), "{name}");
        assert!(modules.contains(&format!("mod {name};")), "{name}");
        for text in [&schema, &readme, &tests] {
            assert!(text.contains(&format!("mig_{name}")), "{name}");
        }
    }
}
