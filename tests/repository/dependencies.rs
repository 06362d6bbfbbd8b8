//! Licences and sources of all dependencies, by the lists of `deny.toml`. `cargo deny check` judges the same, and knows
//! advisories besides, for which it needs a network.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, LicenseReq, Licensee};

use super::{cargo, root};

/// The quoted texts of a list in `deny.toml`, from its name to its end.
fn listed(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("deny.toml")).unwrap();
    let (_, rest) = text.split_once(&format!("\n{name} = [")).unwrap();
    let list = rest.split_once(']').unwrap().0;
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The system that this is built for: cargo has downloaded no other's packages on a fresh machine.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.unwrap().to_owned()
}

/// All packages that the workspace is built of here.
fn packages() -> Vec<Value> {
    let text = cargo(&["metadata", "--format-version", "1", "--filter-platform", &host()]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn text<'p>(package: &'p Value, field: &str) -> &'p str {
    package[field].as_str().unwrap_or_default()
}

/// Whether the licences that are allowed meet an expression such as `MIT OR Apache-2.0`.
fn is_allowed(expression: &str, allowed: &[Licensee]) -> bool {
    let parsed = Expression::parse_mode(expression, spdx::ParseMode::LAX);
    let satisfies = |req: &LicenseReq| allowed.iter().any(|licensee| licensee.satisfies(req));
    parsed.is_ok_and(|expression| expression.evaluate(satisfies))
}

fn allowed() -> Vec<Licensee> {
    let licences = listed("allow");
    licences
        .iter()
        .map(|licence| Licensee::parse(licence).unwrap())
        .collect()
}

#[test]
fn every_dependency_has_a_licence_of_the_list() {
    let (allowed, packages) = (allowed(), packages());
    assert!(packages.len() > 250, "{}", packages.len());
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| !is_allowed(text(package, "license"), &allowed))
        .map(|package| format!("{}: {:?}", text(package, "name"), text(package, "license")))
        .collect();
    assert!(refused.is_empty(), "no licence of deny.toml: {refused:#?}");
}

#[test]
fn expressions_are_judged_by_their_meaning() {
    let allowed = allowed();
    for expression in [
        "MIT",
        "GPL-3.0-only OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR GPL-3.0-only) AND ISC",
    ] {
        assert!(is_allowed(expression, &allowed), "{expression}");
    }
    for expression in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "", "no licence"] {
        assert!(!is_allowed(expression, &allowed), "{expression}");
    }
}

#[test]
fn every_dependency_comes_from_the_registry() {
    let registries = listed("allow-registry");
    let sources: BTreeSet<String> = packages()
        .iter()
        .filter_map(|package| package["source"].as_str().map(str::to_owned))
        .collect();
    let expected: BTreeSet<String> = registries.iter().map(|url| format!("registry+{url}")).collect();
    assert_eq!(sources, expected);
}

#[test]
fn no_dependency_is_banned() {
    let banned = listed("deny");
    assert!(banned.iter().any(|name| name == "openssl-sys"), "{banned:?}");
    let packages = packages();
    let found: Vec<_> = packages
        .iter()
        .map(|package| text(package, "name"))
        .filter(|name| banned.iter().any(|banned| banned == name))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}
