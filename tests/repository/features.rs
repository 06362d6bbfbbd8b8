//! Which features dependencies are built with.

use std::collections::BTreeSet;

use super::cargo;

/// Every package of the workspace's build, with its features, for these kinds of dependencies.
fn packages(kinds: &str) -> BTreeSet<String> {
    let text = cargo(&[
        "tree",
        "--workspace",
        "--edges",
        kinds,
        "--prefix",
        "none",
        "--format",
        "{p} {f}",
    ]);
    // A package that is shown before has a mark instead of its dependencies.
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)").trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Otherwise a build of the provider alone would compile the AWS SDK once more, which takes ten minutes.
#[test]
fn builds_with_and_without_tests_share_all_dependencies() {
    let (build, tests) = (packages("normal,build"), packages("normal,build,dev"));
    assert!(build.len() > 100, "{}", build.len());
    let only: Vec<_> = build.difference(&tests).collect();
    assert!(
        only.is_empty(),
        "tests select other features of these; choose them in tests/counterparts/Cargo.toml as well: {only:#?}"
    );
}
