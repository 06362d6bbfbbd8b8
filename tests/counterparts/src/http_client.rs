//! A small blocking HTTP client, for readiness probes and for tests that look at a server from outside.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request};
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsConfigBuilder, parse_pem};

use crate::error::{Error, Result};

/// A client that trusts one certificate authority, or speaks plain HTTP only.
#[derive(Debug, Clone)]
pub struct HttpClient {
    agent: Agent,
}

/// What a server answered; every status is an answer, none is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// The error that a REST service of AWS names in a header, for example `InvalidParameterException`.
    pub error: Option<String>,
}

impl HttpResponse {
    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The texts of all XML elements of this name that hold text only, as the query services of AWS answer them.
    #[must_use]
    pub fn elements(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(open.as_str()).skip(1);
        parts
            .filter_map(|part| part.split_once(close.as_str()))
            .map(|(text, _)| text)
            .filter(|text| !text.contains('<'))
            .collect()
    }
}

impl HttpClient {
    /// A client for `http://` addresses.
    #[must_use]
    pub fn plain() -> Self {
        Self::with_roots(Vec::new())
    }

    /// A client for `https://` servers whose certificate was issued by the authority `ca_pem`.
    #[must_use]
    pub fn trusting(ca_pem: &str) -> Self {
        let certificates = parse_pem(ca_pem.as_bytes()).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        });
        Self::with_roots(certificates.collect())
    }

    /// A client for servers whose certificate nobody should trust.
    pub(crate) fn trusting_anyone() -> Self {
        Self::with_tls(TlsConfig::builder().disable_verification(true))
    }

    fn with_roots(roots: Vec<Certificate<'static>>) -> Self {
        Self::with_tls(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)))
    }

    fn with_tls(tls: TlsConfigBuilder) -> Self {
        let tls = tls
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // A proxy from the environment has nothing to say about 127.0.0.1.
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { agent: config.into() }
    }

    /// Sends one request with a body (none if empty).
    ///
    /// # Errors
    /// No answer could be had: refused, reset, timed out, untrusted certificate, malformed address.
    pub fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<HttpResponse> {
        let name = format!("{method} {url}");
        let failed = |fact: String| Error::Answer {
            request: name.clone(),
            fact,
        };
        let mut request = Request::builder().method(method).uri(url);
        for (key, value) in headers {
            request = request.header(*key, *value);
        }
        let answer = if body.is_empty() {
            self.agent
                .run(request.body(()).map_err(|error| failed(error.to_string()))?)
        } else {
            self.agent.run(
                request
                    .body(body.to_owned())
                    .map_err(|error| failed(error.to_string()))?,
            )
        };
        let mut answer = answer.map_err(|error| failed(error.to_string()))?;
        let status = answer.status().as_u16();
        let named = answer.headers().get("x-amzn-errortype");
        let error = named.and_then(|name| name.to_str().ok()).map(str::to_owned);
        let body = answer
            .body_mut()
            .read_to_string()
            .map_err(|error| failed(error.to_string()))?;
        Ok(HttpResponse { status, body, error })
    }

    /// Sends a GET without headers.
    ///
    /// # Errors
    /// As [`HttpClient::send`].
    pub fn get(&self, url: &str) -> Result<HttpResponse> {
        self.send(Method::GET, url, &[], "")
    }
}

/// For readiness: holds if `url` answers 200.
pub(crate) fn answers(client: &HttpClient, url: &str) -> std::result::Result<(), String> {
    match client.get(url) {
        Ok(answer) if answer.status == 200 => Ok(()),
        Ok(answer) => Err(format!("{url} answers {}: {}", answer.status, answer.body)),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_a_name_are_found_in_order_and_nested_ones_are_passed_over() {
        let body = "<set><item><id>a</id></item><item><id>b</id><ids><id>c</id></ids></item></set>";
        let answer = HttpResponse {
            status: 200,
            body: body.into(),
            error: None,
        };
        assert_eq!(answer.elements("id"), ["a", "b", "c"]);
        assert!(answer.elements("item").is_empty());
        assert!(answer.elements("none").is_empty());
    }
}
