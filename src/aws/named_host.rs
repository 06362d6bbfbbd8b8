//! Failed connections with the host that they were to, and the proxy on the way: the SDK names neither.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use aws_sdk_ec2::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared as _;
use http::Uri;

use crate::proxy::Environment;

/// The same client, whose errors name the host, and the proxy that `environment` leads through.
pub(super) fn named(client: SharedHttpClient, environment: Environment) -> SharedHttpClient {
    let environment = Arc::new(environment);
    Client { client, environment }.into_shared()
}

#[derive(Debug)]
struct Client {
    client: SharedHttpClient,
    environment: Arc<Environment>,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Named {
            connector: self.client.http_connector(settings, components),
            environment: Arc::clone(&self.environment),
        })
    }
}

#[derive(Debug)]
struct Named {
    connector: SharedHttpConnector,
    environment: Arc<Environment>,
}

impl HttpConnector for Named {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let server = request.uri().parse::<Uri>().unwrap_or_default();
        let environment = Arc::clone(&self.environment);
        let answer = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            answer.await.map_err(|error| {
                let failed = Failed {
                    way: way(&server, &environment),
                    source: error,
                };
                failed.into()
            })
        })
    }
}

/// `ec2.us-east-1.amazonaws.com, by the proxy proxy.example.com:3128 (HTTPS_PROXY)`
fn way(server: &Uri, environment: &Environment) -> String {
    let host = server.authority().map_or("", |authority| authority.as_str());
    match environment.proxy_for(server) {
        Ok(Some(proxy)) => format!("{host}, by the proxy {} ({})", proxy.address(), proxy.source),
        _ => host.to_owned(),
    }
}

/// A failed connection, and where it was to lead.
#[derive(Debug)]
struct Failed {
    way: String,
    source: ConnectorError,
}

impl fmt::Display for Failed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "connection to {}", self.way)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl From<Failed> for ConnectorError {
    /// Of the same kind, so that the SDK retries what it would have retried.
    fn from(failed: Failed) -> Self {
        let connection = failed.source.connection_metadata().cloned();
        let kind = failed.source.as_other();
        let of_kind: fn(Box<Failed>, _) -> Self = if failed.source.is_timeout() {
            |failed, _| Self::timeout(failed)
        } else if failed.source.is_user() {
            |failed, _| Self::user(failed)
        } else if failed.source.is_io() {
            |failed, _| Self::io(failed)
        } else {
            |failed, kind| Self::other(failed, kind)
        };
        let error = of_kind(Box::new(failed), kind);
        match connection {
            Some(connection) => error.with_connection(connection),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(proxy: Option<&str>) -> Environment {
        let proxy = proxy.map(str::to_owned);
        Environment::read(|name| match name {
            "HTTPS_PROXY" => proxy.clone(),
            _ => None,
        })
    }

    #[test]
    fn the_host_and_the_proxy_are_named_and_the_kind_stays() {
        let server = Uri::from_static("https://ec2.us-east-1.amazonaws.com/");
        let plain = way(&server, &environment(None));
        assert_eq!(plain, "ec2.us-east-1.amazonaws.com");
        let proxied = way(
            &server,
            &environment(Some("http://user:hunter2@proxy.example.com:3128")),
        );
        assert!(
            proxied.ends_with("amazonaws.com, by the proxy proxy.example.com:3128 (HTTPS_PROXY)"),
            "{proxied}"
        );
        assert!(!proxied.contains("hunter2"), "{proxied}");
        let io = || ConnectorError::io("refused".into());
        let error: ConnectorError = Failed {
            way: plain,
            source: io(),
        }
        .into();
        assert!(error.is_io());
        let timeout: ConnectorError = Failed {
            way: proxied,
            source: ConnectorError::timeout("slow".into()),
        }
        .into();
        assert!(timeout.is_timeout());
    }
}
