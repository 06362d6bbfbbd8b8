//! What a package of `crates/mig` has inside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{cargo, root};
use crate::architecture::sources;

const FOLDER: &str = "crates/mig";

/// The files that `cargo package` would put into the package.
fn packed() -> BTreeSet<PathBuf> {
    let text = cargo(&["package", "--package", "mig", "--list", "--allow-dirty"]);
    text.lines().map(PathBuf::from).collect()
}

/// The files that a source file includes, relative to the package.
fn included(source: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(source).unwrap();
    let folder = source
        .parent()
        .unwrap()
        .strip_prefix(root().join(FOLDER))
        .unwrap();
    let mut found = Vec::new();
    for rest in text.split("include_str!(").skip(1) {
        let of_package = rest.trim_start().starts_with("concat!(");
        let name = rest
            .split('"')
            .skip(1)
            .step_by(2)
            .find(|quoted| quoted.contains('.'));
        let name = Path::new(name.unwrap().trim_start_matches('/'));
        let base = if of_package { Path::new("") } else { folder };
        found.push(resolved(&base.join(name)));
    }
    found
}

/// A path without `..`; one that leaves the package keeps it.
fn resolved(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir && parts.file_name().is_some() {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts
}

/// Otherwise the package would not build outside this repository.
#[test]
fn the_domain_crate_includes_only_files_of_its_package() {
    let packed = packed();
    let sources = sources("crates/mig/src");
    let included: BTreeSet<_> = sources.iter().flat_map(|source| included(source)).collect();
    assert!(included.contains(Path::new("catalog/gpus.json")), "{included:?}");
    let missing: Vec<_> = included.difference(&packed).collect();
    assert!(
        missing.is_empty(),
        "included, and not in the package: {missing:?}"
    );
}
