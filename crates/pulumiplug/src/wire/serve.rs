//! From the start of the process to its end.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tfplug::unstable::rpc::ProviderServer;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tracing_subscriber::layer::SubscriberExt;

use super::MAX_MESSAGE;
use super::calls::Calls;
use super::engine::Engine;
use super::r#gen::pulumirpc::resource_provider_server::ResourceProviderServer;
use super::progress::Progress;
use super::service::Service;
use crate::adapter::{Adapter, Rules};
use crate::component::Components;

/// How long calls in progress have to store what they made, once they were asked to end. The engine kills a plugin five
/// seconds after it interrupted it; without an engine nobody does.
const GRACE: Duration = Duration::from_secs(30);
/// How long the last answers may take on their way.
const FAREWELL: Duration = Duration::from_secs(1);

/// How a provider is served.
#[derive(Clone)]
pub struct Options {
    version: String,
    schema: Arc<dyn Fn() -> String + Send + Sync>,
    rules: Rules,
    components: Components,
    log_crates: Vec<&'static str>,
    engine: Option<String>,
}

impl Options {
    /// A package of this version (`1.2.3`), and how its schema is made or read, as JSON. The engine's address is the last
    /// argument of the process, if there is one.
    pub fn from_args(
        version: impl Into<String>,
        schema: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            version: version.into(),
            schema: Arc::new(schema),
            rules: Rules::new(),
            components: Components::new(),
            log_crates: Vec::new(),
            engine: std::env::args()
                .skip(1)
                .next_back()
                .filter(|last| is_address(last)),
        }
    }

    /// The same options with these rules for resources.
    #[must_use]
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// The same options with these components.
    #[must_use]
    pub fn with_components(mut self, components: Components) -> Self {
        self.components = components;
        self
    }

    /// The same options; what these crates log at level INFO is shown to the user while a call goes on.
    #[must_use]
    pub fn with_log_crates(mut self, crates: &[&'static str]) -> Self {
        self.log_crates = crates.to_vec();
        self
    }

    /// The same options, with the engine at this address.
    #[must_use]
    pub fn with_engine(mut self, address: impl Into<String>) -> Self {
        self.engine = Some(address.into());
        self
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn schema(&self) -> String {
        (self.schema)()
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Options")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Whether a text is an address such as `127.0.0.1:1234`.
fn is_address(text: &str) -> bool {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    !text.starts_with('-') && port.is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

/// Why a provider cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// No port.
    #[error("cannot open a port of 127.0.0.1: {0}")]
    Port(#[source] io::Error),
    /// The process cannot be set up, or its standard output is closed.
    #[error("cannot set up the process: {0}")]
    Process(#[from] io::Error),
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// Serves a provider to Pulumi until the engine ends it or is gone: the whole of a plugin's `main`. Nothing may be
/// written to standard output before.
pub fn serve(provider: impl ProviderServer, options: &Options) -> ExitCode {
    match run(Arc::new(provider), options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is gone there is nobody to tell.
            let _ = writeln!(io::stderr().lock(), "pulumi-resource plugin: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(provider: Arc<dyn ProviderServer>, options: &Options) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(async {
        let interrupts = Interrupts::caught()?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(ServeError::Port)?;
        let end = CancellationToken::new();
        let interrupted = end.clone();
        tokio::spawn(async move {
            interrupts.first().await;
            interrupted.cancel();
        });
        announce(listener.local_addr()?.port())?;
        let engine = Arc::new(Engine::new(options.engine.clone()));
        show_progress(&engine, options);
        serve_engine(provider, options, listener, engine, end).await
    });
    // A blocking task may still run; nobody waits for it either.
    runtime.shutdown_background();
    result
}

/// Serves on a port that is open already, until `end` is cancelled or the engine is gone; for tests, and for programs that
/// have a runtime of their own.
///
/// # Errors
/// When the server fails.
pub async fn serve_at(
    provider: Arc<dyn ProviderServer>,
    options: &Options,
    listener: TcpListener,
    end: CancellationToken,
) -> Result<(), ServeError> {
    let engine = Arc::new(Engine::new(options.engine.clone()));
    serve_engine(provider, options, listener, engine, end).await
}

async fn serve_engine(
    provider: Arc<dyn ProviderServer>,
    options: &Options,
    listener: TcpListener,
    engine: Arc<Engine>,
    end: CancellationToken,
) -> Result<(), ServeError> {
    let calls = Arc::new(Calls::default());
    let adapter = Adapter::new(Arc::clone(&provider), options.rules.clone())
        .with_components(options.components.clone());
    let service = Service::new(adapter, options.clone(), Arc::clone(&engine), Arc::clone(&calls));
    let last = CancellationToken::new();
    let server = Server::builder()
        .add_service(
            ResourceProviderServer::new(service)
                .max_decoding_message_size(MAX_MESSAGE)
                .max_encoding_message_size(MAX_MESSAGE),
        )
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), last.clone().cancelled_owned());
    let asked = async {
        tokio::select! {
            () = end.cancelled() => {}
            () = engine.gone() => {}
        }
        calls.cancel();
        // What was made must be stored, which needs the connection.
        let _ = tokio::time::timeout(GRACE, calls.idle()).await;
        last.cancel();
        tokio::time::sleep(FAREWELL).await;
    };
    let served = tokio::select! {
        served = server => served.map_err(ServeError::from),
        () = asked => Ok(()),
    };
    provider.end().await;
    served
}

/// The port, on the first line; nothing else is ever written to standard output.
fn announce(port: u16) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{port}")?;
    out.flush()
}

fn show_progress(engine: &Arc<Engine>, options: &Options) {
    let layer = Progress {
        engine: Arc::clone(engine),
        crates: options.log_crates.clone(),
    };
    // Where a program has a subscriber already, that one is in force.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

/// Ctrl-C and the engine's request to end.
struct Interrupts {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    fn caught() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
            Ok(Self { signals })
        }
        #[cfg(windows)]
        Ok(Self {
            signal: tokio::signal::windows::ctrl_c()?,
        })
    }

    async fn first(self) {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(windows)]
        {
            let mut signal = self.signal;
            signal.recv().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_port() {
        assert!(is_address("127.0.0.1:4000") && is_address("[::1]:4000") && is_address("localhost:1"));
        assert!(
            !is_address("schema") && !is_address("--tracing=x:1") && !is_address(":1") && !is_address("a:b")
        );
    }
}
