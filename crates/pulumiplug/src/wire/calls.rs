//! The calls in progress: how they are run, how they learn that they should end, and when the last one has.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Status;
use tracing::Instrument;

/// All calls in progress.
#[derive(Default)]
pub(super) struct Calls {
    tracker: TaskTracker,
    cancel: Mutex<CancellationToken>,
}

impl Calls {
    /// The token of a call that begins now.
    pub(super) fn token(&self) -> CancellationToken {
        self.cancel.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the calls in progress to end. Calls that begin later know nothing of it: a provider for debugging serves
    /// one engine after another.
    pub(super) fn cancel(&self) {
        let mut current = self.cancel.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *current).cancel();
    }

    /// Runs a call to its end, even if the engine hangs up on it: what it makes has to be told, at least to the log.
    ///
    /// # Errors
    /// What the call says; a panic becomes "who knows what exists now".
    pub(super) async fn run<T: Send + 'static>(
        &self,
        name: &'static str,
        urn: &str,
        work: impl Future<Output = Result<T, Status>> + Send + 'static,
    ) -> Result<T, Status> {
        let span = tracing::info_span!("call", rpc = name, urn);
        let task = self.tracker.spawn(work.instrument(span));
        match task.await {
            Ok(result) => result,
            Err(ended) => Err(Status::internal(panicked(name, ended))),
        }
    }

    /// Waits until no call is in progress.
    pub(super) async fn idle(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

fn panicked(call: &str, ended: tokio::task::JoinError) -> String {
    let Ok(payload) = ended.try_into_panic() else {
        return format!("The call {call} was given up, since the provider ends.");
    };
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!(
        "The call {call} ended in a panic: {text}. This is a bug in the provider: please report it with your program."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancel_reaches_earlier_calls_only() {
        let calls = Calls::default();
        let (earlier, same) = (calls.token(), calls.token());
        calls.cancel();
        assert!(earlier.is_cancelled() && same.is_cancelled());
        assert!(!calls.token().is_cancelled());
    }

    #[tokio::test]
    async fn a_panic_ends_only_its_own_call() {
        let calls = Calls::default();
        let ended = calls
            .run::<()>("Diff", "", async { panic!("ouch") })
            .await
            .unwrap_err();
        assert_eq!(ended.code(), tonic::Code::Internal);
        assert!(ended.message().contains("ouch"), "{ended}");
        assert_eq!(calls.run("Diff", "", async { Ok(1) }).await.unwrap(), 1);
        calls.idle().await;
    }
}
