//! The counterparts themselves: AWS, the API server, Karpenter, Terraform and OpenTofu, and that nothing is left of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod aws;
mod cli;
mod karpenter;
mod kubernetes;
mod leftovers;
mod node_groups;
mod protocol;
mod pulumi;
