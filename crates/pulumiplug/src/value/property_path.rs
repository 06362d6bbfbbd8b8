//! Where a value is, as Pulumi writes it.

use tfplug::Path;
use tfplug::path::Step;

use crate::names;

/// A place in Pulumi's words: `layout.instanceTypes[0]`, `slices["1g.10gb"]`. An element of a set has no place of its
/// own, so a path ends at the set.
pub fn property_path(path: &Path) -> String {
    let mut written = String::new();
    for step in path.steps() {
        match step {
            Step::Attribute(name) => push_name(&mut written, &names::property(name)),
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
        assert_eq!(property_path(&path), "layout.instanceTypes[0]");
        let key = Path::attr("slices").key("1g.10gb");
        assert_eq!(property_path(&key), r#"slices["1g.10gb"]"#);
        assert_eq!(property_path(&Path::attr("tags").key("team")), "tags.team");
        assert_eq!(
            property_path(&Path::attr("tags").key(r#"a"b"#)),
            r#"tags["a\"b"]"#
        );
        assert_eq!(
            property_path(&Path::attr("set").element(1.into()).attribute("x")),
            "set"
        );
        assert_eq!(property_path(&Path::root()), "");
    }
}
