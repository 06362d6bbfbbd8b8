//! The way to the server behind the proxy.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::background::{Body, Dropped};
use crate::http_client::HttpResponse;
use crate::kube::KubeApiServer;

/// Sends a request with this head and this body to an API server; `None` where the server is gone.
type KubeForward = dyn Fn(&Parts, &str) -> Option<HttpResponse> + Send + Sync;

/// The server behind.
pub(super) enum Upstream {
    /// Plain HTTP.
    Http(Box<HttpUpstream>),
    /// An API server, whose certificate its own client trusts.
    Kube(Arc<KubeForward>),
}

impl fmt::Debug for Upstream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(upstream) => upstream.fmt(out),
            Self::Kube(_) => out.write_str("Kube"),
        }
    }
}

impl Upstream {
    pub(super) fn http(url: &str) -> Self {
        Self::Http(Box::new(HttpUpstream::new(url)))
    }

    pub(super) fn kube<K: Deref<Target = KubeApiServer>>(
        kube: impl Fn() -> K + Send + Sync + 'static,
    ) -> Self {
        Self::Kube(Arc::new(move |head, body| send_to(&kube(), head, body)))
    }

    /// Sends a request on and returns the whole answer; a server that is down drops the connection.
    pub(super) async fn send(&self, request: Request<Body>) -> std::result::Result<Response<Body>, Dropped> {
        let forward = match self {
            Self::Http(upstream) => return upstream.send(request).await,
            Self::Kube(forward) => Arc::clone(forward),
        };
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        // The client of an API server blocks.
        let sent = tokio::task::spawn_blocking(move || forward(&head, &String::from_utf8_lossy(&body)));
        let answer = sent.await.ok().flatten().ok_or(Dropped)?;
        let response = Response::builder()
            .status(answer.status)
            .header(header::CONTENT_TYPE, "application/json");
        response.body(Body::from(answer.body)).map_err(|_| Dropped)
    }

    /// The answer, with which the connection ends where this server wants it.
    pub(super) fn with_end(&self, mut answer: Response<Body>) -> Response<Body> {
        if matches!(self, Self::Kube(_)) {
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(header::CONNECTION, close);
        }
        answer
    }
}

/// The request with the token of the client that sent it.
fn send_to(kube: &KubeApiServer, head: &Parts, body: &str) -> Option<HttpResponse> {
    let text = |name: header::HeaderName| {
        let value = head.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let authorization = text(header::AUTHORIZATION);
    let token = authorization.strip_prefix("Bearer ").unwrap_or(authorization);
    let target = head.uri.path_and_query()?.as_str();
    let sent = kube.request_as(
        token,
        head.method.clone(),
        target,
        text(header::CONTENT_TYPE),
        body,
    );
    sent.ok()
}

/// A server that speaks plain HTTP.
#[derive(Debug)]
pub(super) struct HttpUpstream {
    client: Client<HttpConnector, Body>,
    authority: Option<Authority>,
}

impl HttpUpstream {
    fn new(url: &str) -> Self {
        let authority = url.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned());
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            authority,
        }
    }

    async fn send(&self, mut request: Request<Body>) -> std::result::Result<Response<Body>, Dropped> {
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone().ok_or(Dropped)?);
        *request.uri_mut() = Uri::from_parts(parts).map_err(|_| Dropped)?;
        // The Host header stays: it is signed, and moto may tell services apart by it.
        remove_hop_by_hop(request.headers_mut());
        let (mut head, body) = self
            .client
            .request(request)
            .await
            .map_err(|_| Dropped)?
            .into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        remove_hop_by_hop(&mut head.headers);
        head.headers.remove(header::CONTENT_LENGTH);
        Ok(Response::from_parts(head, Body::new(body)))
    }
}

/// Headers that are about one connection and not about the message.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::TE,
        header::UPGRADE,
    ] {
        headers.remove(name);
    }
}
