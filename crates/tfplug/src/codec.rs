//! Terraform's two encodings of values: MessagePack, which calls use, and JSON, in which state is stored.
//!
//! Neither carries its types, so a [`Type`](crate::ty::Type) leads both ways. Every fault of a value is reported,
//! not only the first, each with its place.

pub mod json;
pub mod msgpack;
mod trail;

#[cfg(test)]
mod tests;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Nesting beyond this is refused, which bounds the stack that reading and writing need. Terraform's own
/// configurations stay below twenty.
const MAX_DEPTH: usize = 200;

/// Keys, like all strings of Terraform, are compared in Unicode normal form C.
fn normalised(text: &str) -> String {
    if text.is_ascii() || is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}
