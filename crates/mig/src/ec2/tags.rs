//! Tags of what EC2 makes.

use std::collections::BTreeMap;

use super::collector;
use crate::finding::{FieldPath, Finding};

/// Tags that one object may have (EC2 User Guide, "Tag restrictions").
pub const MOST: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// What EC2 refuses of the tags of one object; paths begin with the tag's key.
pub fn check(tags: &BTreeMap<String, String>) -> Vec<Finding> {
    check_of("EC2", tags)
}

/// The same where another service of AWS keeps the tags; its limits are EC2's.
pub(crate) fn check_of(service: &str, tags: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut faults = collector();
    if tags.len() > MOST {
        let detail = format!(
            "Found {}; {service} accepts up to {MOST} of one object.",
            tags.len()
        );
        faults.fault("", "There are too many tags", detail);
    }
    for (key, value) in tags {
        if let Some((summary, detail)) = fault(service, key, value) {
            faults.fault(FieldPath::default().key(key), summary, detail);
        }
    }
    faults.faults
}

fn fault(service: &str, key: &str, value: &str) -> Option<(String, String)> {
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    if key.to_ascii_lowercase().starts_with("aws:") {
        let detail = "AWS keeps keys that begin with aws: to itself. Choose another.";
        Some((format!("The tag {key} cannot be set"), detail.to_owned()))
    } else if !(1..=LONGEST_KEY).contains(&key_length) {
        let detail = format!("It has {key_length} characters; {service} accepts 1 to {LONGEST_KEY}.");
        Some((format!("{key:?} is not a tag key"), detail))
    } else if value_length > LONGEST_VALUE {
        let detail = format!("It has {value_length} characters; {service} accepts up to {LONGEST_VALUE}.");
        Some((format!("The value of the tag {key} is too long"), detail))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summaries(tags: &[(&str, &str)]) -> Vec<String> {
        let tags = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let faults = check(&tags.collect());
        faults.iter().map(|fault| fault.summary().to_owned()).collect()
    }

    #[test]
    fn tags_that_ec2_takes() {
        let longest = ("k".repeat(128), "v".repeat(256));
        let tags = [
            ("Name", ""),
            ("kubernetes.io/a b", "é+-=._:/@"),
            (&*longest.0, &*longest.1),
        ];
        assert_eq!(summaries(&tags), Vec::<String>::new());
    }

    #[test]
    fn tags_that_it_does_not() {
        assert_eq!(summaries(&[("AWS:x", "")]), ["The tag AWS:x cannot be set"]);
        assert_eq!(summaries(&[("", "")]), ["\"\" is not a tag key"]);
        assert_eq!(summaries(&[(&"k".repeat(129), "")]).len(), 1);
        assert_eq!(
            summaries(&[("a", &"v".repeat(257))]),
            ["The value of the tag a is too long"]
        );
        let many: BTreeMap<String, String> = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
        let faults = check(&many);
        assert_eq!(faults[0].summary(), "There are too many tags");
        assert!(faults[0].path().is_empty() && faults.len() == 1);
    }
}
