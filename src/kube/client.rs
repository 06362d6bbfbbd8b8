//! Tells the API server who calls, request by request, with a token that is good now.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use kube::client::retry::RetryPolicy;
use kube::client::{Body, ClientBuilder};
use kube::core::Status;
use kube::{Client, Config};
use tokio::sync::Mutex;
use tokio::time::Sleep;
use tower::buffer::BufferLayer;
use tower::retry::{Policy, RetryLayer};
use tower::{BoxError, Layer, Service, ServiceExt as _};

use super::kubeconfig::Settings;
use super::transport::{self, AttemptNumber};
use crate::aws::TokenSource;

/// Requests that may wait for a connection; more than Terraform ever has in flight.
const QUEUE: usize = 1024;
/// Retries of 429, 503 and 504, for which `Retry-After` counts. Each call may be sent twice without
/// harm: reads, server-side apply, and deletion of one UID.
const RETRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// The longest `Retry-After` that counts; a busy API server says a second or a few.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// An answer of the API server: its text, and what it warns of.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) warnings: Vec<String>,
}

/// Sends a request and reads the answer; one with an error status is an error.
async fn exchange(client: &Client, request: Request<Vec<u8>>) -> kube::Result<Answer> {
    let (head, body) = client.send(request.map(Body::from)).await?.into_parts();
    let bytes = body.collect().await?.to_bytes();
    if head.status.is_client_error() || head.status.is_server_error() {
        let status = serde_json::from_slice::<Status>(&bytes).unwrap_or_else(|_| {
            // A proxy, or a path that is not served, answers with text.
            let text = String::from_utf8_lossy(&bytes);
            Status::failure(text.trim(), "Failed to parse error data").with_code(head.status.as_u16())
        });
        return Err(kube::Error::Api(status.boxed()));
    }
    Ok(Answer {
        body: bytes.into(),
        warnings: warnings(&head.headers),
    })
}

/// The texts of `Warning: 299 - "text"` headers (RFC 7234, section 5.5), each once.
fn warnings(headers: &http::HeaderMap) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for header in headers.get_all("warning") {
        let text = String::from_utf8_lossy(header.as_bytes()).into_owned();
        let quoted = text.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        let text = quoted.map_or(text.clone(), |(text, _)| {
            text.replace("\\\"", "\"").replace("\\\\", "\\")
        });
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// A client, and the settings to make another of when its credentials are refused. `kube` runs a credential plugin when a
/// client is made, and again only when the token says that it ends; a token file is read here, for each client.
pub(super) struct RenewingClient {
    current: Mutex<(u64, Client)>,
    renewable: Option<Settings>,
    plugin: Option<String>,
}

impl RenewingClient {
    /// Makes the first client; `tokens` as for [`client`].
    pub(super) fn new(settings: Settings, tokens: Option<Arc<TokenSource>>) -> kube::Result<Self> {
        let auth = &settings.config.auth_info;
        let renewable = auth.exec.is_some() || auth.token_file.is_some();
        let renewable = renewable.then(|| settings.clone());
        Ok(Self {
            plugin: settings.plugin().map(str::to_owned),
            current: Mutex::new((0, client(settings, tokens)?)),
            renewable,
        })
    }

    /// The program that gives the credentials, if one does.
    pub(super) fn plugin(&self) -> Option<&str> {
        self.plugin.as_deref()
    }

    /// Sends a request. If the server does not accept the credentials, it is sent once more with new ones.
    pub(super) async fn request(&self, request: Request<Vec<u8>>) -> kube::Result<Answer> {
        let (number, client) = self.current.lock().await.clone();
        let Some(settings) = &self.renewable else {
            return exchange(&client, request).await;
        };
        match exchange(&client, request.clone()).await {
            Err(kube::Error::Api(status)) if status.code == StatusCode::UNAUTHORIZED => {
                exchange(&self.renewed(number, settings).await?, request).await
            }
            answer => answer,
        }
    }

    /// A client that is newer than the one of that number; calls that were refused together share one.
    async fn renewed(&self, refused: u64, settings: &Settings) -> kube::Result<Client> {
        let mut current = self.current.lock().await;
        if current.0 == refused {
            let settings = settings.clone();
            // A credential plugin may take seconds, and blocks.
            let made = tokio::task::spawn_blocking(move || client(settings, None)).await;
            *current = (
                refused + 1,
                made.map_err(|error| kube::Error::Service(error.into()))??,
            );
        }
        Ok(current.1.clone())
    }
}

/// A client for `config`, whose requests carry a token of `tokens`, if there is a source of them.
fn client(mut settings: Settings, tokens: Option<Arc<TokenSource>>) -> kube::Result<Client> {
    settings.config = with_token_of_file(settings.config);
    let builder = ClientBuilder::new(transport::to(&settings)?, settings.config.default_namespace)
        .with_layer(&BufferLayer::new(QUEUE))
        .with_layer(&TokenLayer { tokens });
    Ok(
        match RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true) {
            Ok(policy) => builder.with_layer(&RetryLayer::new(Patience(policy))).build(),
            // The constants above are in order, which a test holds; without a policy nothing is retried.
            Err(_) => builder.build(),
        },
    )
}

/// The settings with the token that the file holds now, if they name one. `kube` would take the line's end for a part of
/// it, and read it again only after a minute. `kube` reports a file that cannot be read.
fn with_token_of_file(mut config: Config) -> Config {
    let auth = &mut config.auth_info;
    if auth.token.is_none()
        && let Some(file) = &auth.token_file
        && let Ok(token) = std::fs::read_to_string(file)
    {
        auth.token = Some(token.trim().into());
    }
    config
}

/// A retry policy that gives up if the server asks to wait too long. The user gets the error and decides.
#[derive(Clone)]
struct Patience(RetryPolicy);

type Inner<B> = dyn Policy<Request<Body>, Response<B>, BoxError, Future = Sleep>;

impl<B> Policy<Request<Body>, Response<B>, BoxError> for Patience {
    type Future = Sleep;

    fn retry(
        &mut self,
        request: &mut Request<Body>,
        answer: &mut Result<Response<B>, BoxError>,
    ) -> Option<Sleep> {
        let asked = answer.as_ref().ok().and_then(retry_after);
        if asked.is_some_and(|asked| asked > LONGEST_WAIT) {
            return None;
        }
        let inner: &mut Inner<B> = &mut self.0;
        let again = inner.retry(request, answer);
        let attempt = AttemptNumber::of(request).next();
        request.extensions_mut().insert(attempt);
        again
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let inner: &mut Inner<B> = &mut self.0;
        let mut copy = inner.clone_request(request)?;
        copy.extensions_mut().insert(AttemptNumber::of(request));
        Some(copy)
    }
}

/// The seconds of `Retry-After`; the API server gives no dates.
fn retry_after<B>(answer: &Response<B>) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.parse().ok().map(Duration::from_secs)
}

/// Puts [`TokenService`] around a service.
#[derive(Debug, Clone)]
struct TokenLayer {
    tokens: Option<Arc<TokenSource>>,
}

impl<S> Layer<S> for TokenLayer {
    type Service = TokenService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TokenService {
            inner,
            tokens: self.tokens.clone(),
        }
    }
}

/// Adds the current token to each request; asks once more, with a new one, where it is refused.
#[derive(Debug, Clone)]
struct TokenService<S> {
    inner: S,
    tokens: Option<Arc<TokenSource>>,
}

impl<S, B> Service<Request<Body>> for TokenService<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<B>, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone that was polled ready is the one to call.
        let ready = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, ready);
        match self.tokens.clone() {
            Some(tokens) => Box::pin(with_token(inner, tokens, request)),
            None => {
                let mut inner = inner;
                Box::pin(inner.call(request))
            }
        }
    }
}

async fn with_token<S, B>(
    mut inner: S,
    tokens: Arc<TokenSource>,
    mut request: Request<Body>,
) -> Result<Response<B>, BoxError>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
{
    let again = transport::copy(&request);
    let token = tokens.token().await?;
    authorize(&mut request, token.secret.expose())?;
    let answer = inner.call(request).await?;
    let (StatusCode::UNAUTHORIZED, Some(mut again)) = (answer.status(), again) else {
        return Ok(answer);
    };
    tokens.refuse(&token.secret).await;
    authorize(&mut again, tokens.token().await?.secret.expose())?;
    inner.ready().await?.call(again).await
}

fn authorize(request: &mut Request<Body>, token: &str) -> Result<(), BoxError> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use tower::service_fn;

    use super::*;

    /// The headers that a server saw, for which it answered with the given statuses in turn.
    async fn seen(statuses: &[u16]) -> (u16, Vec<String>) {
        let fixed = Credentials::new("AKID", "secret", None, None, "test");
        let tokens = TokenSource::new("prod", "us-east-1", false, SharedCredentialsProvider::new(fixed));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let statuses = statuses.to_vec();
        let server = service_fn(move |request: Request<Body>| {
            let mut log = log.lock().unwrap();
            log.push(request.headers()[AUTHORIZATION].to_str().unwrap().to_owned());
            let answer = Response::builder().status(statuses[log.len() - 1]).body(());
            async move { answer.map_err(BoxError::from) }
        });
        let layer = TokenLayer {
            tokens: Some(Arc::new(tokens.unwrap())),
        };
        let request = Request::get("/api").body(Body::empty()).unwrap();
        let answer = layer.layer(server).oneshot(request).await.unwrap();
        let seen = seen.lock().unwrap().clone();
        (answer.status().as_u16(), seen)
    }

    #[tokio::test]
    async fn each_request_carries_a_token() {
        let (status, headers) = seen(&[200]).await;
        assert_eq!((status, headers.len()), (200, 1));
        assert!(headers[0].starts_with("Bearer k8s-aws-v1."));
    }

    #[tokio::test]
    async fn a_refused_token_is_replaced_once() {
        assert_eq!(seen(&[401, 200]).await.0, 200);
        let (status, headers) = seen(&[401, 401]).await;
        assert_eq!((status, headers.len()), (401, 2));
    }

    #[tokio::test]
    async fn a_call_that_is_tried_again_counts_its_attempts() {
        let policy = RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true).unwrap();
        let mut patience = Patience(policy);
        let mut request = Request::get("/api").body(Body::empty()).unwrap();
        let mut answer = Ok(Response::builder().status(429).body(()).unwrap());
        let first = AttemptNumber::of(&request);
        assert!(patience.retry(&mut request, &mut answer).is_some());
        let sent: &mut Inner<()> = &mut patience;
        let sent = sent.clone_request(&request).unwrap();
        assert_eq!(AttemptNumber::of(&sent), first.next());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_day() {
        let retried = |seconds: &str| {
            let policy = RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true).unwrap();
            let answer = Response::builder().status(429).header(RETRY_AFTER, seconds);
            let mut request = Request::get("/api").body(Body::empty()).unwrap();
            let mut answer = Ok(answer.body(()).unwrap());
            Patience(policy).retry(&mut request, &mut answer).is_some()
        };
        assert!(retried("1") && retried("60") && retried("no number"));
        assert!(!retried("61") && !retried("86400"));
    }

    #[test]
    fn the_retry_policy_is_valid() {
        assert!(RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true).is_ok());
    }
}
