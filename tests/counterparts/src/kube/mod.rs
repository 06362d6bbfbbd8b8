//! A Kubernetes control plane: etcd, the API server with EKS-like authentication, the controller manager.

mod api;
mod pki;
mod server;

pub use server::{KubeApiServer, KubeOptions};

/// The range of service addresses; EKS shows it in DescribeCluster.
pub const SERVICE_CIDR: &str = "10.0.0.0/24";
