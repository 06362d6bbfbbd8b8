//! Each message that the guide to troubleshooting has as a heading is one that somebody can see: of this project, in a string of its code;
//! of another program, in a test in which that program has said it.

use std::fs;

use crate::architecture::sources;
use crate::markdown::{Document, documents, slug};

/// The section for messages of others.
const OF_OTHERS: &str = "## Nodes and pods\n";

fn guide() -> Document {
    let mut found = documents();
    found.retain(|document| document.path.ends_with("guides/troubleshooting.md"));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// The messages that are headings of a text.
fn messages(text: &str) -> Vec<&str> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("### `"));
    headings.filter_map(|rest| rest.strip_suffix('`')).collect()
}

/// All code of these folders, with the strings that go over several lines made one.
fn code(folders: &[&str]) -> String {
    let files = folders.iter().flat_map(|folder| sources(folder));
    let text: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    let lines = text.split("\\\n").map(str::trim_start);
    lines.collect()
}

#[test]
fn each_heading_is_a_message_that_there_is() {
    let guide = guide();
    let (ours, of_others) = guide.text.split_once(OF_OTHERS).unwrap();
    let own = code(&["src", "crates/mig/src"]);
    let heard = code(&["src", "tests/acceptance", "tests/domain"]);
    let (ours, of_others) = (messages(ours), messages(of_others));
    assert!(ours.len() >= 20 && of_others.len() >= 3, "{ours:?} {of_others:?}");
    let unknown = |messages: Vec<&str>, code: &str| -> Vec<String> {
        let missing = messages.into_iter().filter(|message| !code.contains(message));
        missing.map(str::to_owned).collect()
    };
    assert_eq!(unknown(ours, &own), [""; 0], "no code says it");
    assert_eq!(unknown(of_others, &heard), [""; 0], "no test has heard it");
}

/// A link to a message keeps leading to it.
#[test]
fn each_message_has_one_anchor() {
    let guide = guide();
    let mut slugs: Vec<String> = messages(&guide.text).into_iter().map(slug).collect();
    let (number, anchors) = (slugs.len(), guide.anchors());
    assert!(slugs.iter().all(|slug| anchors.contains(slug)), "{slugs:?}");
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), number, "two headings are the same message");
}

/// Messages send readers to guides by their titles.
#[test]
fn each_guide_that_a_message_names_is_there() {
    let code = code(&["src", "crates/mig/src"]);
    let titles: Vec<String> = documents()
        .iter()
        .filter(|document| document.path.starts_with("docs/guides"))
        .filter_map(|document| {
            let title = document
                .text
                .lines()
                .find_map(|line| line.strip_prefix("page_title: "));
            title.map(|title| title.trim_matches('"').to_owned())
        })
        .collect();
    let named: Vec<&str> = code
        .split("guide \\\"")
        .skip(1)
        .filter_map(|rest| rest.split("\\\"").next())
        .collect();
    assert!(named.len() >= 2, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|title| !titles.iter().any(|found| found == *title))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {titles:?}");
}
