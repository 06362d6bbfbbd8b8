//! The provider binary, driven by real Terraform and OpenTofu against real counterparts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ami;
mod autoscaling_group_tags;
mod catalog_overrides;
mod cluster;
mod cluster_token;
mod data_sources;
mod device_plugin;
mod drift;
mod environment;
mod functions;
mod karpenter;
mod launch_template;
mod listing;
mod manifests;
mod many_clusters;
mod mocks;
mod node_group;
mod node_status;
mod nulls;
mod outages;
mod pending_pod;
mod proxies;
mod pulumi;
mod pulumi_bridge;
mod pulumi_component;
mod rights;
mod support;
mod upgrades;
mod wrong_input;
