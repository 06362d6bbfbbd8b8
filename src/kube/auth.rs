//! Tells the API server who calls, request by request, with a token that is good now.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use kube::client::retry::RetryPolicy;
use kube::client::{Body, ClientBuilder};
use kube::{Client, Config};
use tower::buffer::BufferLayer;
use tower::retry::RetryLayer;
use tower::{BoxError, Layer, Service, ServiceExt as _};

use super::line;
use crate::aws::TokenSource;

/// Requests that may wait for a connection; more than Terraform ever has in flight.
const QUEUE: usize = 1024;
/// Retries of 429, 503 and 504, for which `Retry-After` counts. Each call may be sent twice without
/// harm: reads, server-side apply, and deletion of one UID.
const RETRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// A client for `config`, whose requests carry a token of `tokens`, if there is a source of them.
pub(super) fn client(config: Config, tokens: Option<Arc<TokenSource>>) -> kube::Result<Client> {
    let builder = ClientBuilder::new(line::to(&config)?, config.default_namespace)
        .with_layer(&BufferLayer::new(QUEUE))
        .with_layer(&TokenLayer { tokens });
    Ok(
        match RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true) {
            Ok(policy) => builder.with_layer(&RetryLayer::new(policy)).build(),
            // The constants above are in order, which a test holds; without a policy nothing is retried.
            Err(_) => builder.build(),
        },
    )
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
    let again = copy(&request);
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

/// The same request, unless its body is a stream.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
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

    #[test]
    fn the_retry_policy_is_valid() {
        assert!(RetryPolicy::new(FIRST_DELAY, LONGEST_DELAY, RETRIES, true).is_ok());
    }
}
