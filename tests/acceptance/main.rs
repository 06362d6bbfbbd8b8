//! The provider binary, driven by real Terraform and OpenTofu against real counterparts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalog_overrides;
mod cluster;
mod data_sources;
mod device_plugin;
mod environment;
mod functions;
mod karpenter;
mod launch_template;
mod manifests;
mod many_clusters;
mod mocks;
mod nulls;
mod outages;
mod proxies;
mod rights;
mod support;
mod wrong_input;
