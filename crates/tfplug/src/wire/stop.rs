//! How calls in progress learn that the user wants to stop.

use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The token of all calls that began since the last stop.
#[derive(Default)]
pub(super) struct Stops(Mutex<CancellationToken>);

impl Stops {
    /// For a call that begins now.
    pub(super) fn token(&self) -> CancellationToken {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells the calls in progress. Calls that begin later know nothing of it.
    pub(super) fn stop(&self) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *current).cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_reaches_earlier_calls_only() {
        let stops = Stops::default();
        let (earlier, same) = (stops.token(), stops.token());
        stops.stop();
        assert!(earlier.is_cancelled() && same.is_cancelled());
        assert!(!stops.token().is_cancelled());
    }
}
