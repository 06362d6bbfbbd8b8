//! The one HTTP client that all AWS calls share, so that connections are reused across services
//! and regions.

use std::time::Duration;

use aws_sdk_ec2::config::SharedHttpClient;
use aws_sdk_ec2::config::timeout::TimeoutConfig;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};

use super::named_host::named;
use crate::proxy::Environment;

/// Opening a connection, DNS and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the request's end to the answer's first byte. EC2 has been seen to take half a minute.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the client, which checks AWS' certificates by `tls`.
pub(super) fn http_client(tls: TlsContext) -> SharedHttpClient {
    let environment = Environment::of_process();
    let proxy = proxy(&environment);
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls.clone())
            .build()
    });
    named(client, environment)
}

/// The proxy on the way to AWS, as the clusters' connections read the environment.
///
/// The SDK's client takes one proxy for http, https or both. Its own reader of the environment is stricter with `NO_PROXY`
/// than everything else, so the entries are handed on in words that it knows: AWS' endpoints are on port 443.
fn proxy(environment: &Environment) -> ProxyConfig {
    let Some(proxy) = environment.https_proxy() else {
        return ProxyConfig::disabled();
    };
    let config = match environment.http_is_the_same() {
        true => ProxyConfig::all(proxy.bare().to_string()),
        false => ProxyConfig::https(proxy.bare().to_string()),
    };
    let Ok(config) = config else {
        return ProxyConfig::from_env();
    };
    let config = match proxy.login() {
        Some((user, password)) => config.with_basic_auth(user, password),
        None => config,
    };
    config.no_proxy(environment.bypassed_at(443))
}

/// Time limits of one attempt; the number of attempts bounds the whole.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}
