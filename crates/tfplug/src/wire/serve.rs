//! From the start of the process to its end.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use super::control::{Controller, Stdio};
use super::r#gen::plugin::grpc_controller_server::GrpcControllerServer;
use super::r#gen::plugin::grpc_stdio_server::GrpcStdioServer;
use super::r#gen::tfplugin6::provider_server::ProviderServer as ProviderService;
use super::handshake::{self, Address};
use super::host::{Host, HostError};
use super::listener::{Socket, connections};
use super::service::Service;
use super::tls::{Tls, TlsError};
use super::{MAX_MESSAGE, log, panics};
use crate::rpc::ProviderServer;

/// The host kills a provider two seconds after it asked it to end. What is not done within this is given up.
const GRACE: Duration = Duration::from_millis(500);
/// How much longer it may take to close what the host left open.
const CLOSING: Duration = Duration::from_secs(1);

/// The service whose health go-plugin hosts ask for.
const HEALTH: &str = "plugin";

/// How a provider is served.
#[derive(Debug, Clone)]
pub struct Options {
    /// Full address, such as `registry.terraform.io/eks-mig/mig`.
    pub address: String,
    /// Crates whose log lines are wanted at every level, as in Rust paths (`my_provider`). This crate is always one.
    pub log_crates: Vec<&'static str>,
    /// Serve a debugger rather than a host: print what to put into Terraform's environment, and serve until Ctrl-C.
    pub debug: bool,
}

impl Options {
    /// For a provider of this address whose program takes one argument: `--debug`, to serve a debugger.
    pub fn from_args(address: impl Into<String>) -> Self {
        let debug = |argument: std::ffi::OsString| argument == "--debug" || argument == "-debug";
        Self {
            address: address.into(),
            log_crates: Vec::new(),
            debug: std::env::args_os().skip(1).any(debug),
        }
    }
}

/// Why a provider cannot be served.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot open a socket: {0}; is there a directory for temporary files that can be written to?")]
    Socket(#[source] io::Error),
    #[error("cannot set up the process: {0}")]
    Process(#[from] io::Error),
    #[error("the server failed: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// Serves a provider until the host ends it: the whole of a provider's `main`.
///
/// Started by hand, it explains itself on standard error and fails.
pub fn serve(provider: impl ProviderServer, options: &Options) -> ExitCode {
    panics::install_hook();
    log::init(provider.type_name(), &options.log_crates);
    match run(Arc::new(provider), options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = match &error {
                ServeError::Host(HostError::ByHand) => handshake::explanation(&options.address),
                error => format!("{}: {error}\n", options.address),
            };
            // If standard error is gone there is nobody to tell.
            let _ = io::stderr().lock().write_all(text.as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn run(provider: Arc<dyn ProviderServer>, options: &Options) -> Result<(), ServeError> {
    let host = if options.debug {
        Host::default()
    } else {
        Host::from_env(|name| std::env::var(name).ok())?
    };
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let mut interrupts = Interrupts::caught()?;
        let shutdown = CancellationToken::new();
        if options.debug {
            let interrupted = shutdown.clone();
            tokio::spawn(async move {
                interrupts.next().await;
                interrupted.cancel();
            });
            // A host that is done must not end what it did not start.
            serve_on(provider, &host, options, shutdown, CancellationToken::new()).await
        } else {
            let asked = shutdown.clone();
            serve_on(provider, &host, options, shutdown, asked).await
        }
    });
    // A blocking task may still run; the host does not wait for it either.
    runtime.shutdown_background();
    result
}

/// Two threads: one call that computes does not hold up the others, and more cost more at the start of each process
/// than they give, since calls mostly wait for the network.
fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

/// Opens the socket, tells of it, and serves until `shutdown`. The host cancels `asked` to end the process.
async fn serve_on(
    provider: Arc<dyn ProviderServer>,
    host: &Host,
    options: &Options,
    shutdown: CancellationToken,
    asked: CancellationToken,
) -> Result<(), ServeError> {
    let socket = Socket::open(host).map_err(ServeError::Socket)?;
    let tls = host.certificate.clone().map(Tls::for_client).transpose()?;
    announce(host, options, &socket.address, tls.as_ref())?;

    let service = Service::new(Arc::clone(&provider));
    let stops = service.stops();
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status(HEALTH, tonic_health::ServingStatus::Serving)
        .await;
    let server = Server::builder()
        .add_service(
            ProviderService::new(service)
                .max_decoding_message_size(MAX_MESSAGE)
                .max_encoding_message_size(MAX_MESSAGE),
        )
        .add_service(GrpcControllerServer::new(Controller { shutdown: asked }))
        .add_service(GrpcStdioServer::new(Stdio {
            shutdown: shutdown.clone(),
        }))
        .add_service(health_service)
        .serve_with_incoming_shutdown(
            connections(socket.listener, tls.map(|tls| tls.acceptor)),
            shutdown.clone().cancelled_owned(),
        );
    let overdue = async {
        shutdown.cancelled().await;
        stops.stop();
        tokio::time::sleep(GRACE).await;
    };
    let end = ending(provider, shutdown.clone());
    let served = tokio::select! {
        served = server => Ok(served?),
        () = overdue => Ok(()),
    };
    if shutdown.is_cancelled() {
        // Whether it came to its end or not, there is nobody left to tell.
        let _ = tokio::time::timeout(CLOSING, end).await;
    }
    // Gone with this function rather than with the task that listens, which the end of the process may leave undone.
    let _file = socket.file;
    served
}

/// Closes what the host left open, as soon as it has asked for the end.
fn ending(provider: Arc<dyn ProviderServer>, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        shutdown.cancelled().await;
        provider.end().await;
    })
}

/// Writes the handshake, or what to do for debugging. Nothing else is ever written to standard output.
fn announce(host: &Host, options: &Options, address: &Address, tls: Option<&Tls>) -> Result<(), ServeError> {
    let text = if options.debug {
        let reattach = handshake::reattach(&options.address, address, std::process::id());
        format!("Set this for Terraform or OpenTofu, and end with Ctrl-C:\n\n  {reattach}")
    } else {
        let multiplexing = host.asks_multiplexing.then_some(false);
        handshake::line(address, tls.map(|tls| tls.certificate.as_ref()), multiplexing)
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Ctrl-C, which reaches the whole process group: the host decides what it means, so it must not end this process.
struct Interrupts {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    /// From now on they no longer end the process, whether this value lives or not.
    fn caught() -> io::Result<Self> {
        #[cfg(unix)]
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let signal = tokio::signal::windows::ctrl_c()?;
        Ok(Self { signal })
    }

    async fn next(&mut self) {
        self.signal.recv().await;
    }
}
