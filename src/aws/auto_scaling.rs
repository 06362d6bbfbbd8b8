//! The Auto Scaling calls in use: groups, and their tags.

mod client;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use super::error::AwsError;
pub(super) use client::AutoScalingClient;

/// An Auto Scaling group, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoScalingGroup {
    /// Name, unique in a region of an account.
    pub name: String,
    /// Tags, without who propagates them.
    pub tags: BTreeMap<String, String>,
    /// ID and version (a number, `$Latest` or `$Default`) of the launch template that its instances boot; of several
    /// instance types the one that all have.
    pub template: Option<(String, String)>,
}

/// Amazon EC2 Auto Scaling, as far as it is used.
#[async_trait]
pub trait AutoScaling: fmt::Debug + Send + Sync {
    /// `DescribeAutoScalingGroups` for one group.
    ///
    /// # Errors
    /// `NotFound` where there is none of that name; any failure of the call.
    async fn describe_group(&self, name: &str) -> Result<AutoScalingGroup, AwsError>;

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
