//! MessagePack, as `cty/msgpack` of Terraform's type library reads and writes it.
//!
//! Known values are the MessagePack values one expects. Beyond that:
//! - a number is an integer, a float where that is exact, or else its decimal digits as a string;
//! - an object has exactly the attributes of its type;
//! - an unknown value is an extension: code 0 with one byte of no meaning, or code 12 with what is known of it;
//! - a value of type `dynamic` is a pair of its type, in JSON, and the value.

mod decode;
mod encode;
mod extent;
mod refinement;

pub use decode::decode;
pub use encode::{encode, encode_partly};

/// Extension code of an unknown value of which nothing is known.
const EXT_UNKNOWN: i8 = 0;
/// Extension code of an unknown value of which something is known.
const EXT_REFINED: i8 = 12;

#[cfg(test)]
mod tests;
