//! Connections that lead through a proxy.

use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use tower::{BoxError, Service};

use crate::proxy::Proxy;

/// Less than opening the whole connection may take, so that it is the proxy that is named.
const TIMEOUT: Duration = Duration::from_secs(4);

/// A connection through an HTTP proxy.
pub(super) fn tunnel<C>(proxy: &Proxy, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.bare(), connector);
    let login = proxy.login().and_then(|(user, password)| {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        HeaderValue::from_str(&value).ok()
    });
    match login {
        Some(mut login) => {
            login.set_sensitive(true);
            tunnel.with_auth(login)
        }
        None => tunnel,
    }
}

/// Names are looked up at the far end, as Go does with either scheme: a private endpoint has its name only there.
pub(super) fn socks<C>(proxy: &Proxy, connector: C) -> SocksV5<C> {
    let socks = SocksV5::new(proxy.bare(), connector);
    match proxy.login() {
        Some((user, password)) => socks.with_auth(user, password),
        None => socks,
    }
}

/// The same connector, whose failures name the proxy.
pub(super) fn by<C>(proxy: &Proxy, inner: C) -> Through<C> {
    Through {
        inner,
        proxy: proxy.clone(),
    }
}

/// A failure on the way to or through a proxy: the server has not been reached.
#[derive(Debug, thiserror::Error)]
#[error("no way through {proxy}")]
pub(in crate::kube) struct ProxyFailed {
    proxy: Proxy,
    source: BoxError,
}

/// A connector whose failures name the proxy, the time out among them.
#[derive(Debug, Clone)]
pub(super) struct Through<C> {
    inner: C,
    proxy: Proxy,
}

impl<C> Service<Uri> for Through<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
    C::Response: 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<C::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let (opening, proxy) = (self.inner.call(server), self.proxy.clone());
        let named = |source: BoxError| ProxyFailed { proxy, source };
        async move {
            match tokio::time::timeout(TIMEOUT, opening).await {
                Ok(opened) => opened.map_err(|error| named(error.into()).into()),
                Err(elapsed) => Err(named(elapsed.into()).into()),
            }
        }
        .boxed()
    }
}
