//! The way to the server behind the proxy.

use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, Uri, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::background::{Body, Dropped};

/// The server behind.
#[derive(Debug)]
pub(super) struct Upstream {
    client: Client<HttpConnector, Body>,
    authority: Option<Authority>,
}

impl Upstream {
    pub(super) fn new(url: &str) -> Self {
        let authority = url.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned());
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            authority,
        }
    }

    /// Sends a request on and returns the whole answer; a server that is down drops the connection.
    pub(super) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> std::result::Result<Response<Body>, Dropped> {
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
