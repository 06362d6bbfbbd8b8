//! Rules by which findings are left out of the verdict.

use serde::{Deserialize, Serialize};

use super::class::DriftClass;
use super::date::Date;
use super::finding::Drift;

/// A file of rules. Keys that are not known are refused, and so is a rule that says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreFile {
    /// The rules. The first that matches a finding ignores it.
    pub ignore: Vec<IgnoreRule>,
}

/// One rule. It has a class, an object, a place or several of them, and all must match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct IgnoreRule {
    /// The class, such as `D8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<DriftClass>,
    /// Kind and name, such as `Node/ip-10-*`. A `*` stands for any letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The name of a cluster or a region. A `*` stands for any letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why it is ignored, for those who come later.
    pub reason: String,
    /// The last day of the rule. Without one it holds for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// The rule as it is written, not checked yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    class: Option<DriftClass>,
    object: Option<String>,
    place: Option<String>,
    reason: String,
    expires: Option<Date>,
}

impl TryFrom<Written> for IgnoreRule {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        if written.reason.trim().is_empty() {
            return Err("A rule needs a reason. Say in it why the finding may be ignored.".to_owned());
        }
        let patterns = [&written.object, &written.place];
        if written.class.is_none() && patterns.iter().all(|pattern| pattern.is_none()) {
            return Err(
                "A rule needs a class, an object or a place. Without one it would ignore all.".to_owned(),
            );
        }
        let slashless = |object: &String| !object.contains('/') && object != "*";
        if let Some(object) = written.object.as_ref().filter(|object| slashless(object)) {
            return Err(format!(
                "The object {object:?} has no kind. Write it as Node/{object}."
            ));
        }
        Ok(Self {
            class: written.class,
            object: written.object,
            place: written.place,
            reason: written.reason,
            expires: written.expires,
        })
    }
}

impl IgnoreRule {
    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }

    /// Whether it is meant for a finding.
    pub fn matches(&self, drift: &Drift) -> bool {
        let place = &drift.object.place;
        let places = [&place.cluster, &place.region];
        let in_place = |pattern: &String| {
            places
                .iter()
                .any(|name| name.as_ref().is_some_and(|name| glob(pattern, name)))
        };
        self.class.is_none_or(|class| class == drift.class)
            && self
                .object
                .as_ref()
                .is_none_or(|pattern| glob(pattern, &drift.object.to_string()))
            && self.place.as_ref().is_none_or(in_place)
    }

    /// The rule in a few words: `D8 Node/ip-* at prod`.
    pub fn in_words(&self) -> String {
        let class = self.class.map(|class| class.code().to_owned());
        let place = self.place.as_ref().map(|place| format!("at {place}"));
        let parts: Vec<String> = [class, self.object.clone(), place]
            .into_iter()
            .flatten()
            .collect();
        parts.join(" ")
    }
}

/// Whether a text is of a pattern in which `*` stands for any letters, also none.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, text, fits) in [
            ("Node/a", "Node/a", true),
            ("Node/a", "Node/ab", false),
            ("Node/*", "Node/", true),
            ("Node/*-b", "Node/a-b", true),
            ("Node/*-b", "Node/-", false),
            ("*", "", true),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
            ("ab*b", "ab", false),
            ("**", "x", true),
            ("a*a", "a", false),
            ("N?de/*", "Node/a", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    fn read(text: &str) -> Result<IgnoreFile, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rule_says_what_and_why() {
        let rule = r#"{"ignore": [{"class": "D8", "object": "NodeGroup/a*", "reason": "ours", "expires": "2026-12-31"}]}"#;
        let file = read(rule).unwrap();
        assert_eq!(file.ignore[0].in_words(), "D8 NodeGroup/a*");
        let day = |text: &str| Date::parse(text).unwrap();
        assert!(!file.ignore[0].is_expired(day("2026-12-31")));
        assert!(file.ignore[0].is_expired(day("2027-01-01")));
        for (wrong, why) in [
            (r#"{}"#, "missing field `ignore`"),
            (r#"{"ignore": [], "more": 1}"#, "unknown field `more`"),
            (r#"{"ignore": [{"class": "D8"}]}"#, "missing field `reason`"),
            (
                r#"{"ignore": [{"class": "D8", "reason": " "}]}"#,
                "needs a reason",
            ),
            (r#"{"ignore": [{"reason": "x"}]}"#, "needs a class"),
            (
                r#"{"ignore": [{"class": "D11", "reason": "x"}]}"#,
                "unknown variant `D11`",
            ),
            (
                r#"{"ignore": [{"object": "ip-1", "reason": "x"}]}"#,
                "has no kind",
            ),
            (
                r#"{"ignore": [{"class": "D8", "reason": "x", "expires": "soon"}]}"#,
                "YYYY-MM-DD",
            ),
            (
                r#"{"ignore": [{"class": "D8", "reason": "x", "until": "2026-12-31"}]}"#,
                "unknown field `until`",
            ),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
    }
}
