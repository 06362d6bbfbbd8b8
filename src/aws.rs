//! The AWS edge: connections by region, thin clients with only the calls in use, one error classifier.
//!
//! A trait speaks types of its service's SDK where the caller reads or writes most of an object, as of a launch template:
//! a copy of them would be hundreds of fields. Where a few fields of a large object count, as of an EKS cluster, it speaks a
//! type of those alone.
//!
//! Nothing here knows a Terraform schema. Making an [`Aws`] does no I/O; the first call does.

pub mod auto_scaling;
mod call_log;
pub mod connections;
mod credentials;
pub mod ec2;
pub mod eks;
pub mod error;
mod gather;
mod named_host;
pub mod region;
mod retry;
pub mod secret;
mod service;
mod service_quotas;
pub mod settings;
pub mod ssm;
mod sts_endpoint;
pub mod token;
mod transport;
mod trust;

pub use auto_scaling::{AutoScaling, AutoScalingGroup};
#[cfg(test)]
pub use connections::Services;
pub use connections::{Aws, Regional};
pub use ec2::{Ec2, Instance, TemplateRef};
pub use eks::{Eks, EksCluster, NodeGroupRef};
pub use error::{AwsError, AwsErrorKind};
pub use secret::Secret;
pub use service_quotas::ServiceQuotas;
pub use settings::{AssumeRole, AwsSettings, Endpoints, RetryMode};
pub use ssm::Ssm;
pub use token::{ClusterToken, TokenSource};
