//! Two values of a plan beside one another, leaf by leaf, and what of them may be shown.

use std::collections::BTreeSet;

use mig::drift::detect::FieldEdit;
use serde_json::{Map, Value as Json};

use super::Difference;

/// Characters up to which a value is shown whole. User data has 12 KB, and which line of it differs is what matters.
const WHOLE: usize = 160;
/// Characters around the first difference of a longer one.
const WINDOW: usize = 80;
/// Texts below which a sensitive value is not looked for in others: `7` is in every one.
const TELLING: usize = 4;

const HIDDEN: &str = "sensitive, not shown";
const OTHER_HIDDEN: &str = "another value (sensitive, not shown)";

const NULL: &Json = &Json::Null;

/// What differs between the object and the configuration.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) edits: Vec<FieldEdit>,
    /// Paths of what is known only after the apply.
    pub(super) open: Vec<String>,
}

/// One place of a value, on both sides.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    before: &'a Json,
    after: &'a Json,
    /// Masks, in which `true` stands for a whole value.
    unknown: &'a Json,
    hidden: [&'a Json; 2],
}

/// Compares both sides of a change. Values that the plan calls sensitive are not shown, nor is any that contains one: an object that is
/// rendered from a sensitive attribute is none to Terraform.
pub(super) fn compare(difference: &Difference) -> Compared {
    let mut found = Compared::default();
    let mut secrets = BTreeSet::new();
    collect_secrets(&difference.before, &difference.before_sensitive, &mut secrets);
    collect_secrets(&difference.after, &difference.after_sensitive, &mut secrets);
    let pair = Pair {
        before: &difference.before,
        after: &difference.after,
        unknown: &difference.after_unknown,
        hidden: [&difference.before_sensitive, &difference.after_sensitive],
    };
    walk(String::new(), pair, &secrets, &mut found);
    found
}

fn walk(path: String, pair: Pair<'_>, secrets: &BTreeSet<String>, found: &mut Compared) {
    let (before, after) = (pair.before, pair.after);
    if pair.unknown == &Json::Bool(true) {
        found.open.push(path);
    } else if pair.hidden.contains(&&Json::Bool(true)) {
        let differs = before != after;
        found
            .edits
            .extend(differs.then(|| hidden_edit(path, before, after)));
    } else if let Some(parts) = parts(&path, pair) {
        parts
            .into_iter()
            .for_each(|(path, pair)| walk(path, pair, secrets, found));
    } else if let Some((before, after)) = inside(before, after) {
        let pair = Pair {
            before: &before,
            after: &after,
            unknown: NULL,
            hidden: [NULL; 2],
        };
        walk(path, pair, secrets, found);
    } else if before != after {
        found.edits.push(edit(path, before, after, secrets));
    }
}

/// The parts of an object or a list with their paths; none of anything else.
fn parts<'a>(path: &str, pair: Pair<'a>) -> Option<Vec<(String, Pair<'a>)>> {
    if let Some(keys) = keys(pair) {
        let dot = if path.is_empty() { "" } else { "." };
        let part = |key: &String| {
            (
                format!("{path}{dot}{key}"),
                pair.each(|side| side.get(key).unwrap_or(NULL)),
            )
        };
        return Some(keys.into_iter().map(part).collect());
    }
    let part = |index: usize| {
        (
            format!("{path}[{index}]"),
            pair.each(|side| side.get(index).unwrap_or(NULL)),
        )
    };
    Some((0..length(pair.before, pair.after)?).map(part).collect())
}

impl<'a> Pair<'a> {
    /// A part of each side and of each mask.
    fn each(self, part: impl Fn(&'a Json) -> &'a Json) -> Self {
        Self {
            before: part(self.before),
            after: part(self.after),
            unknown: part(self.unknown),
            hidden: self.hidden.map(part),
        }
    }
}

/// The keys of both sides, if they are objects; one of them may be missing. An empty one beside a missing one is a difference of its own.
fn keys(pair: Pair<'_>) -> Option<BTreeSet<&String>> {
    let Pair {
        before,
        after,
        unknown,
        ..
    } = pair;
    let keys: BTreeSet<&String> = [before, after, unknown]
        .into_iter()
        .filter_map(Json::as_object)
        .flat_map(Map::keys)
        .collect();
    match (before, after) {
        (Json::Object(_), Json::Object(_)) => Some(keys),
        (Json::Object(_), Json::Null) | (Json::Null, Json::Object(_)) if !keys.is_empty() => Some(keys),
        _ => None,
    }
}

/// The length of the longer side, if they are lists; as with [`keys`].
fn length(before: &Json, after: &Json) -> Option<usize> {
    match (before, after) {
        (Json::Array(before), Json::Array(after)) => Some(before.len().max(after.len())),
        (Json::Array(one), Json::Null) | (Json::Null, Json::Array(one)) if !one.is_empty() => Some(one.len()),
        _ => None,
    }
}

/// Both sides as objects that are written as a text, as `manifests` has them.
fn inside(before: &Json, after: &Json) -> Option<(Json, Json)> {
    if before == after {
        return None;
    }
    let object = |side: &Json| match side {
        Json::Null => Some(Json::Null),
        Json::String(text) => serde_json::from_str(text).ok().filter(Json::is_object),
        _ => None,
    };
    Some((object(before)?, object(after)?)).filter(|(before, after)| before != after)
}

/// Every text and number below what is sensitive.
fn collect_secrets(value: &Json, mask: &Json, all: &mut BTreeSet<String>) {
    match (value, mask) {
        (Json::Object(entries), Json::Bool(true)) => {
            entries.values().for_each(|of| collect_secrets(of, mask, all))
        }
        (Json::Array(elements), Json::Bool(true)) => {
            elements.iter().for_each(|of| collect_secrets(of, mask, all))
        }
        (Json::Null | Json::Bool(_), _) => {}
        (leaf, Json::Bool(true)) => {
            all.extend(text(leaf).filter(|text| text.chars().count() >= TELLING));
        }
        (Json::Object(entries), Json::Object(_)) => entries
            .iter()
            .for_each(|(key, of)| collect_secrets(of, mask.get(key).unwrap_or(NULL), all)),
        (Json::Array(elements), Json::Array(_)) => {
            let elements = elements.iter().enumerate();
            elements.for_each(|(index, of)| collect_secrets(of, mask.get(index).unwrap_or(NULL), all));
        }
        _ => {}
    }
}

fn text(leaf: &Json) -> Option<String> {
    match leaf {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn hidden_edit(path: String, before: &Json, after: &Json) -> FieldEdit {
    FieldEdit {
        path,
        expected: (!after.is_null()).then(|| HIDDEN.to_owned()),
        found: (!before.is_null()).then(|| OTHER_HIDDEN.to_owned()),
    }
}

fn edit(path: String, before: &Json, after: &Json, secrets: &BTreeSet<String>) -> FieldEdit {
    let (found, expected) = (text(before), text(after));
    let tells = |side: &Option<String>| {
        side.as_ref()
            .is_some_and(|text| secrets.iter().any(|secret| text.contains(secret)))
    };
    // An encoding of a secret cannot be told from any other long text.
    let is_long = |side: &Option<String>| side.as_ref().is_some_and(|text| !is_short(text));
    let encoded = !secrets.is_empty() && (is_long(&found) || is_long(&expected));
    if encoded || tells(&found) || tells(&expected) {
        return hidden_edit(path, before, after);
    }
    FieldEdit {
        path,
        expected: expected.as_deref().map(|text| shown(text, found.as_deref())),
        found: found.as_deref().map(|text| shown(text, expected.as_deref())),
    }
}

fn is_short(text: &str) -> bool {
    text.chars().count() <= WHOLE && !text.trim_end().contains('\n')
}

/// A value for a reader: whole if it is short, else its size and where it differs from the other side.
fn shown(text: &str, other: Option<&str>) -> String {
    if is_short(text) {
        return text.trim_end().to_owned();
    }
    let size = format!("a text of {} bytes", text.len());
    let Some(other) = other else {
        return size;
    };
    let mut others = other.lines();
    let differing = text
        .lines()
        .enumerate()
        .find(|(_, line)| others.next() != Some(line));
    match differing {
        None => format!("{size}, which ends earlier"),
        Some((index, line)) => {
            let beside = other.lines().nth(index).unwrap_or_default();
            format!("{size}, in line {}: {}", index + 1, around(line, beside))
        }
    }
}

/// The part of a line around its first difference.
fn around(line: &str, other: &str) -> String {
    let same = line
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let from = if line.chars().count() <= WINDOW {
        0
    } else {
        same.saturating_sub(WINDOW / 4)
    };
    let part: String = line.chars().skip(from).take(WINDOW).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if from + WINDOW < line.chars().count() {
        "…"
    } else {
        ""
    };
    format!("{before}{part}{after}")
}
