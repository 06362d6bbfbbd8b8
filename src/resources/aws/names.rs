//! Names that we make up, and the ways in which users name existing objects.

use std::time::{SystemTime, UNIX_EPOCH};

/// The prefix and 26 characters: the time, so that names sort by age, and chance.
pub(in crate::resources) fn unique_name(prefix: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(
        "{prefix}{:014x}{:012x}",
        now.as_nanos() >> 20,
        fastrand::u64(..1 << 48)
    )
}

/// Splits an import ID, `ID` or `ID@REGION`. `None` where it names no object.
pub(in crate::resources) fn import_id(text: &str) -> Option<(&str, Option<String>)> {
    let (which, region) = text
        .split_once('@')
        .map_or((text, None), |(w, r)| (w, Some(r.to_owned())));
    (!which.is_empty()).then_some((which, region))
}

/// What the user pastes to manage an existing object.
pub(in crate::resources) fn import_block(type_name: &str, id: &str) -> String {
    format!("  import {{\n    to = {type_name}.NAME\n    id = \"{id}\"\n  }}")
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
    fn made_up_names_differ_and_fit() {
        let (a, b) = (unique_name("mig-"), unique_name("mig-"));
        assert_ne!(a, b);
        assert_eq!((a.len(), &a[..4]), (30, "mig-"));
    }
}
