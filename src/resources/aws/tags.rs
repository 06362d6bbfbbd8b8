//! Which tags of an AWS object are its own, and which have to change.

use std::collections::BTreeMap;

use mig::ec2;
use tfplug::{Attr, Diagnostic, Path};

use crate::models::Tags;

type Pairs = BTreeMap<String, String>;

/// Tags by key, without those that AWS itself sets.
pub(in crate::resources) fn without_aws<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Pairs {
    pairs
        .filter(|(key, _)| !key.starts_with("aws:"))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// The object's own tags among all that AWS has: what equals a default tag and is not written on the object is
/// inherited.
pub(in crate::resources) fn own(stored: &Attr<Tags>, all: &Pairs, defaults: &Pairs) -> Attr<Tags> {
    let written = stored.known().cloned().unwrap_or_default();
    let set = written.set();
    let inherited =
        |key: &str, value: &str| !set.contains_key(key) && defaults.get(key).is_some_and(|d| d == value);
    let own: Pairs = all
        .iter()
        .filter(|(key, value)| !inherited(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if own.is_empty() && stored.is_null() {
        Attr::Null
    } else {
        written.seen(own).into()
    }
}

/// AWS' limit counts the provider's `default_tags`, too.
pub(in crate::resources) fn too_many(all: &Attr<Pairs>) -> Option<Diagnostic> {
    let faults = ec2::tags::check(all.known()?);
    let fault = faults.into_iter().find(|fault| fault.path().is_empty())?;
    let detail = format!(
        "{} They are those of tags and of the provider's default_tags.",
        fault.detail()
    );
    Some(Diagnostic::error(fault.summary(), detail).at(Path::attr("tags")))
}

/// What has to change, so that an object has the planned tags; tags of others stay.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::resources) struct TagChanges {
    /// New ones, and those with another value.
    pub(in crate::resources) set: Pairs,
    /// Keys of those that go.
    pub(in crate::resources) removed: Vec<String>,
}

impl TagChanges {
    /// From `tags_all` of the state to that of the plan.
    pub(in crate::resources) fn between(prior: &Attr<Pairs>, planned: &Attr<Pairs>) -> Self {
        let before = prior.known().cloned().unwrap_or_default();
        let after = planned.known().cloned().unwrap_or_default();
        let mut set = after.clone();
        set.retain(|key, value| before.get(key) != Some(value));
        let removed = before
            .into_keys()
            .filter(|key| !after.contains_key(key))
            .collect();
        Self { set, removed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        without_aws(list.iter().copied())
    }

    #[test]
    fn only_differences_are_sent() {
        let before = pairs(&[("a", "1"), ("b", "1"), ("c", "1"), ("aws:x", "1")]);
        let after = pairs(&[("a", "1"), ("b", "2"), ("d", "1")]);
        let changes = TagChanges::between(&before.clone().into(), &after.into());
        assert_eq!(changes.set, pairs(&[("b", "2"), ("d", "1")]));
        assert_eq!(changes.removed, ["c"]);
        let none = TagChanges::between(&before.clone().into(), &before.into());
        assert!(none.set.is_empty() && none.removed.is_empty());
    }

    #[test]
    fn a_default_tag_is_not_the_objects_own() {
        let defaults = pairs(&[("team", "ml"), ("env", "dev")]);
        let all = pairs(&[("team", "ml"), ("env", "prod"), ("by", "hand")]);
        let own_of = |stored: &Attr<Tags>| own(stored, &all, &defaults);
        let expected = Tags::from(pairs(&[("env", "prod"), ("by", "hand")]));
        assert_eq!(own_of(&Attr::Null), expected.into());
        let written = Tags::from(pairs(&[("team", "ml")]));
        assert_eq!(own_of(&written.into()), Tags::from(all.clone()).into());
        assert_eq!(own(&Attr::Null, &defaults, &defaults), Attr::Null);
    }
}
