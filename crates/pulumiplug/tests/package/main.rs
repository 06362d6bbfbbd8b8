//! The package schema of an example provider: what is in it, byte for byte, and what Pulumi itself says of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod declarations;
mod faults;
mod golden;
mod injective;
mod pulumi;
