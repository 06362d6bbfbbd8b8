//! What holds of the repository itself, without any server: the shape of the code, what is generated from the schema, the
//! command line's bytes, the packages it is built of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod architecture;
mod dependencies;
mod features;
mod generated;
mod packed;
mod programs;
mod render;

use std::path::Path;

/// The root of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
