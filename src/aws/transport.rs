//! The one HTTP client that all AWS calls share, so that connections are reused across services
//! and regions.

use std::time::Duration;

use aws_sdk_ec2::config::SharedHttpClient;
use aws_sdk_ec2::config::timeout::TimeoutConfig;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};

/// Opening a connection, DNS and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the request's end to the answer's first byte. EC2 has been seen to take half a minute.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the client. Certificates are read when the first SDK client is made of it, not here.
pub(super) fn http_client() -> SharedHttpClient {
    let proxy = ProxyConfig::from_env();
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build()
    })
}

/// Time limits of one attempt; the number of attempts bounds the whole.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}
