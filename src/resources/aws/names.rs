//! Names that we make up, and the ways in which users name existing objects.

use std::time::{SystemTime, UNIX_EPOCH};

use tfplug::Attr;

/// The prefix and 26 characters: the time, so that names sort by age, and chance.
pub(in crate::resources) fn unique_name(prefix: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(
        "{prefix}{:014x}{:012x}",
        now.as_nanos() >> 20,
        fastrand::u64(..1 << 48)
    )
}

/// Whether a name was made from another prefix than the one that is given: then a new object is needed. An imported object has a name, and nobody knows
/// how it was made.
pub(in crate::resources) fn has_another_prefix(name: Option<&Attr<String>>, prefix: &Attr<String>) -> bool {
    let name = name.and_then(|name| name.as_str());
    name.zip(prefix.as_str())
        .is_some_and(|(name, prefix)| !name.starts_with(prefix))
}

/// Splits an import ID, `ID` or `ID@REGION`. `None` where it names no object.
pub(in crate::resources) fn import_id(text: &str) -> Option<(&str, Option<String>)> {
    let (which, region) = text
        .split_once('@')
        .map_or((text, None), |(w, r)| (w, Some(r.to_owned())));
    (!which.is_empty()).then_some((which, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids_may_name_a_region() {
        assert_eq!(import_id("lt-1"), Some(("lt-1", None)));
        assert_eq!(
            import_id("lt-1@eu-west-1"),
            Some(("lt-1", Some("eu-west-1".to_owned())))
        );
        assert_eq!(import_id(""), None);
        assert_eq!(import_id("@eu-west-1"), None);
    }

    #[test]
    fn a_name_says_its_prefix() {
        let another = |name: &str, prefix: Attr<String>| has_another_prefix(Some(&name.into()), &prefix);
        assert!(!another("mig-0001", "mig-".into()));
        assert!(another("mig-0001", "gpu-".into()));
        assert!(!another("mig-0001", Attr::Null) && !another("mig-0001", Attr::Unknown));
        assert!(!has_another_prefix(None, &"gpu-".into()));
    }

    #[test]
    fn made_up_names_differ_and_fit() {
        let (a, b) = (unique_name("mig-"), unique_name("mig-"));
        assert_ne!(a, b);
        assert_eq!((a.len(), &a[..4]), (30, "mig-"));
    }
}
