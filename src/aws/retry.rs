//! How often, and how patiently, a call is tried again.

use aws_sdk_ec2::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_ec2::config::retry::RetryConfig;
use aws_sdk_ec2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ec2::error::BoxError;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::retries::RequestAttempts;

use super::settings::{AwsSettings, RetryMode};

/// Attempts where no connection comes about. A throttled account calms down in minutes; a
/// misspelt region or endpoint never does, and nobody should wait minutes to hear of it.
const CONNECT_ATTEMPTS: u32 = 3;

/// The SDK's retry configuration for these settings.
pub(super) fn config(settings: &AwsSettings) -> RetryConfig {
    let base = match settings.retry_mode {
        RetryMode::Standard => RetryConfig::standard(),
        RetryMode::Adaptive => RetryConfig::adaptive(),
    };
    base.with_max_attempts(settings.retries().saturating_add(1))
}

/// One partition for all calls. The SDK's own token bucket gives up on all calls of a service once
/// a hundred of them were throttled, which a plan of 200 objects reaches; attempts bound us instead.
pub(super) fn partition() -> RetryPartition {
    RetryPartition::custom("mig")
        .token_bucket(TokenBucket::unlimited())
        .build()
}

/// Ends the retries of a call early where the service's address cannot be reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct FewReconnects;

impl Intercept for FewReconnects {
    fn name(&self) -> &'static str {
        "FewReconnects"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempts = config
            .load::<RequestAttempts>()
            .map_or(1, RequestAttempts::attempts);
        let unreachable = matches!(
            context.output_or_error(),
            Some(Err(error)) if error.as_connector_error().is_some_and(|e| e.is_io() || e.is_timeout())
        );
        if unreachable && attempts >= CONNECT_ATTEMPTS {
            let stop = RetryConfig::standard().with_max_attempts(attempts);
            config.interceptor_state().store_put(stop);
        }
        Ok(())
    }
}
