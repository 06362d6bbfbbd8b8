//! What a listing finds, and where it goes.

use std::fmt;
use std::future::pending;
use std::marker::PhantomData;

use futures::lock::Mutex;
use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::model::Model;
use crate::resource::Resource;
use crate::rpc::{EventSink, ListEvent};

/// One object that a listing found.
#[non_exhaustive]
pub struct ListResult<R: Resource> {
    /// What identifies the object, and what it can be imported by.
    pub identity: R::Identity,
    /// What users know the object by. It need not be unique.
    pub display_name: String,
    /// The object, as a read would give it.
    pub resource: Option<R::Model>,
    /// Warnings about this object. With an error Terraform shows no results at all.
    pub diagnostics: Diagnostics,
}

impl<R: Resource> ListResult<R> {
    /// An object of which no more is known.
    pub fn new(identity: R::Identity, display_name: impl Into<String>) -> Self {
        Self {
            identity,
            display_name: display_name.into(),
            resource: None,
            diagnostics: Diagnostics::new(),
        }
    }

    /// The same result with the object, as a read would give it.
    #[must_use]
    pub fn with_resource(mut self, resource: R::Model) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The same result with one more thing to say about it.
    #[must_use]
    pub fn with_diagnostic(mut self, diagnostic: Diagnostic) -> Self {
        self.diagnostics.push(diagnostic);
        self
    }
}

/// The values may hold secrets.
impl<R: Resource> fmt::Debug for ListResult<R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.display_name;
        out.debug_struct("ListResult")
            .field("display_name", name)
            .finish_non_exhaustive()
    }
}

/// Where a listing puts what it finds. The host gets each result at once.
pub struct ListResults<'a, R> {
    raw: &'a RawResults<'a>,
    of: PhantomData<fn(R)>,
}

impl<'a, R: Resource> ListResults<'a, R> {
    pub(crate) fn new(raw: &'a RawResults<'a>) -> Self {
        Self { raw, of: PhantomData }
    }

    /// Hands a result over, and waits until the host takes it. Once the host needs no more results this never
    /// returns, and the whole listing is dropped here.
    pub async fn push(&self, found: ListResult<R>) {
        let event = ListEvent {
            identity: Some(found.identity.to_value()),
            display_name: found.display_name,
            resource: found.resource.map(|resource| resource.to_value()),
            diagnostics: found.diagnostics,
        };
        self.raw.push(event).await;
    }
}

impl<R> fmt::Debug for ListResults<'_, R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ListResults").finish_non_exhaustive()
    }
}

/// The untyped twin of [`ListResults`]: counts the results, and knows when the host needs no more.
pub(crate) struct RawResults<'a> {
    events: &'a dyn EventSink<ListEvent>,
    settle: &'a (dyn Fn(ListEvent) -> ListEvent + Send + Sync),
    limit: u64,
    taken: Mutex<u64>,
    over: CancellationToken,
}

impl<'a> RawResults<'a> {
    /// Results that go to `events`, each made fit to be sent by `settle`.
    pub(crate) fn new(
        events: &'a dyn EventSink<ListEvent>,
        settle: &'a (dyn Fn(ListEvent) -> ListEvent + Send + Sync),
        limit: Option<u64>,
    ) -> Self {
        Self {
            events,
            settle,
            limit: limit.unwrap_or(u64::MAX),
            taken: Mutex::new(0),
            over: CancellationToken::new(),
        }
    }

    /// Waits until the host needs no more results.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }

    async fn push(&self, found: ListEvent) {
        // Held while the host takes the result: a push that is dropped meanwhile has taken no place.
        let mut taken = self.taken.lock().await;
        let heard = *taken < self.limit && self.events.send((self.settle)(found)).await;
        *taken += u64::from(heard);
        if !heard || *taken >= self.limit {
            drop(taken);
            self.over.cancel();
            pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use futures::FutureExt;

    use super::*;
    use crate::value::Value;

    /// A host that takes nothing until it is ready.
    #[derive(Default)]
    struct Host {
        ready: AtomicBool,
        taken: Mutex<Vec<String>>,
    }

    #[async_trait]
    impl EventSink<ListEvent> for Host {
        async fn send(&self, event: ListEvent) -> bool {
            if !self.ready.load(Ordering::Relaxed) {
                pending::<()>().await;
            }
            self.taken.lock().unwrap().push(event.display_name);
            true
        }
    }

    #[test]
    fn a_push_that_is_dropped_takes_no_place() {
        let (host, settle) = (Host::default(), |event| event);
        let results = RawResults::new(&host, &settle, Some(2));
        let push = |name| results.push(ListEvent::found(Value::Null, name)).now_or_never();
        assert!(push("dropped").is_none(), "the host is not ready");
        host.ready.store(true, Ordering::Relaxed);
        assert!(push("a").is_some());
        assert!(results.over().now_or_never().is_none(), "there is a place left");
        assert!(push("b").is_none(), "nothing follows the last one");
        assert_eq!(*host.taken.lock().unwrap(), ["a", "b"]);
        assert!(results.over().now_or_never().is_some());
    }
}
