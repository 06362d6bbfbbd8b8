//! Which property a user may have meant.

use tfplug::Path;

use super::super::property_in;
use super::super::shape::Content;
use crate::names::Place;

/// A property whose name is close to one that there is not.
pub(super) fn nearest(content: Content<'_>, place: Place, path: &Path, key: &str) -> String {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let names = content
        .fields()
        .filter(|field| !field.is_output())
        .map(|field| property_in(place, path, field.name));
    let near = names
        .map(|name| (distance(&plain(&name), &plain(key)), name))
        .min();
    match near {
        Some((distance, name)) if distance <= 2 => format!("; did you mean {name}?"),
        _ => "; see the provider's reference for those that there are".to_owned(),
    }
}

/// How many characters must be added, dropped or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        assert_eq!(distance("labeltxt", "labeltext"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abcd", "badc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
