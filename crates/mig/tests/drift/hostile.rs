//! Names and messages that want to be markup, and reports that are too long for a comment.

use mig::drift::detect::{KarpenterFacts, karpenter};
use mig::drift::format::{MARKDOWN_LIMIT, json, junit, markdown, sarif, text};
use mig::drift::{Object, Place, Report, Section, WhyNot};
use mig::node_status::{Condition, Tristate};

use super::formats::read_junit;
use super::{NOW, SLICE, nodes, report, right, set};

const NAMES: [&str; 8] = [
    "a|b",
    "`whoami`",
    "<script>alert(1)</script><!--",
    "</code></details>",
    "@everyone #1 www.example.com https://example.com/",
    "[x](https://example.com) ![y](z) **b** ~~s~~ \\|",
    "line\r\nbreak\n| a | b |\n# head\n```",
    "\u{1b}[31mred\u{7}\u{0}\u{202e}abc]]>&amp;\"'",
];

fn hostile(name: &str) -> Report {
    let place = Place::cluster(name).in_region(name);
    let refused = KarpenterFacts {
        kind: "NodeOverlay".to_owned(),
        name: name.to_owned(),
        condition: Some(Condition {
            status: Tristate::False,
            reason: name.to_owned(),
            message: name.to_owned(),
            since: None,
        }),
        ..KarpenterFacts::default()
    };
    let missed = Section::not_checked(Object::new(&place, "Node", name), WhyNot::NoRights, name);
    report([karpenter(&place, &refused, NOW), missed])
}

#[test]
fn no_name_breaks_a_page() {
    let plain = markdown(&hostile("a"));
    for name in NAMES {
        let page = markdown(&hostile(name));
        assert_eq!(page.lines().count(), plain.lines().count(), "{page}");
        for line in page.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(line.matches('|').count(), 5, "{line}");
        }
        for tag in ["<code>", "</code>", "<details>", "</details>", "<"] {
            assert_eq!(
                page.matches(tag).count(),
                plain.matches(tag).count(),
                "{tag} in {page}"
            );
        }
        for markup in [
            "`", "![", "](", "~~", "\\", "@e", "#1 ", "www.", "://", "\u{1b}", "\u{202e}",
        ] {
            assert!(!page.contains(markup), "{markup:?} in {page}");
        }
    }
}

#[test]
fn no_name_moves_a_cursor_or_begins_a_line() {
    let plain = text(&hostile("a")).lines().count();
    for name in NAMES {
        let text = text(&hostile(name));
        assert_eq!(text.lines().count(), plain, "{text}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn no_name_breaks_a_document() {
    let documents: Vec<String> = NAMES.iter().map(|name| junit(&hostile(name))).collect();
    assert!(documents.iter().all(|document| !document.contains('\0')));
    assert_eq!(read_junit(&documents).len(), NAMES.len());
    for name in NAMES {
        for text in [json(&hostile(name)), sarif(&hostile(name), Some(name))] {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    }
}

/// Hundreds of different faults, with names as long as Kubernetes takes them.
fn long(faults: u64) -> Report {
    let long = "n".repeat(240);
    let all: Vec<_> = (0..faults)
        .map(|at| {
            let mut node = right(&format!("{long}-{at:04}"));
            set(&mut node, SLICE, 100 + at);
            node
        })
        .collect();
    report([nodes(&all)])
}

#[test]
fn a_page_is_never_too_long_and_says_what_is_missing() {
    for faults in [1, 50, 90, 120, 1000] {
        let page = markdown(&long(faults));
        assert!(page.len() <= MARKDOWN_LIMIT, "{faults}: {}", page.len());
        let cut = page.contains("more would make the page too long.");
        assert_eq!(cut, faults > 50, "{faults}: {}", page.len());
        assert_eq!(
            page.matches("<details>").count(),
            page.matches("</details>").count()
        );
        assert!(page.ends_with('\n'));
    }
    let page = markdown(&long(1000));
    let rows = page.lines().filter(|line| line.starts_with("| D1")).count();
    assert!(
        page.contains(&format!("{} lines more would", 1000 - rows)),
        "{rows}"
    );
    assert!(rows > 20 && page.matches("<details>").count() > 5, "{rows}");
}
