//! How often, and how patiently, a call is tried again.

use aws_sdk_ec2::config::http::HttpResponse;
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
/// Attempts where the service has a fault of its own, or does not answer.
const FAULT_ATTEMPTS: u32 = 5;
/// How the error codes of throttled calls begin.
const THROTTLED: [&[u8]; 5] = [
    b"RequestLimitExceeded",
    b"Throttl",
    b"EC2Throttled",
    b"TooManyRequests",
    b"SlowDown",
];

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

/// Keeps the many attempts of [`config`] for throttled calls: other failures get fewer. A `ClassifyRetry` cannot do it: it is
/// not given the number of the attempt. The SDK reads its retry configuration anew after each attempt, which
/// `tests/acceptance/launch_template/faults.rs` holds by counting calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct PatientWithThrottling;

impl Intercept for PatientWithThrottling {
    fn name(&self) -> &'static str {
        "PatientWithThrottling"
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
        if most_attempts(context).is_some_and(|most| attempts >= most) {
            let stop = RetryConfig::standard().with_max_attempts(attempts);
            config.interceptor_state().store_put(stop);
        }
        Ok(())
    }
}

/// The most attempts that this attempt's outcome deserves; `None` leaves it to the settings.
fn most_attempts(context: &FinalizerInterceptorContextRef<'_>) -> Option<u32> {
    let Some(Err(error)) = context.output_or_error() else {
        return None;
    };
    if error
        .as_connector_error()
        .is_some_and(|error| error.is_io() || error.is_timeout())
    {
        return Some(CONNECT_ATTEMPTS);
    }
    match context.response() {
        Some(response) if is_throttled(response) => None,
        _ => Some(FAULT_ATTEMPTS),
    }
}

/// EC2 names the error in the body, EKS in a header; EC2 throttles with status 503.
fn is_throttled(response: &HttpResponse) -> bool {
    let header = response
        .headers()
        .get("x-amzn-errortype")
        .unwrap_or_default()
        .as_bytes();
    let body = response.body().bytes().unwrap_or_default();
    response.status().as_u16() == 429
        || THROTTLED
            .iter()
            .any(|code| contains(header, code) || contains(body, code))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(status: u16, body: &'static str) -> HttpResponse {
        HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))
    }

    #[test]
    fn throttling_is_told_from_faults() {
        assert!(is_throttled(&answer(503, "<Code>RequestLimitExceeded</Code>")));
        assert!(is_throttled(&answer(429, "")));
        assert!(!is_throttled(&answer(503, "<Code>Unavailable</Code>")));
        let mut eks = answer(400, "{}");
        eks.headers_mut()
            .insert("x-amzn-errortype", "ThrottlingException");
        assert!(is_throttled(&eks));
    }
}
