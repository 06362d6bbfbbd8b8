//! One call from its request to its answer: the only place where calls are run, cancelled, logged and guarded.

use std::future::Future;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tonic::{Response, Status};
use tracing::Instrument;

use super::Shared;
use super::answer::{Answer, Echo};
use super::diagnostics::client_capabilities;
use crate::diag::{Diagnostic, Diagnostics};
use crate::rpc::CallContext;
use crate::schema::ObjectKind;
use crate::ty::Type;
use crate::wire::r#gen::tfplugin6 as pb;
use crate::wire::panics;

/// A call that is about to begin.
pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) name: &'static str,
    pub(super) span: tracing::Span,
}

impl Call {
    /// A call of this name in the protocol, for an object of this type.
    pub(super) fn new(shared: Arc<Shared>, name: &'static str, type_name: &str) -> Self {
        let span = tracing::debug_span!("rpc", tf_rpc = name, tf_type = type_name);
        Self { shared, name, span }
    }

    /// Runs the call. Whatever goes wrong becomes a finding in an answer that keeps what the request holds, so that
    /// nothing which Terraform knows already gets lost.
    ///
    /// The call runs in a task of its own: it goes on to its end even if the host hangs up on it, and its panic ends
    /// only itself.
    pub(super) async fn answer<Q, A, F>(
        self,
        request: Q,
        run: impl FnOnce(Arc<Shared>, Q) -> F,
    ) -> Result<Response<A>, Status>
    where
        Q: Echo<A>,
        A: Answer,
        F: Future<Output = Result<A, Diagnostics>> + Send + 'static,
    {
        let fallback = request.echo();
        let name = self.name;
        let work = run(Arc::clone(&self.shared), request);
        let failed = |findings: Diagnostics| {
            let mut answer = fallback;
            answer.add(&findings);
            answer
        };
        match self.spawned(work).await {
            Ok(Ok(answer)) => Ok(Response::new(answer)),
            Ok(Err(findings)) => Ok(Response::new(failed(findings))),
            Err(ended) => Ok(Response::new(failed(why(name, ended).into()))),
        }
    }

    /// The work of the call in a task of its own, between two lines of the log.
    pub(super) fn spawned<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Diagnostics>> + Send + 'static,
    ) -> JoinHandle<Result<T, Diagnostics>> {
        let logged = async move {
            tracing::debug!("call received");
            let result = work.await;
            tracing::debug!(failed = result.is_err(), "call answered");
            result
        };
        tokio::spawn(logged.instrument(self.span.clone()))
    }
}

/// The diagnostic for a task that panicked or was cancelled.
pub(super) fn why(call: &str, ended: tokio::task::JoinError) -> Diagnostic {
    match ended.try_into_panic() {
        Ok(payload) => panics::diagnostic(call, payload.as_ref()),
        // The runtime is going down: the host asked for the end while this call ran.
        Err(_) => Diagnostic::error(
            "Interrupted",
            format!("The call {call} was given up, since the provider ends."),
        ),
    }
}

impl Shared {
    /// The type of an object of this kind, or of its configuration if it is nothing else.
    pub(super) fn object_type(&self, kind: ObjectKind, name: &str) -> Result<&Type, Diagnostics> {
        self.types.object(self.provider.schemas(), kind, name)
    }

    /// What a call is told of its surroundings.
    pub(super) fn context(&self, capabilities: Option<pb::ClientCapabilities>) -> CallContext {
        CallContext {
            cancel: self.stops.token(),
            capabilities: client_capabilities(capabilities),
            offline: false,
        }
    }
}
