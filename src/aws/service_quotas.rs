//! The Service Quotas calls in use: what an account may run.

mod client;

use std::fmt;

use async_trait::async_trait;

use super::error::AwsError;
pub(super) use client::ServiceQuotasClient;

/// AWS Service Quotas, as far as it is used.
#[async_trait]
pub trait ServiceQuotas: fmt::Debug + Send + Sync {
    /// `GetServiceQuota` of the service `ec2`; where AWS has not applied one to the account, its default by
    /// `GetAWSDefaultServiceQuota`. None where the region does not know the quota.
    ///
    /// # Errors
    /// Any failure of a call.
    async fn ec2_quota(&self, code: &str) -> Result<Option<f64>, AwsError>;
}
