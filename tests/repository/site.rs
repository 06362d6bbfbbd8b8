//! The documentation as pages, made by `make site` and read in a real browser.

use std::process::Command;

use counterparts::{Cache, Workspace, install_browser, install_mkdocs, node_version, unavailable};
use serde_json::Value;

use super::root;

/// Makes the pages in a folder.
fn make(folder: &Workspace) {
    let mkdocs = install_mkdocs(&Cache::open().unwrap()).unwrap();
    let output = Command::new(mkdocs)
        .args([
            "build",
            "--quiet",
            "--config-file",
            "scripts/site/mkdocs.yml",
            "--site-dir",
        ])
        .arg(folder.path().join("site"))
        .env("MIG", env!("CARGO_BIN_EXE_terraform-provider-mig"))
        .env("NO_MKDOCS_2_WARNING", "1")
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // Warnings are errors: a link that leads nowhere, a page outside of the menu.
    assert!(output.status.success(), "{said}");
}

/// What the browser found: `browse.mjs` beside this file opens every page.
fn browse(folder: &Workspace) -> Value {
    let packages = install_browser(&Cache::open().unwrap()).unwrap();
    let output = Command::new("node")
        .arg(root().join("tests/repository/site/browse.mjs"))
        .args([packages.as_path(), &folder.path().join("site")])
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_pages_are_read_in_a_browser() {
    let folder = Workspace::new("site").unwrap();
    make(&folder);
    if let Err(error) = node_version() {
        return unavailable("the site in a browser", &error.to_string());
    }
    let found = browse(&folder);
    assert_eq!(found["faults"], serde_json::json!([]), "{found:#}");
    assert!(found["pages"].as_u64().unwrap() > 50, "{found:#}");
    assert!(found["links"].as_u64().unwrap() > 1000, "{found:#}");
    assert!(found["pictures"].as_u64().unwrap() >= 10, "{found:#}");
    // By the menu from the first page to a guide, and by the search to a message.
    assert_eq!(found["menu"], "Which object do I need?");
    let hit = found["search"].as_str().unwrap();
    assert!(hit.contains("guides/troubleshooting/"), "{hit}");
}
