//! [`Ssm`] by the SDK.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;

use super::super::error::AwsError;
use super::super::service::{client, failed};
use super::Ssm;

const SERVICE: &str = "SSM";

/// AWS Systems Manager of one region.
#[derive(Debug)]
pub(in crate::aws) struct SsmClient {
    client: Client,
    region: String,
}

impl SsmClient {
    pub(in crate::aws) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        Self {
            client: client!(aws_sdk_ssm, SERVICE, config, endpoint),
            region: region.to_owned(),
        }
    }
}

#[async_trait]
impl Ssm for SsmClient {
    async fn parameters(&self, names: &[String]) -> Result<BTreeMap<String, String>, AwsError> {
        let answer = self
            .client
            .get_parameters()
            .set_names(Some(names.to_vec()))
            .send()
            .await;
        let call = (SERVICE, "GetParameters");
        let answer = answer.map_err(failed(call, &names.join(", "), &self.region))?;
        let found = answer.parameters.unwrap_or_default().into_iter();
        Ok(found.filter_map(|one| Some((one.name?, one.value?))).collect())
    }
}
