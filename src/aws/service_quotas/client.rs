//! [`ServiceQuotas`] by the SDK.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_servicequotas::Client;

use super::super::error::AwsError;
use super::super::service::{client, failed};
use super::ServiceQuotas;

const SERVICE: &str = "Service Quotas";
/// The service whose quotas are asked.
const EC2: &str = "ec2";

/// AWS Service Quotas of one region.
#[derive(Debug)]
pub(in crate::aws) struct ServiceQuotasClient {
    client: Client,
    region: String,
}

impl ServiceQuotasClient {
    pub(in crate::aws) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        Self {
            client: client!(aws_sdk_servicequotas, SERVICE, config, endpoint),
            region: region.to_owned(),
        }
    }

    async fn applied(&self, code: &str) -> Result<Option<f64>, AwsError> {
        let call = self.client.get_service_quota().service_code(EC2).quota_code(code);
        let answer = call.send().await;
        let answer = answer.map_err(failed((SERVICE, "GetServiceQuota"), code, &self.region))?;
        Ok(answer.quota.and_then(|quota| quota.value))
    }

    async fn default(&self, code: &str) -> Result<Option<f64>, AwsError> {
        let call = self.client.get_aws_default_service_quota();
        let answer = call.service_code(EC2).quota_code(code).send().await;
        let answer = answer.map_err(failed((SERVICE, "GetAWSDefaultServiceQuota"), code, &self.region))?;
        Ok(answer.quota.and_then(|quota| quota.value))
    }
}

#[async_trait]
impl ServiceQuotas for ServiceQuotasClient {
    async fn ec2_quota(&self, code: &str) -> Result<Option<f64>, AwsError> {
        match self.applied(code).await {
            Err(error) if error.is_not_found() => {}
            applied => return applied,
        }
        match self.default(code).await {
            Err(error) if error.is_not_found() => Ok(None),
            default => default,
        }
    }
}
