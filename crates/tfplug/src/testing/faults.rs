//! Faults at remote calls, by the number of the call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// What goes wrong at a remote call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// The call fails without an effect.
    Error,
    /// The call has its effect, and its answer is lost.
    LostAnswer,
    /// The user interrupts; the call itself succeeds.
    Cancel,
    /// The code panics instead of making the call.
    Panic,
}

/// The error of a call that a fault was injected into, and the payload of an injected panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a test made this call fail")]
pub struct Injected;

/// Counts the remote calls of an operation, and makes one of them go wrong. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    calls: usize,
    planned: Option<(usize, Fault)>,
    cancel: CancellationToken,
}

impl Faults {
    /// Makes a remote call, unless it is the one that goes wrong.
    ///
    /// # Errors
    /// When the fault of this call is an error or a lost answer.
    pub async fn call<T>(&self, effect: impl Future<Output = T>) -> Result<T, Injected> {
        match self.next() {
            None => Ok(effect.await),
            Some(Fault::Error) => Err(Injected),
            Some(Fault::LostAnswer) => {
                effect.await;
                Err(Injected)
            }
            Some(Fault::Cancel) => {
                self.lock().cancel.cancel();
                Ok(effect.await)
            }
            // Unlike a panic of the code, it prints nothing.
            Some(Fault::Panic) => std::panic::resume_unwind(Box::new(Injected)),
        }
    }

    /// Starts an operation that `cancel` interrupts, with a fault at one of its calls, counted from 0.
    pub(super) fn start(&self, cancel: CancellationToken, planned: Option<(usize, Fault)>) {
        *self.lock() = Script {
            calls: 0,
            planned,
            cancel,
        };
    }

    /// How many calls the operation has made so far.
    pub(super) fn calls(&self) -> usize {
        self.lock().calls
    }

    fn next(&self) -> Option<Fault> {
        let mut script = self.lock();
        let number = script.calls;
        script.calls += 1;
        script
            .planned
            .and_then(|(at, fault)| (at == number).then_some(fault))
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
