//! Sends every call of STS to the endpoint that the settings name.
//!
//! The members of the SDK's credential chain (web identity, roles of profiles) make their own STS clients, which know of no
//! setting of ours. Their requests are therefore sent elsewhere below them, at the HTTP client that all share: to the same
//! path, with the `Host` header that was signed, as a private DNS name would have it.

use aws_sdk_ec2::config::http::HttpRequest;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The same client, whose calls of AWS' own STS hosts go to `endpoint`.
pub(super) fn redirected(inner: SharedHttpClient, endpoint: Option<&str>) -> SharedHttpClient {
    match endpoint {
        Some(endpoint) => SharedHttpClient::new(Redirected {
            inner,
            endpoint: endpoint.trim_end_matches('/').to_owned(),
        }),
        None => inner,
    }
}

#[derive(Debug)]
struct Redirected<T> {
    inner: T,
    endpoint: String,
}

impl HttpClient for Redirected<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Redirected {
            inner: self.inner.http_connector(settings, components),
            endpoint: self.endpoint.clone(),
        })
    }
}

impl HttpConnector for Redirected<SharedHttpConnector> {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Some((url, host)) = elsewhere(request.uri(), &self.endpoint)
            && request.set_uri(url).is_ok()
        {
            request.headers_mut().insert("host", host);
        }
        self.inner.call(request)
    }
}

/// The URL at the endpoint and the host that was meant, of a URL of AWS' own STS.
fn elsewhere(url: &str, endpoint: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("https://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let service = host.split('.').next()?;
    let own = matches!(service, "sts" | "sts-fips")
        && [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
            .iter()
            .any(|domain| host.ends_with(domain));
    own.then(|| (format!("{endpoint}{path}"), host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_of_sts_are_led_elsewhere() {
        let endpoint = "http://127.0.0.1:5000";
        for (url, led) in [
            (
                "https://sts.us-east-1.amazonaws.com/",
                Some("http://127.0.0.1:5000/"),
            ),
            ("https://sts.amazonaws.com", Some("http://127.0.0.1:5000")),
            (
                "https://sts-fips.us-east-1.amazonaws.com/?a=b",
                Some("http://127.0.0.1:5000/?a=b"),
            ),
            (
                "https://sts.cn-north-1.amazonaws.com.cn/",
                Some("http://127.0.0.1:5000/"),
            ),
            ("https://ec2.us-east-1.amazonaws.com/", None),
            ("https://sts.example.com/", None),
            ("http://169.254.169.254/latest", None),
        ] {
            assert_eq!(
                elsewhere(url, endpoint).map(|(url, _)| url).as_deref(),
                led,
                "{url}"
            );
        }
    }
}
