//! Servers of our own (webhook, proxy), on one background runtime so that tests stay plain `#[test]` functions.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::error::{IoContext, Result};

/// A body that is known as a whole.
pub(crate) type Body = Full<Bytes>;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped on purpose")]
pub(crate) struct Dropped;

/// An HTTP server on a free port of 127.0.0.1; it ends, with its connections, when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that answers each request with `handler`; [`Dropped`] closes the connection.
    pub(crate) fn start<H, F>(handler: H) -> Result<Self>
    where
        H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
        F: Future<Output = std::result::Result<Response<Body>, Dropped>> + Send + 'static,
    {
        Self::listen(None, handler)
    }

    /// The same, inside of TLS.
    pub(crate) fn start_tls<H, F>(tls: TlsAcceptor, handler: H) -> Result<Self>
    where
        H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
        F: Future<Output = std::result::Result<Response<Body>, Dropped>> + Send + 'static,
    {
        Self::listen(Some(tls), handler)
    }

    fn listen<H, F>(tls: Option<TlsAcceptor>, handler: H) -> Result<Self>
    where
        H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
        F: Future<Output = std::result::Result<Response<Body>, Dropped>> + Send + 'static,
    {
        let runtime = runtime()?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .context(|| "listen on 127.0.0.1".to_owned())?;
        let address = listener
            .local_addr()
            .context(|| "listen on 127.0.0.1".to_owned())?;
        let task = runtime.spawn(serve(listener, tls, Arc::new(handler)));
        Ok(Self { address, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<H, F>(listener: TcpListener, tls: Option<TlsAcceptor>, handler: Arc<H>)
where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = std::result::Result<Response<Body>, Dropped>> + Send + 'static,
{
    // Owning the connections here ends them together with the server.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (handler, tls) = (Arc::clone(&handler), tls.clone());
        connections.spawn(async move {
            match tls {
                None => converse(stream, handler).await,
                // One that does not trust the certificate says so on its side.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(stream, handler).await;
                    }
                }
            }
        });
    }
}

async fn converse<S, H, F>(stream: S, handler: Arc<H>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = std::result::Result<Response<Body>, Dropped>> + Send + 'static,
{
    // A client that goes away in the middle is its own business.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(move |request| handler(request)))
        .await;
}

/// The runtime of all background servers of this process; never dropped.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("counterparts")
        .enable_all()
        .build()
        .context(|| "start the background runtime".to_owned())?;
    Ok(RUNTIME.get_or_init(|| runtime))
}
