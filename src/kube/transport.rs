//! The way to one API server: one connection that all requests share.
//!
//! `kube`'s own client speaks HTTP/1.1, which takes a connection for every request under way: ten for each cluster while
//! Terraform works. Every API server speaks HTTP/2; where something on the way to it does not, requests go over
//! connections that are kept and used again.

mod self_signed;
mod through;

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::kubeconfig::Settings;
use crate::aws::error::chain;
use crate::aws::secret::scrub;
use crate::proxy::Proxy;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use h2::Reason;
use http::{Method, Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::TokioExecutor;
use kube::Config;
use kube::client::{Body, ConfigExt as _, RustlsTlsError};
use tower::util::BoxService;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _};

use through::{by, socks, tunnel};

pub(super) use through::ProxyFailed;

/// Opening a connection, DNS and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One request and its whole answer. The API server itself gives an ordinary request 60 seconds, admission webhooks
/// included.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(65);
/// Less than the 350 seconds after which the load balancers of EKS forget a connection without a word.
const IDLE: Duration = Duration::from_secs(300);

/// How many GOAWAYs in a row a request survives.
const RETRIES: u32 = 5;

/// Sends requests to an API server.
pub(super) type Requests = BoxService<Request<Body>, Response<Body>, BoxError>;

/// Requests as these settings say: to this server, as this caller. Opens nothing yet; runs a credential plugin, which
/// blocks.
pub(super) fn to(settings: &Settings) -> kube::Result<Requests> {
    let config = &settings.config;
    let auth = config.auth_layer()?;
    // A plugin gives a token, for which there is a layer then, or a certificate. To ask for the certificate runs it again.
    let tls = match &auth {
        Some(_) => without_plugin(config),
        None => config.clone(),
    };
    let layers = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(auth)
        .layer(config.extra_headers_layer()?);
    Ok(match proxied(&tls, settings.proxy.as_ref())? {
        Opened::Plainly(line) => layers.service(line).map_err(BoxError::from).boxed(),
        Opened::ThroughTls(line) => layers.service(line).map_err(BoxError::from).boxed(),
    })
}

fn without_plugin(config: &Config) -> Config {
    let mut config = config.clone();
    config.auth_info.exec = None;
    config
}

/// A connection to the server itself, or inside of a connection to a proxy.
type Plain = MaybeHttpsStream<<HttpConnector as Service<Uri>>::Response>;

/// The kinds of connections differ where the way to the proxy is encrypted as well.
enum Opened {
    Plainly(Http2Client<Plain>),
    ThroughTls(Http2Client<MaybeHttpsStream<Plain>>),
}

fn proxied(config: &Config, proxy: Option<&Proxy>) -> kube::Result<Opened> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    // A request is several small writes, which would wait for one another's acknowledgement.
    tcp.set_nodelay(true);
    let Some(proxy) = proxy else {
        return Ok(Opened::Plainly(Http2Client::new(https(config, tcp)?)));
    };
    Ok(match proxy.url.scheme_str() {
        Some("https") => {
            let encrypted = config.rustls_https_connector_with_connector(tcp)?;
            Opened::ThroughTls(Http2Client::new(https(
                config,
                by(proxy, tunnel(proxy, encrypted)),
            )?))
        }
        Some("socks5" | "socks5h") => {
            Opened::Plainly(Http2Client::new(https(config, by(proxy, socks(proxy, tcp)))?))
        }
        _ => Opened::Plainly(Http2Client::new(https(config, by(proxy, tunnel(proxy, tcp)))?)),
    })
}

/// TLS around a connection, offering HTTP/2.
fn https<H>(config: &Config, connector: H) -> kube::Result<HttpsConnector<H>> {
    let mut builder = HttpsConnectorBuilder::new()
        .with_tls_config(self_signed::accepted(config.rustls_client_config()?, config))
        .https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name.clone().try_into();
        let name = name.map_err(|error| kube::Error::RustlsTls(RustlsTlsError::InvalidServerName(error)))?;
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    Ok(builder.enable_all_versions().wrap_connector(connector))
}

/// What a connection is to hyper.
trait Io: Read + Write + Connection + Unpin + Send + 'static {}

impl<T: Read + Write + Connection + Unpin + Send + 'static> Io for T {}

type Dial<T> = Arc<dyn Fn(Uri) -> BoxFuture<'static, Result<T, BoxError>> + Send + Sync>;

/// A failure that all who waited for the connection get.
#[derive(Debug, Clone)]
pub(super) struct NoConnection {
    source: Arc<dyn Error + Send + Sync>,
}

impl fmt::Display for NoConnection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no connection")
    }
}

impl Error for NoConnection {
    /// The cause itself, not the `Arc` around it, so that its type can be asked for.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

type Sender<T> = Client<FirstConnection<T>, Body>;
type Attempt<T> = Shared<BoxFuture<'static, Result<Sender<T>, NoConnection>>>;

/// Which attempt of a call a request is, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AttemptNumber(u32);

impl AttemptNumber {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or(Self(1))
    }

    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A request, for the log: what may be shown of it, and since when it is under way.
struct Asked {
    server: String,
    method: Method,
    path: String,
    attempt: u32,
    begun: Instant,
}

impl Asked {
    fn of(request: &Request<Body>) -> Self {
        Self {
            server: request.uri().host().unwrap_or_default().to_owned(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            attempt: AttemptNumber::of(request).0,
            begun: Instant::now(),
        }
    }

    /// Logs the answer, or that there is none. Its body may hold secrets.
    fn log(&self, answer: &Result<Response<Incoming>, BoxError>) {
        let (server, method, path) = (self.server.as_str(), self.method.as_str(), self.path.as_str());
        let attempt = self.attempt;
        let took_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::debug!(
                    server,
                    method,
                    path,
                    attempt,
                    status,
                    took_ms,
                    "Kubernetes API answered"
                );
            }
            Err(error) => {
                let error = scrub(&chain(error.as_ref()));
                tracing::debug!(
                    server,
                    method,
                    path,
                    attempt,
                    error,
                    took_ms,
                    "Kubernetes API did not answer"
                );
            }
        }
    }
}

/// Opens its connection with the first request, and another one when that has ended.
struct Http2Client<T: Io> {
    dial: Dial<T>,
    /// Requests that come before the connection is there wait for it instead of opening their own, and fail with it.
    attempt: Arc<Mutex<Option<Attempt<T>>>>,
}

impl<T: Io> Clone for Http2Client<T> {
    fn clone(&self) -> Self {
        Self {
            dial: Arc::clone(&self.dial),
            attempt: Arc::clone(&self.attempt),
        }
    }
}

impl<T: Io> Http2Client<T> {
    fn new<C>(connector: C) -> Self
    where
        C: Service<Uri, Response = T, Error = BoxError> + Clone + Send + Sync + 'static,
        C::Future: Send,
    {
        let dial = move |uri| {
            let opening = tokio::time::timeout(CONNECT_TIMEOUT, connector.clone().oneshot(uri));
            async move { opening.await.map_err(timed_out)? }.boxed()
        };
        Self {
            dial: Arc::new(dial),
            attempt: Arc::default(),
        }
    }

    async fn exchange(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let asked = Asked::of(&request);
        let answer = self.ask(request).await;
        asked.log(&answer);
        let (head, body) = answer?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Response::from_parts(head, Body::from(body)))
    }

    async fn ask(&self, mut request: Request<Body>) -> Result<Response<Incoming>, BoxError> {
        let sender = self.sender(request.uri()).await?;
        let mut turned_away = 0;
        loop {
            let again = copy(&request);
            match (sender.request(request).await, again) {
                (Err(error), Some(again)) if turned_away < RETRIES && is_farewell(&error) => {
                    turned_away += 1;
                    request = again;
                }
                (answer, _) => return Ok(answer?),
            }
        }
    }

    async fn sender(&self, server: &Uri) -> Result<Sender<T>, NoConnection> {
        let attempt = {
            let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
            attempt.get_or_insert_with(|| self.open(server.clone())).clone()
        };
        let result = attempt.clone().await;
        if result.is_err() {
            let mut last = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
            // Another request may have begun anew already.
            last.take_if(|last| last.ptr_eq(&attempt));
        }
        result
    }

    /// Opens the first connection, by which is seen what the server speaks.
    fn open(&self, server: Uri) -> Attempt<T> {
        let dial = Arc::clone(&self.dial);
        let opened = async move {
            let first = dial(server).await;
            let first = first.map_err(|source| NoConnection {
                source: source.into(),
            })?;
            let http2 = first.connected().is_negotiated_h2();
            let first = Arc::new(Mutex::new(Some(first)));
            // Told so, hyper lets one connection do; if it has to find out, each early request opens one.
            Ok(Builder::new(TokioExecutor::new())
                .pool_idle_timeout(IDLE)
                .http2_only(http2)
                .build(FirstConnection { first, dial }))
        };
        opened.boxed().shared()
    }
}

impl<T: Io> Service<Request<Body>> for Http2Client<T> {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answered = tokio::time::timeout(ANSWER_TIMEOUT, self.clone().exchange(request));
        async move { answered.await.map_err(timed_out)? }.boxed()
    }
}

/// Whether the server closed the connection in an orderly way before it looked at the request, which may be sent again
/// then (RFC 9113, section 6.8). The API server does so when it shuts down, after `--goaway-chance`, and with each
/// answer to a caller whom it does not know: requests that are on their way at that moment cross its farewell. What was
/// not sent yet hyper itself mostly sends over another connection.
fn is_farewell(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    let cause = causes.find_map(|error| error.downcast_ref::<h2::Error>());
    cause.is_some_and(|cause| {
        cause.is_go_away() && cause.is_remote() && cause.reason() == Some(Reason::NO_ERROR)
    })
}

fn timed_out(elapsed: impl Into<BoxError>) -> BoxError {
    io::Error::new(io::ErrorKind::TimedOut, elapsed).into()
}

/// The same request, unless its body is a stream.
pub(super) fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

/// Gives the connection that is there already, then new ones.
struct FirstConnection<T> {
    first: Arc<Mutex<Option<T>>>,
    dial: Dial<T>,
}

impl<T> Clone for FirstConnection<T> {
    fn clone(&self) -> Self {
        Self {
            first: Arc::clone(&self.first),
            dial: Arc::clone(&self.dial),
        }
    }
}

impl<T> fmt::Debug for FirstConnection<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FirstConnection").finish_non_exhaustive()
    }
}

impl<T: Io> Service<Uri> for FirstConnection<T> {
    type Response = T;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<T, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(open) => std::future::ready(Ok(open)).boxed(),
            None => (self.dial)(server),
        }
    }
}

#[cfg(test)]
mod tests;
