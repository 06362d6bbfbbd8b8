//! Text in XML documents.

/// A text as it may stand in an element or an attribute. Names come from the catalog, from clusters and from users.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no place for other control characters, not even as entities.
            control if control.is_control() => safe.push(' '),
            // Nor for these two.
            '\u{fffe}' | '\u{ffff}' => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        assert_eq!(
            escaped("A<B> & \"C\"\u{1}\u{ffff}"),
            "A&lt;B&gt; &amp; &quot;C&quot;  "
        );
    }
}
