//! The counterparts themselves: AWS, the API server, Terraform and OpenTofu, and that nothing is left of them. Karpenter is
//! `karpenter/`.

mod aws;
mod cli;
mod kubernetes;
mod leftovers;
mod node_groups;
mod protocol;
mod pulumi;
