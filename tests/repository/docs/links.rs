//! Every link leads somewhere. Addresses of others are judged by their form: no test needs a network.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::markdown::{Document, documents};
use crate::root;

/// Where this repository is published; a link to a file of it must name one that is there.
const OURS: [&str; 2] = [
    "https://github.com/eks-mig/terraform-provider-mig/blob/main/",
    "https://github.com/eks-mig/terraform-provider-mig/tree/main/",
];

/// A path without its `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// What is wrong with an address of somebody else.
fn fault_of_address(target: &str) -> Option<String> {
    let rest = target.strip_prefix("https://");
    let Some(rest) = rest else {
        return (!target.starts_with("mailto:")).then(|| "is not https".to_owned());
    };
    let host = rest.split('/').next().unwrap_or_default();
    let named = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    let good = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    match (named, target.chars().all(good)) {
        (true, true) => None,
        (false, _) => Some("names no host".to_owned()),
        (_, false) => Some("has characters that no address has".to_owned()),
    }
}

/// What is wrong with a link of a document.
fn fault(document: &Document, target: &str, all: &BTreeMap<PathBuf, Document>) -> Option<String> {
    if let Some(path) = OURS.iter().find_map(|ours| target.strip_prefix(ours)) {
        return (!root().join(path).exists()).then(|| "names no file of this repository".to_owned());
    }
    if target.contains("://") || target.starts_with("mailto:") {
        return fault_of_address(target);
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = match path {
        "" => document.path.clone(),
        path => plain(&document.path.parent().unwrap_or(Path::new("")).join(path)),
    };
    if !root().join(&file).exists() {
        return Some(format!("there is no {}", file.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let there = all.get(&file).is_some_and(|page| page.anchors().contains(anchor));
    (!there).then(|| format!("{} has no #{anchor}", file.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let all: BTreeMap<PathBuf, Document> = documents()
        .into_iter()
        .map(|page| (page.path.clone(), page))
        .collect();
    let (mut number, mut faults) = (0, Vec::new());
    for page in all.values() {
        for link in page.links() {
            number += 1;
            let fault = fault(page, &link.target, &all);
            faults.extend(fault.map(|fault| format!("{}: {}: {fault}", link.place, link.target)));
        }
    }
    assert!(number > 300, "{number} links");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn wrong_links_are_told() {
    let page = |path: &str, text: &str| Document {
        path: path.into(),
        text: text.to_owned(),
    };
    let text = "# One thing\n\n## `mig_it` (A, B)\n\n## One thing\n\n<a id=\"own\"></a>\n";
    let (here, readme) = (page("docs/index.md", text), page("README.md", "# Mig\n"));
    let all = BTreeMap::from([(here.path.clone(), here.clone()), (readme.path.clone(), readme)]);
    for good in [
        "#one-thing",
        "#one-thing-1",
        "#mig_it-a-b",
        "#own",
        "../README.md",
        "../README.md#mig",
        "guides/",
        "https://example.com/a(b)",
        "https://github.com/eks-mig/terraform-provider-mig/tree/main/docs",
    ] {
        assert_eq!(fault(&here, good, &all), None, "{good}");
    }
    for wrong in [
        "#other",
        "../READ.md",
        "../README.md#one-thing",
        "http://example.com",
        "https://example",
        "https://github.com/eks-mig/terraform-provider-mig/blob/main/nothing.md",
    ] {
        assert!(fault(&here, wrong, &all).is_some(), "{wrong}");
    }
}
