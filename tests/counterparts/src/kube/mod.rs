//! A Kubernetes control plane: etcd, the API server with EKS-like authentication, the controller manager, the scheduler;
//! and kwok in the place of kubelets.

mod api;
mod crd;
mod kwok;
mod pki;
mod server;
mod watch;

pub use api::object_path;
pub use crd::Crd;
pub use kwok::{KWOK_ANNOTATION, Kwok};
pub(crate) use pki::Pki;
pub use pki::{Certificate, Validity};
pub use watch::{condition, is_true};

pub use server::{KubeApiServer, KubeOptions};

/// The range of service addresses; EKS shows it in DescribeCluster.
pub const SERVICE_CIDR: &str = "10.0.0.0/24";
