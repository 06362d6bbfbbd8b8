//! Tags as people and modules write them.

use std::collections::BTreeMap;

use mig::ec2::tags;
use tfplug::schema::{AttributeType, Validator};
use tfplug::{Attr, AttributeValue, Diagnostics, Path, Value};

use crate::findings::report;

/// Tags by key. One whose value is null is left out, as AWS' own provider does with what a module's caller did not give; it
/// stays null in plan and state, as Terraform demands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, Option<String>>);

impl Tags {
    /// Those that are set.
    pub fn set(&self) -> BTreeMap<String, String> {
        let set = |(key, value): (&String, &Option<String>)| Some((key.clone(), value.clone()?));
        self.0.iter().filter_map(set).collect()
    }

    /// The tags that AWS has, with those of these that are left out and that AWS does not have either.
    #[must_use]
    pub fn seen(&self, tags: BTreeMap<String, String>) -> Self {
        let mut seen = Self::from(tags);
        for (key, value) in &self.0 {
            if value.is_none() {
                seen.0.entry(key.clone()).or_default();
            }
        }
        seen
    }

    /// Whether none is written, not even one that is left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<BTreeMap<String, String>> for Tags {
    fn from(tags: BTreeMap<String, String>) -> Self {
        Self(tags.into_iter().map(|(key, value)| (key, Some(value))).collect())
    }
}

impl AttributeValue for Tags {
    fn attribute_type() -> AttributeType {
        BTreeMap::<String, String>::attribute_type()
    }

    fn decode(value: &Value, path: &Path, diags: &mut Diagnostics) -> Attr<Self> {
        let Some(all) = value.as_map() else {
            return BTreeMap::<String, String>::decode(value, path, diags).map(Self::from);
        };
        let mut set = all.clone();
        set.retain(|_, element| !element.is_null());
        let set = BTreeMap::decode(&Value::Map(set), path, diags);
        set.map(|set: BTreeMap<String, String>| {
            let mut tags = Self::from(set);
            let nulls = all.iter().filter(|(_, element)| element.is_null());
            tags.0.extend(nulls.map(|(key, _)| (key.clone(), None)));
            tags
        })
    }

    fn encode(&self) -> Value {
        let value = |value: &Option<String>| value.as_ref().map_or(Value::Null, |text| text.as_str().into());
        Value::Map(
            self.0
                .iter()
                .map(|(key, tag)| (key.clone(), value(tag)))
                .collect(),
        )
    }
}

/// EC2's rules for the tags of one object. A tag that is unknown breaks none.
pub(crate) fn tag_rules() -> Validator {
    Validator::new(
        "Up to 50; keys of 1 to 128 characters that do not begin with `aws:`, values of up to 256. Null leaves a tag out.",
        |value, path, diags| {
            let given = value.as_map().into_iter().flatten();
            let given = given.filter(|(_, element)| !element.is_null());
            let text = |element: &Value| element.as_str().unwrap_or_default().to_owned();
            let given = given.map(|(key, element)| (key.clone(), text(element))).collect();
            report(&tags::check(&given), path, diags);
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Attr<Tags> {
        let mut diags = Diagnostics::new();
        let tags = Tags::decode(value, &Path::attr("tags"), &mut diags);
        assert!(diags.is_empty());
        tags
    }

    #[test]
    fn a_null_is_left_out_and_stays_written() {
        let written = Value::object([("a", Value::Null), ("b", "x".into())]);
        let tags = read(&written);
        let tags = tags.known().unwrap();
        let only_b = BTreeMap::from([("b".to_owned(), "x".to_owned())]);
        assert_eq!(tags.set(), only_b);
        assert_eq!(tags.encode(), written);
        assert_eq!(tags.seen(only_b.clone()), *tags);
        let by_hand = BTreeMap::from([("a".to_owned(), "y".to_owned())]);
        assert_eq!(tags.seen(by_hand.clone()).set(), by_hand, "what AWS has is drift");
        assert_eq!(Tags::from(only_b.clone()).seen(only_b.clone()).set(), only_b);
    }

    #[test]
    fn an_unknown_tag_makes_all_unknown() {
        let value = Value::object([("a", Value::Null), ("b", Value::unknown())]);
        assert!(read(&value).is_unknown());
    }
}
