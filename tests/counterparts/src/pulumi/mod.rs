//! Pulumi's real command line and engine, with state in a folder, offline.

mod outcome;
mod project;

pub use outcome::{Preview, PreviewStep, Stack as PulumiStack};
pub use project::{Plugin, PulumiProject};
