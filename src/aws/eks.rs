//! The EKS calls in use: what a connection to a cluster needs, managed node groups and their updates.

mod client;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_config::builders::UpdateNodegroupConfigInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_version::builders::UpdateNodegroupVersionInputBuilder;
use aws_sdk_eks::types::{Nodegroup, Update};

use super::error::AwsError;
pub(super) use client::EksClient;

/// What a connection to a cluster needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksCluster {
    /// Name.
    pub name: String,
    /// URL of the API server.
    pub endpoint: String,
    /// Base64 of the PEM that signs the API server's certificate.
    pub certificate_authority: String,
    /// Kubernetes version, such as `1.34`.
    pub version: Option<String>,
    /// State, such as `ACTIVE` or `UPDATING`.
    pub status: Option<String>,
}

/// Which managed node group of a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeGroupRef {
    /// Name of the cluster.
    pub cluster: String,
    /// Name of the group, unique in the cluster.
    pub name: String,
}

/// `CLUSTER:NAME`, by which the AWS provider imports it, too.
impl fmt::Display for NodeGroupRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.cluster, self.name)
    }
}

/// Amazon EKS, as far as it is used. A retried create or update carries the same client token, so that EKS does it once.
#[async_trait]
pub trait Eks: fmt::Debug + Send + Sync {
    /// `DescribeCluster`.
    ///
    /// # Errors
    /// [`super::AwsErrorKind::NotFound`] where there is no such cluster, which is not the same as one that
    /// cannot be reached; and any failure of the call.
    async fn describe_cluster(&self, name: &str) -> Result<EksCluster, AwsError>;

    /// `ListClusters`, every page: the names of the region's clusters.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn list_clusters(&self) -> Result<Vec<String>, AwsError>;

    /// `CreateNodegroup`. The answer comes while the group is `CREATING`.
    ///
    /// # Errors
    /// `AlreadyExists` where the cluster has a group of that name; any failure of the call.
    async fn create_node_group(&self, input: CreateNodegroupInputBuilder) -> Result<Nodegroup, AwsError>;

    /// `DescribeNodegroup`.
    ///
    /// # Errors
    /// `NotFound` where the cluster has no such group, `ClusterNotFound` where there is no such cluster; any failure of
    /// the call.
    async fn describe_node_group(&self, group: &NodeGroupRef) -> Result<Nodegroup, AwsError>;

    /// `ListNodegroups`, every page.
    ///
    /// # Errors
    /// `NotFound` or `ClusterNotFound` where there is no such cluster; any failure of the call.
    async fn list_node_groups(&self, cluster: &str) -> Result<Vec<String>, AwsError>;

    /// `UpdateNodegroupConfig`: sizes, labels, taints, how nodes are replaced and repaired.
    ///
    /// # Errors
    /// `Busy` while another update is under way; any failure of the call.
    async fn update_node_group_config(
        &self,
        input: UpdateNodegroupConfigInputBuilder,
    ) -> Result<Update, AwsError>;

    /// `UpdateNodegroupVersion`: Kubernetes version, release of the image, version of the launch template. Nodes are replaced.
    ///
    /// # Errors
    /// `Busy` while another update is under way; any failure of the call.
    async fn update_node_group_version(
        &self,
        input: UpdateNodegroupVersionInputBuilder,
    ) -> Result<Update, AwsError>;

    /// `DescribeUpdate` of a node group.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn describe_update(&self, group: &NodeGroupRef, id: &str) -> Result<Update, AwsError>;

    /// `DeleteNodegroup`. The answer comes while the group is `DELETING`.
    ///
    /// # Errors
    /// `NotFound`, `ClusterNotFound`; `Busy` while an update is under way; any failure of the call.
    async fn delete_node_group(&self, group: &NodeGroupRef) -> Result<(), AwsError>;

    /// `TagResource`.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError>;

    /// `UntagResource`.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn untag(&self, arn: &str, keys: &[String]) -> Result<(), AwsError>;
}
