//! Calls that end when Terraform is asked to stop, however long the API server takes.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::api::{Applied, Apply, Delete, Deletion, KubeApi, ObjectRef};
use super::error::{KubeError, KubeErrorKind};
use super::list::Listing;

/// What a change under way is given to end after Terraform was asked to stop: its answer is worth more than these
/// seconds, since without it nobody knows whether the object is there.
const GRACE: Duration = Duration::from_secs(5);

/// An API whose calls end with `cancel`.
pub struct Cancellable<'a> {
    api: &'a dyn KubeApi,
    cancel: &'a CancellationToken,
}

impl<'a> Cancellable<'a> {
    /// The same API, until `cancel`.
    pub fn new(api: &'a dyn KubeApi, cancel: &'a CancellationToken) -> Self {
        Self { api, cancel }
    }

    async fn until<T>(
        &self,
        object: &(dyn fmt::Display + Sync),
        grace: Duration,
        call: impl Future<Output = Result<T, KubeError>> + Send,
    ) -> Result<T, KubeError> {
        let mut call = std::pin::pin!(call);
        tokio::select! {
            biased;
            answer = &mut call => return answer,
            () = self.cancel.cancelled() => {}
        }
        let stopped = |_| {
            let text = "stopped while waiting for an answer";
            KubeError::new(KubeErrorKind::Cancelled, self.api.cluster(), text).about(object)
        };
        timeout(grace, call).await.map_err(stopped)?
    }
}

#[async_trait]
impl KubeApi for Cancellable<'_> {
    fn cluster(&self) -> &str {
        self.api.cluster()
    }

    async fn get(&self, object: &ObjectRef<'_>) -> Result<Value, KubeError> {
        self.until(object, Duration::ZERO, self.api.get(object)).await
    }

    async fn page(&self, listing: &Listing<'_>, rest: &str) -> Result<Vec<u8>, KubeError> {
        self.until(listing, Duration::ZERO, self.api.page(listing, rest))
            .await
    }

    async fn apply(
        &self,
        object: &ObjectRef<'_>,
        desired: &Value,
        how: Apply<'_>,
    ) -> Result<Applied, KubeError> {
        let grace = if how.dry_run { Duration::ZERO } else { GRACE };
        self.until(object, grace, self.api.apply(object, desired, how))
            .await
    }

    async fn delete(&self, object: &ObjectRef<'_>, how: Delete<'_>) -> Result<Deletion, KubeError> {
        self.until(object, GRACE, self.api.delete(object, how)).await
    }
}
