//! The provider: the edges to AWS and Kubernetes, and the objects between them.

pub mod aws;
pub mod kube;
