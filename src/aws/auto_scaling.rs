//! The Auto Scaling calls in use: groups, and their tags.

mod client;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use super::error::AwsError;
pub(super) use client::AutoScalingClient;

/// An Auto Scaling group, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoScalingGroup {
    /// Name, unique in a region of an account.
    pub name: String,
    /// Tags, without who propagates them.
    pub tags: BTreeMap<String, String>,
    /// ID and version (a number, `$Latest` or `$Default`) of the launch template that its instances boot; of several
    /// instance types the one that all have.
    pub template: Option<(String, String)>,
    /// Instance types that it names itself; none where its template does.
    pub instance_types: Vec<String>,
    /// Instances that it has at least.
    pub min_size: i32,
}

/// Amazon EC2 Auto Scaling, as far as it is used.
#[async_trait]
pub trait AutoScaling: fmt::Debug + Send + Sync {
    /// `DescribeAutoScalingGroups` for one group.
    ///
    /// # Errors
    /// `NotFound` where there is none of that name; any failure of the call.
    async fn describe_group(&self, name: &str) -> Result<AutoScalingGroup, AwsError>;

    /// `DescribeAutoScalingGroups`: those of a cluster, by the tags `kubernetes.io/cluster/NAME` and
    /// `k8s.io/cluster-autoscaler/NAME`, of which a group has one for its nodes to join and the other for the Cluster Autoscaler to find it.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn cluster_groups(&self, cluster: &str) -> Result<Vec<AutoScalingGroup>, AwsError>;

    /// `DescribeInstanceRefreshes`: whether Auto Scaling is replacing the group's instances. It gives the group the new template
    /// only when it has done so.
    ///
    /// # Errors
    /// `NotFound` where there is no such group; any failure of the call.
    async fn is_refreshing(&self, group: &str) -> Result<bool, AwsError>;

    /// `CreateOrUpdateTags` of a group. They are not given to instances: the Cluster Autoscaler reads them off the group.
    ///
    /// # Errors
    /// `NotFound` where there is no such group; any failure of the call.
    async fn set_tags(&self, group: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError>;

    /// `DeleteTags` of a group. A tag that is not there is no error.
    ///
    /// # Errors
    /// `NotFound` where there is no such group; any failure of the call.
    async fn delete_tags(&self, group: &str, keys: &[String]) -> Result<(), AwsError>;
}
