//! Values and texts that must not reach a log, a plan or a diagnostic.

use std::fmt;
use std::sync::Arc;

/// A secret text. It compares and hashes like a string, so that it can be part of a connection's
/// key, but no formatter shows it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}

impl<T: Into<Arc<str>>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// What comes right before a secret in the texts that AWS, Kubernetes and HTTP libraries write.
/// AWS answers a wrong signature with the canonical request, session token included.
const MARKERS: [&str; 8] = [
    "k8s-aws-v1.",
    "x-amz-security-token=",
    "x-amz-security-token:",
    "x-amz-signature=",
    "x-amz-credential=",
    "bearer ",
    "secret_access_key=",
    "authorization: ",
];

/// The same text with what looks like a token, a signature or a key replaced by `***`.
pub fn scrub(text: &str) -> String {
    MARKERS
        .iter()
        .fold(text.to_owned(), |text, marker| hide_after(&text, marker))
}

fn hide_after(text: &str, marker: &str) -> String {
    // ASCII lowering keeps every byte offset, so offsets hold for both texts.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(marker) {
        let start = at + found + marker.len();
        let end = lower[start..]
            .find(is_end)
            .map_or(text.len(), |length| start + length);
        out.push_str(&text[at..start]);
        if end > start {
            out.push_str("***");
        }
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '&' | '"' | '\'' | ',' | ';' | ')' | '}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_text() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
    }

    #[test]
    fn scrub_hides_tokens_signatures_and_bearers() {
        let text = "GET https://sts/?X-Amz-Credential=AKIA%2Fx&X-Amz-Signature=abc&a=b \
                    Authorization: Bearer k8s-aws-v1.aHR0cHM end";
        let scrubbed = scrub(text);
        for secret in ["AKIA", "abc", "aHR0cHM"] {
            assert!(!scrubbed.contains(secret), "{scrubbed}");
        }
        assert!(scrubbed.ends_with(" end"), "{scrubbed}");
        assert!(scrubbed.contains("&a=b"), "{scrubbed}");
    }

    #[test]
    fn scrub_leaves_other_text_alone() {
        let text = "The launch template 'ü' does not exist (lt-0123)";
        assert_eq!(scrub(text), text);
    }
}
