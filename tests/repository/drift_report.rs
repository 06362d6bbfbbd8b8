//! The report that the README shows, made of a small cluster. `UPDATE=1` writes it.

use std::collections::BTreeMap;
use std::fs;

use mig::drift::{Date, Filters, IgnoreFile, Object, Place, Report, Section, WhyNot, detect, format};
use mig::node_status::{Condition, Expected, NodeFacts, Tristate};
use mig::{Catalog, Layout, LayoutSpec};

use super::root;

const NOW: i64 = 1_800_000_000;
const PATH: &str = "examples/ci/report.md";

fn layout() -> Layout {
    let spec = LayoutSpec {
        instance_types: vec!["p5.48xlarge".to_owned()],
        slices: Some(BTreeMap::from([("1g.10gb".to_owned(), 7)])),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

/// A node with so many healthy slices, which has been there for a day.
fn node(layout: &Layout, name: &str, slices: u64) -> NodeFacts {
    let mut labels = layout.labels();
    labels.insert(
        "node.kubernetes.io/instance-type".to_owned(),
        "p5.48xlarge".to_owned(),
    );
    NodeFacts {
        name: name.to_owned(),
        labels,
        created: NOW - 86_400,
        ready: Condition {
            status: Tristate::True,
            ..Condition::default()
        },
        capacity: BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), 56)]),
        allocatable: BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), slices)]),
        ..NodeFacts::default()
    }
}

fn report() -> Report {
    let layout = layout();
    let layouts = BTreeMap::from([(layout.id(), layout.clone())]);
    let expected = Expected::new(&layouts, NOW);
    let prod = Place::cluster("prod").in_region("us-east-1");
    let nodes = [
        node(&layout, "ip-10-0-1-17", 56),
        node(&layout, "ip-10-0-1-23", 49),
        node(&layout, "ip-10-0-2-8", 56),
    ];
    let pool = detect::KarpenterFacts {
        kind: "NodePool".to_owned(),
        name: "slices".to_owned(),
        edits: vec![detect::FieldEdit {
            path: "spec.template.spec.expireAfter".to_owned(),
            expected: Some("720h".to_owned()),
            found: Some("24h".to_owned()),
        }],
        ..detect::KarpenterFacts::default()
    };
    let staging = Object::new(&Place::cluster("staging"), "Node", "");
    let sections = [
        detect::nodes(&prod, &nodes, &expected),
        detect::karpenter(&prod, &pool, NOW),
        Section::not_checked(
            staging,
            WhyNot::NoRights,
            "The identity in use may not list nodes.",
        ),
    ];
    let ignore = IgnoreFile::default();
    let filters = Filters {
        ignore: &ignore,
        baseline: None,
        today: Date::of_seconds(NOW),
    };
    Report::new(sections, &filters)
}

#[test]
fn the_example_is_what_the_command_writes_and_the_readme_shows_it() {
    let made = format::markdown(&report());
    let path = root().join(PATH);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), made, "UPDATE=1 writes it");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let shown: String = made
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("> {line}\n"))
        .collect();
    let quoted: String = readme
        .lines()
        .filter(|line| line.starts_with('>') && *line != ">")
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(quoted, shown, "the README quotes {PATH}");
}
