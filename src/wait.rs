//! Bounded, cancellable waits that say what they wait for.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// How often a wait that goes on is logged.
const PROGRESS: Duration = Duration::from_secs(30);

/// How long to wait, and what ends it early.
#[derive(Debug, Clone)]
pub struct WaitOptions {
    /// Bound of the whole wait.
    pub timeout: Duration,
    /// Ends the wait when Terraform is asked to stop.
    pub cancel: CancellationToken,
}

/// Pauses between two looks: the first one, which doubles up to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

/// What one look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T, E> {
    /// What was waited for is there.
    Done(T),
    /// It is not there yet; what is waited for, in words.
    Again(String),
    /// Waiting does not help.
    Failed(E),
}

/// Why a wait ended without what was waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitError<E> {
    /// The time is over.
    Timeout {
        /// What was waited for last.
        waiting: String,
        /// How long.
        timeout: Duration,
    },
    /// Terraform was asked to stop.
    Cancelled {
        /// What was waited for last.
        waiting: String,
    },
    /// A look failed.
    Failed(E),
}

impl<E: fmt::Display> fmt::Display for WaitError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { waiting, timeout } => {
                write!(out, "waited {} s for {waiting}", timeout.as_secs())
            }
            Self::Cancelled { waiting } => write!(out, "stopped while waiting for {waiting}"),
            Self::Failed(error) => error.fmt(out),
        }
    }
}

/// Looks again and again until a look is done, fails, or the wait ends; `object` is logged, with the time and what is
/// waited for, every 30 s and whenever that changes.
///
/// # Errors
/// [`WaitError`]; a look that is under way when the wait ends is dropped.
pub async fn wait<T, E, F>(
    object: &(dyn fmt::Display + Sync),
    options: &WaitOptions,
    pace: Pace,
    mut look: impl FnMut() -> F,
) -> Result<T, WaitError<E>>
where
    F: Future<Output = Look<T, E>>,
{
    let begun = Instant::now();
    let mut progress = Progress {
        begun,
        logged: begun,
        waiting: "the first answer".to_owned(),
    };
    let deadline = begun + options.timeout;
    let mut pause = pace.first;
    loop {
        let looked = progress.logging(object, look());
        match bounded(looked, deadline, &options.cancel).await {
            Ok(Look::Done(value)) => return Ok(value),
            Ok(Look::Failed(error)) => return Err(WaitError::Failed(error)),
            Ok(Look::Again(what)) => progress.note(object, what),
            Err(end) => return Err(end.error(progress.waiting, options.timeout)),
        }
        let paused = progress.logging(object, sleep(pause));
        if let Err(end) = bounded(paused, deadline, &options.cancel).await {
            return Err(end.error(progress.waiting, options.timeout));
        }
        pause = (pause * 2).min(pace.longest);
    }
}

/// What is waited for, and when a line was last logged.
struct Progress {
    begun: Instant,
    logged: Instant,
    waiting: String,
}

impl Progress {
    fn note(&mut self, object: &(dyn fmt::Display + Sync), waiting: String) {
        if waiting != self.waiting {
            let waited_s = self.begun.elapsed().as_secs();
            tracing::debug!(%object, waited_s, "Waiting for {waiting}");
        }
        self.waiting = waiting;
    }

    /// Does the work, and logs that the wait goes on, however long a look or a pause lasts.
    async fn logging<T>(&mut self, object: &(dyn fmt::Display + Sync), work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = sleep_until(self.logged + PROGRESS) => {
                    self.logged = Instant::now();
                    let waited_s = self.begun.elapsed().as_secs();
                    tracing::info!(%object, waited_s, "Still waiting for {}", self.waiting);
                }
            }
        }
    }
}

/// What ended a wait early.
enum End {
    Deadline,
    Cancelled,
}

impl End {
    fn error<E>(self, waiting: String, timeout: Duration) -> WaitError<E> {
        match self {
            Self::Deadline => WaitError::Timeout { waiting, timeout },
            Self::Cancelled => WaitError::Cancelled { waiting },
        }
    }
}

async fn bounded<T>(
    work: impl Future<Output = T>,
    deadline: Instant,
    cancel: &CancellationToken,
) -> Result<T, End> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(End::Cancelled),
        done = work => Ok(done),
        () = sleep_until(deadline) => Err(End::Deadline),
    }
}
