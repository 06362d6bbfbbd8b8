//! What NVIDIA GPUs can be cut into on AWS, and everything that follows from one layout.
//!
//! The crate is pure: it reads no file, clock, environment or network, and links no SDK. The way through it is
//! one line long: [`LayoutSpec`] (what a user writes) → [`Layout::resolve`] against a [`Catalog`] → a [`Layout`],
//! from which user data ([`boot`]), manifests ([`manifests`]), labels, tags and pictures are derived, so that two of
//! them can never disagree.

#![cfg_attr(doctest, doc = include_str!("../README.md"))]

pub mod boot;
pub mod catalog;
pub mod drift;
pub mod ec2;
pub mod finding;
mod fingerprint;
pub mod layout;
pub mod manifests;
pub mod model_fit;
pub mod node_group;
pub mod node_status;
pub mod placement;
pub mod profile;
mod xml;

pub use catalog::{Catalog, CatalogText, Gpu, InstanceType, MigSupport, did_you_mean, nearest_names};
pub use finding::{FieldPath, Finding, FindingKind, PathStep};
pub use layout::{Layout, LayoutSpec};
pub use profile::{Profile, ProfileRef};
