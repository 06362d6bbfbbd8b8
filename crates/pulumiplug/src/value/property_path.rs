//! Where a value is, as Pulumi writes it.

use tfplug::Path;
use tfplug::path::Step;

use crate::names::{self, Place};

/// The name of an attribute of the object at a path, whose root is at a place.
pub(crate) fn property_in(place: Place, object: &Path, attribute: &str) -> String {
    let place = if object.is_root() { place } else { Place::Object };
    names::property_in(place, attribute)
}

/// A path from a place, in Pulumi's words: `layout.instanceTypes[0]`, `slices["1g.10gb"]`. An element of a set has no place of its
/// own, so a path ends at the set.
pub fn property_path(place: Place, path: &Path) -> String {
    let mut written = String::new();
    for (depth, step) in path.steps().iter().enumerate() {
        match step {
            Step::Attribute(name) => {
                let place = if depth == 0 { place } else { Place::Object };
                push_name(&mut written, &names::property_in(place, name));
            }
            Step::Key(key) => push_name(&mut written, key),
            Step::Index(index) => written.push_str(&format!("[{index}]")),
            Step::Element(_) => break,
        }
    }
    written
}

/// A name after a dot, or in brackets where it has characters that the engine would read as more than a name.
fn push_name(written: &mut String, name: &str) {
    let mut characters = name.chars();
    let begins = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || "_$".contains(first));
    if !begins || !characters.all(|one| one.is_ascii_alphanumeric() || "_$".contains(one)) {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        written.push_str(&format!("[\"{escaped}\"]"));
        return;
    }
    if !written.is_empty() {
        written.push('.');
    }
    written.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_in_pulumi() {
        let path = Path::attr("layout").attribute("instance_types").index(0);
        assert_eq!(property_path(Place::Resource, &path), "layout.instanceTypes[0]");
        let key = Path::attr("slices").key("1g.10gb");
        assert_eq!(property_path(Place::Resource, &key), r#"slices["1g.10gb"]"#);
        assert_eq!(
            property_path(Place::Resource, &Path::attr("tags").key("team")),
            "tags.team"
        );
        assert_eq!(
            property_path(Place::Resource, &Path::attr("tags").key(r#"a"b"#)),
            r#"tags["a\"b"]"#
        );
        assert_eq!(
            property_path(
                Place::Resource,
                &Path::attr("set").element(1.into()).attribute("x")
            ),
            "set"
        );
        assert_eq!(property_path(Place::Resource, &Path::root()), "");
    }
}
