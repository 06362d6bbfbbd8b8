//! The engine, as a plugin calls it: messages to the user, and whether it is still there.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use super::r#gen::pulumirpc::engine_client::EngineClient;
use super::r#gen::pulumirpc::{LogRequest, LogSeverity};
use crate::adapter::{Level, Listener};

/// How long a message may take; one that takes longer is dropped.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the engine is asked whether it is there.
const PULSE: Duration = Duration::from_secs(2);
/// So many questions in a row without an answer, and the engine is gone.
const SILENCE: usize = 3;

enum Message {
    Log(LogRequest),
    /// All messages before this one are delivered.
    Flush(oneshot::Sender<()>),
}

/// The engine that started this plugin, or that was attached to it; none so far for a plugin that was started by hand.
pub(super) struct Engine {
    address: watch::Sender<Option<String>>,
    messages: mpsc::UnboundedSender<Message>,
    /// Warnings that were told: the same plan is made several times.
    told: Mutex<HashSet<(String, String)>>,
}

impl Engine {
    /// An engine at this address (`127.0.0.1:1234`). Its messages are delivered by a task of the running runtime.
    pub(super) fn new(address: Option<String>) -> Self {
        let (messages, received) = mpsc::unbounded_channel();
        let address = watch::Sender::new(address);
        tokio::spawn(deliver(received, address.subscribe()));
        Self {
            address,
            messages,
            told: Mutex::default(),
        }
    }

    /// From now on this engine hears the messages.
    pub(super) fn attach(&self, address: String) {
        if !address.is_empty() {
            self.address.send_replace(Some(address));
        }
    }

    /// Tells what goes on, as long as nothing else is told.
    pub(super) fn progress(&self, level: Level, urn: &str, text: &str) {
        self.send(request(level, urn, text, true));
    }

    fn send(&self, request: LogRequest) {
        // The task lasts as long as this.
        let _ = self.messages.send(Message::Log(request));
    }

    /// Waits, not for long, until all that was told is delivered: the engine may end this process after the answer.
    pub(super) async fn flush(&self) {
        let (done, delivered) = oneshot::channel();
        if self.messages.send(Message::Flush(done)).is_ok() {
            let _ = tokio::time::timeout(PATIENCE, delivered).await;
        }
    }

    /// Waits until the engine is gone; for ever as long as there is none.
    pub(super) async fn gone(&self) {
        let mut address = self.address.subscribe();
        loop {
            let current = address.borrow_and_update().clone();
            tokio::select! {
                changed = address.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = silent(current.as_deref().and_then(channel)) => return,
            }
        }
    }
}

/// Waits until an engine has not answered for some time.
async fn silent(channel: Option<Channel>) {
    let Some(channel) = channel else {
        return std::future::pending().await;
    };
    let mut missed = 0;
    while missed < SILENCE {
        tokio::time::sleep(PULSE).await;
        missed = if is_there(channel.clone()).await {
            0
        } else {
            missed + 1
        };
    }
}

impl Listener for Engine {
    fn tell(&self, level: Level, urn: &str, text: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if level != Level::Warning || told.insert((urn.to_owned(), text.to_owned())) {
            self.send(request(level, urn, text, false));
        }
    }
}

fn request(level: Level, urn: &str, text: &str, ephemeral: bool) -> LogRequest {
    let severity = match level {
        Level::Debug => LogSeverity::Debug,
        Level::Info => LogSeverity::Info,
        Level::Warning => LogSeverity::Warning,
        Level::Error => LogSeverity::Error,
    };
    LogRequest {
        severity: severity.into(),
        message: text.to_owned(),
        urn: urn.to_owned(),
        stream_id: 0,
        ephemeral,
    }
}

/// A connection that is made when it is first used.
fn channel(address: &str) -> Option<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).ok()?;
    Some(
        endpoint
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .connect_lazy(),
    )
}

/// Delivers messages one after another to the engine that is attached at the time.
async fn deliver(
    mut messages: mpsc::UnboundedReceiver<Message>,
    mut address: watch::Receiver<Option<String>>,
) {
    let mut client: Option<EngineClient<Channel>> = None;
    let mut connected = None;
    while let Some(message) = messages.recv().await {
        let current = address.borrow_and_update().clone();
        if current != connected {
            client = current.as_deref().and_then(channel).map(EngineClient::new);
            connected = current;
        }
        match message {
            // Whoever waited is gone.
            Message::Flush(done) => drop(done.send(())),
            Message::Log(request) => {
                if let Some(client) = &mut client {
                    // A message that nobody takes is no reason to fail a call.
                    let _ = client.log(request).await;
                }
            }
        }
    }
}

/// Whether the engine answers gRPC's health check, be it that it has none: then it says so.
async fn is_there(channel: Channel) -> bool {
    let mut grpc = Grpc::new(channel);
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let asked = async {
        grpc.ready().await.map_err(|_| Status::unavailable(""))?;
        let codec = ProstCodec::<(), ()>::default();
        grpc.unary(Request::new(()), path, codec).await
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Err(status)) => status.code() != Code::Unavailable,
        Ok(Ok(_)) => true,
        // A busy engine may be slow, and is there.
        Err(_) => true,
    }
}
