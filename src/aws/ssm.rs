//! The Systems Manager call in use: parameters that AWS publishes.

mod client;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use super::error::AwsError;
pub(super) use client::SsmClient;

/// AWS Systems Manager, as far as it is used.
#[async_trait]
pub trait Ssm: fmt::Debug + Send + Sync {
    /// `GetParameters` of up to ten names: the values of those that exist, by name. One that does not exist is no error.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn parameters(&self, names: &[String]) -> Result<BTreeMap<String, String>, AwsError>;
}
