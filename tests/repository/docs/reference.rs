//! Each page of the reference has the parts that a reader looks for: an example first, units, defaults, what forces replacement, limits
//! of time, the least rights, imports.

use crate::markdown::{Document, documents};

/// The pages of a folder below `docs/`.
fn pages(folder: &str) -> Vec<Document> {
    let all = documents().into_iter();
    let found: Vec<_> = all
        .filter(|page| page.path.starts_with(format!("docs/{folder}")))
        .collect();
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Its sections: title and text.
fn sections(page: &Document) -> Vec<(String, String)> {
    let parts = page.text.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (title, text) = part.split_once('\n').unwrap_or((part, ""));
            (title.to_owned(), text.to_owned())
        })
        .collect()
}

const FOLDERS: [(&str, &[&str]); 5] = [
    (
        "resources",
        &[
            "Example Usage",
            "Schema",
            "Replacement",
            "Timeouts",
            "Rights",
            "Import",
        ],
    ),
    ("data-sources", &["Example Usage", "Schema", "Rights"]),
    ("ephemeral-resources", &["Example Usage", "Schema", "Rights"]),
    ("list-resources", &["Example Usage", "Schema", "Rights"]),
    ("functions", &["Example Usage", "Signature", "Arguments"]),
];

#[test]
fn each_page_has_its_parts_in_order() {
    for (folder, expected) in FOLDERS {
        for page in pages(folder) {
            let found = sections(&page);
            let titles: Vec<&str> = found.iter().map(|(title, _)| title.as_str()).collect();
            assert_eq!(titles, expected, "{}", page.path.display());
            let empty = found.iter().find(|(_, text)| text.trim().is_empty());
            assert!(empty.is_none(), "{}: {empty:?}", page.path.display());
            assert!(found[0].1.contains("```terraform\n"), "{}", page.path.display());
        }
    }
}

/// An attribute of a page: name, type and description.
struct Attribute {
    name: String,
    kind: String,
    description: String,
}

fn attributes(page: &Document) -> Vec<Attribute> {
    let lines = page.text.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("- `")?.split_once("` (")?;
        let (kind, description) = rest.split_once(") ")?;
        Some(Attribute {
            name: name.to_owned(),
            kind: kind.to_owned(),
            description: description.to_owned(),
        })
    });
    lines.collect()
}

/// What a number of this name is measured in: words of which its description must have one.
fn units(name: &str) -> Option<&'static [&'static str]> {
    const TIME: &[&str] = &["econds", "inutes", "hours"];
    const SIZE: &[&str] = &["GiB", "MiB", "GB", "bytes", "Bytes"];
    const SHARE: &[&str] = &["ercent", "of a hundred"];
    let ends = |tails: &[&str]| tails.iter().any(|tail| name.ends_with(tail));
    match name {
        _ if ends(&["_timeout", "_seconds", "_mins", "_minutes", "_period"]) => Some(TIME),
        // Of a group, which has nodes.
        "min_size" | "max_size" | "desired_size" => Some(&["odes"]),
        _ if ends(&["_gib", "_mib", "_gb", "_bytes", "_size", "throughput", "_rate"]) => Some(SIZE),
        _ if ends(&["_percentage", "_percent"]) => Some(SHARE),
        "iops" => Some(&["per second"]),
        _ => None,
    }
}

#[test]
fn numbers_and_times_have_units() {
    let (mut numbers, mut faults) = (0, Vec::new());
    for page in ["resources", "data-sources"].into_iter().flat_map(pages) {
        for Attribute {
            name,
            kind,
            description,
        } in attributes(&page)
        {
            let words = match kind.split(',').next() {
                Some("Number") => units(&name),
                Some("String") if name.ends_with("_timeout") => Some(&["`s`", "`10m`"][..]),
                _ => None,
            };
            let Some(words) = words else { continue };
            numbers += 1;
            if !words.iter().any(|word| description.contains(word)) {
                faults.push(format!("{}: {name}: {description}", page.path.display()));
            }
        }
    }
    assert!(numbers > 40, "{numbers}");
    assert!(faults.is_empty(), "without a unit:\n{}", faults.join("\n"));
}

#[test]
fn optional_attributes_have_a_default_or_the_page_says_whose_holds() {
    for page in ["resources", "data-sources"].into_iter().flat_map(pages) {
        if let Some((_, optional)) = page.text.split_once("\n### Optional\n\n") {
            let first = optional.lines().next().unwrap_or_default();
            assert!(
                first.starts_with("Where an attribute has no default"),
                "{}",
                page.path.display()
            );
        }
    }
}

/// Rights are those of the guide, where each is tested; none are only those of what asks nobody.
#[test]
fn rights_lead_to_the_guide_that_tests_them() {
    let offline = [
        "data-sources/layout.md",
        "data-sources/manifests.md",
        "data-sources/profiles.md",
    ];
    for (folder, titles) in FOLDERS {
        if !titles.contains(&"Rights") {
            continue;
        }
        for page in pages(folder) {
            let found = sections(&page);
            let (_, rights) = found.iter().find(|(title, _)| title == "Rights").unwrap();
            let asks_nobody = offline.iter().any(|path| page.path.ends_with(path));
            assert_eq!(rights.contains("None: "), asks_nobody, "{}", page.path.display());
            assert_eq!(
                rights.contains("(../guides/rights.md"),
                !asks_nobody,
                "{}",
                page.path.display()
            );
        }
    }
}

#[test]
fn resources_can_be_imported_in_every_way() {
    for page in pages("resources") {
        let (_, import) = sections(&page).pop().unwrap();
        for part in [
            "### By ID\n",
            "### By command\n",
            "```shell\n",
            "terraform import mig_",
        ] {
            assert!(import.contains(part), "{}: {part}", page.path.display());
        }
    }
}
