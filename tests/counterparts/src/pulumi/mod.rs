//! Pulumi's real command line and engine, with state in a folder, offline.

mod bridge;
mod examples;
mod language;
mod mapping;
mod outcome;
mod project;

pub use examples::check_examples;
pub use language::{Language, generate_sdk};
pub use mapping::read_mapping;
pub use outcome::{Preview, PreviewStep, Stack as PulumiStack};
pub use project::{Plugin, PulumiProject};
