//! What the clients of all services share: how they are made, and how their errors are told.

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};

use super::error::{AwsError, from_sdk};

/// A client of one service's SDK, with our retries and the log of calls. The configurations of the SDKs are types of their own, so that no function can do it.
macro_rules! client {
    ($sdk:ident, $service:expr, $config:expr, $endpoint:expr) => {{
        let mut config = $sdk::config::Builder::from($config)
            .retry_partition($crate::aws::retry::partition())
            .interceptor($crate::aws::retry::PatientWithThrottling)
            .interceptor($crate::aws::call_log::CallLog($service));
        if let Some(url) = $endpoint {
            config = config.endpoint_url(url);
        }
        $sdk::Client::from_conf(config.build())
    }};
}

pub(super) use client;

/// The converter of the errors of a call (service and action), which also says what the call was about.
pub(super) fn failed<E>(
    call: (&'static str, &'static str),
    about: &str,
    region: &str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> AwsError + use<E>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let context = format!("{about}, {region}");
    move |error| from_sdk(call, error).with_context(context)
}
