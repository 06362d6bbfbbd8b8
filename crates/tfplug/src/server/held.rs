//! What is open and not yet closed.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rpc::{CloseRequest, OpenResponse};

/// What closes each ephemeral resource that the host was given.
#[derive(Default)]
pub(super) struct Held(Mutex<Vec<CloseRequest>>);

impl Held {
    /// Notes what was opened, if anything was.
    pub(super) fn opened(&self, type_name: &str, answer: &OpenResponse) {
        if answer.result.is_some() && answer.deferred.is_none() {
            let request = CloseRequest::new(type_name, answer.private.clone());
            self.lock().push(request);
        }
    }

    /// The host closes this one itself.
    pub(super) fn closed(&self, request: &CloseRequest) {
        let mut held = self.lock();
        let same = |other: &CloseRequest| {
            (&other.type_name, &other.private) == (&request.type_name, &request.private)
        };
        if let Some(place) = held.iter().position(same) {
            held.swap_remove(place);
        }
    }

    /// What is still open. It is noted no longer.
    pub(super) fn take(&self) -> Vec<CloseRequest> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CloseRequest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The private data may be secret.
impl fmt::Debug for Held {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Held({})", self.lock().len())
    }
}
