//! The guide to what happens at boot quotes every message of the boot script, and no other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands for anything that the script puts in.
const ANYTHING: char = '…';

/// The text of the string that begins here, up to its end, with each expansion as [`ANYTHING`].
fn message(rest: &str) -> String {
    let quote = rest.chars().next().unwrap();
    let mut text = String::new();
    let mut chars = rest[1..].chars().peekable();
    while let Some(found) = chars.next().filter(|found| *found != quote) {
        if found != '$' || quote == '\'' {
            text.push(found);
            continue;
        }
        text.push(ANYTHING);
        match chars.next().unwrap() {
            open @ ('(' | '{') => {
                let (mut depth, close) = (1, if open == '(' { ')' } else { '}' });
                while depth > 0 {
                    let next = chars.next().unwrap();
                    depth += i32::from(next == open) - i32::from(next == close);
                }
            }
            _ => {
                while chars
                    .next_if(|next| next.is_ascii_alphanumeric() || *next == '_')
                    .is_some()
                {}
            }
        }
    }
    text
}

fn said_by_the_script() -> BTreeSet<String> {
    let script = read("src/boot/v3/partition.sh");
    let mut found = BTreeSet::new();
    for call in ["log ", "fail "] {
        for (at, _) in script.match_indices(call) {
            let rest = &script[at + call.len()..];
            let is_word =
                !script[..at].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '-');
            if is_word && rest.starts_with(['"', '\'']) {
                found.insert(message(rest));
            }
        }
    }
    // The driver's own words, passed on.
    found.remove("…");
    found
}

/// The first column of the tables whose first column is a message.
fn quoted_by_the_guide() -> BTreeSet<String> {
    let guide = read("../../docs/guides/what-happens-at-boot.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_guide_quotes_each_message_and_no_other() {
    let (said, quoted) = (said_by_the_script(), quoted_by_the_guide());
    assert!(said.len() > 30, "{said:?}");
    let missing: Vec<_> = said.difference(&quoted).collect();
    let invented: Vec<_> = quoted.difference(&said).collect();
    assert!(missing.is_empty(), "the guide does not explain {missing:?}");
    assert!(invented.is_empty(), "the script never says {invented:?}");
}

#[test]
fn expansions_are_seen_as_such() {
    assert_eq!(
        message(r#""GPU $1: ${out##*$'\n'} of $(grep -m 1 '(x)' <<<"$out")s" rest"#),
        "GPU …: … of …s"
    );
    assert_eq!(message("'no $1' rest"), "no $1");
}
