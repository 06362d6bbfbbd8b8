//! The EKS calls in use.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eks::Client;

use super::call_log::CallLog;
use super::error::{AwsError, AwsErrorKind, from_sdk};
use super::retry;

const DESCRIBE: (&str, &str) = ("EKS", "DescribeCluster");

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

/// Amazon EKS, as far as it is used.
#[async_trait]
pub trait Eks: Send + Sync {
    /// `DescribeCluster`.
    ///
    /// # Errors
    /// [`AwsErrorKind::NotFound`] where there is no such cluster, which is not the same as one that
    /// cannot be reached; and any failure of the call.
    async fn describe_cluster(&self, name: &str) -> Result<EksCluster, AwsError>;
}

/// Amazon EKS by the SDK.
#[derive(Debug)]
pub(super) struct EksClient {
    client: Client,
    region: String,
}

impl EksClient {
    pub(super) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        let mut config = aws_sdk_eks::config::Builder::from(config)
            .retry_partition(retry::partition())
            .interceptor(retry::PatientWithThrottling)
            .interceptor(CallLog("EKS"));
        if let Some(url) = endpoint {
            config = config.endpoint_url(url);
        }
        Self {
            client: Client::from_conf(config.build()),
            region: region.to_owned(),
        }
    }
}

#[async_trait]
impl Eks for EksClient {
    async fn describe_cluster(&self, name: &str) -> Result<EksCluster, AwsError> {
        let context = || format!("cluster {name}, {}", self.region);
        let answer = self.client.describe_cluster().name(name).send().await;
        let answer = answer.map_err(|error| from_sdk(DESCRIBE, error).with_context(context()))?;
        answer
            .cluster
            .and_then(connectable)
            .ok_or_else(|| not_ready().with_context(context()))
    }
}

fn connectable(cluster: aws_sdk_eks::types::Cluster) -> Option<EksCluster> {
    Some(EksCluster {
        name: cluster.name?,
        endpoint: cluster.endpoint?,
        certificate_authority: cluster.certificate_authority?.data?,
        version: cluster.version,
        status: cluster.status.map(|status| status.as_str().to_owned()),
    })
}

fn not_ready() -> AwsError {
    AwsError::local(
        AwsErrorKind::Other,
        DESCRIBE,
        "the cluster has no endpoint or no certificate authority yet; wait until it is ACTIVE",
    )
}
