//! Calls that answer with one event after the other.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Response, Status};

use super::Shared;
use super::call::{Call, why};
use crate::diag::Diagnostics;
use crate::rpc::{CallContext, ClientCapabilities, EventSink};

/// An event of such a call.
pub(super) trait Event: Send + Sized + 'static {
    /// The last event, with what there is to say of the whole call; none if the stream may just end.
    fn last(findings: &Diagnostics) -> Option<Self>;
}

/// What such a call works with.
pub(super) struct Outlet<E> {
    events: mpsc::Sender<E>,
    cancel: CancellationToken,
}

impl<E> Outlet<E> {
    /// What the call is told of its surroundings. It is cancelled when the user interrupts, and when the host no longer
    /// takes its events.
    pub(super) fn context(&self, capabilities: ClientCapabilities) -> CallContext {
        CallContext {
            cancel: self.cancel.clone(),
            capabilities,
            offline: false,
        }
    }

    /// A place for events of another form.
    pub(super) fn of<F>(&self, to_proto: F) -> Sink<'_, E, F> {
        Sink {
            events: &self.events,
            to_proto,
        }
    }
}

/// An [`EventSink`] whose events go to the host.
pub(super) struct Sink<'o, E, F> {
    events: &'o mpsc::Sender<E>,
    to_proto: F,
}

#[async_trait]
impl<T, E, F> EventSink<T> for Sink<'_, E, F>
where
    T: Send + 'static,
    E: Send,
    F: Fn(T) -> E + Send + Sync,
{
    async fn send(&self, event: T) -> bool {
        self.events.send((self.to_proto)(event)).await.is_ok()
    }
}

impl Call {
    /// Runs the call. Its events go to the host one by one: the call waits until the host has taken the one before. What
    /// it gives back, and whatever goes wrong, becomes the last event.
    ///
    /// The call runs in a task of its own, so that its panic ends only itself. When the host hangs up, the call is
    /// told to stop.
    pub(super) fn stream<Q, E, F>(
        self,
        request: Q,
        run: impl FnOnce(Arc<Shared>, Q, Arc<Outlet<E>>) -> F,
    ) -> Result<Response<BoxStream<E>>, Status>
    where
        E: Event,
        F: Future<Output = Result<Diagnostics, Diagnostics>> + Send + 'static,
    {
        let (sender, events) = mpsc::channel(1);
        let cancel = self.shared.stops.token().child_token();
        let hung_up = cancel.clone().drop_guard();
        let outlet = Arc::new(Outlet {
            events: sender.clone(),
            cancel,
        });
        let work = self.spawned(run(Arc::clone(&self.shared), request, outlet));
        tokio::spawn(ended(self.name, work, sender));
        // The guard lives as long as the stream.
        let stream = ReceiverStream::new(events).map(move |event| {
            let _ = &hung_up;
            Ok(event)
        });
        Ok(Response::new(Box::pin(stream)))
    }
}

/// Waits for the end of a call, and sends its last event.
async fn ended<E: Event>(
    call: &'static str,
    work: JoinHandle<Result<Diagnostics, Diagnostics>>,
    events: mpsc::Sender<E>,
) {
    let findings = match work.await {
        Ok(Ok(findings) | Err(findings)) => findings,
        Err(panic) => why(call, panic).into(),
    };
    if let Some(last) = E::last(&findings) {
        // A host that hung up wants no last event.
        let _ = events.send(last).await;
    }
}
