//! The provider as Pulumi sees it: its package.

mod examples;
pub mod package;
