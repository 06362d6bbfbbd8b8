//! What an open and a renewal come to.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diag::Diagnostics;
use crate::private;

/// An object that is open.
#[derive(Clone)]
#[non_exhaustive]
pub struct Opened<M> {
    /// The configuration with every computed attribute filled in.
    pub result: M,
    /// When the host is to renew it; never, if there is no such time.
    pub renew_at: Option<SystemTime>,
}

impl<M> Opened<M> {
    /// An object that lasts until it is closed.
    pub fn new(result: M) -> Self {
        Self {
            result,
            renew_at: None,
        }
    }

    /// The same object, to be renewed at this time, which should leave time enough for it. A time that is past counts as
    /// one second from now.
    #[must_use]
    pub fn renewed_at(mut self, time: SystemTime) -> Self {
        self.renew_at = Some(time);
        self
    }
}

/// The values may be secret.
impl<M> fmt::Debug for Opened<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Opened")
            .field("renew_at", &self.renew_at)
            .finish_non_exhaustive()
    }
}

/// An object that lasts longer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renewed {
    /// When the host is to renew it again; never, if there is no such time.
    pub renew_at: Option<SystemTime>,
}

impl Renewed {
    /// To be renewed again at this time. A time that is past counts as one second from now.
    pub fn again_at(time: SystemTime) -> Self {
        Self { renew_at: Some(time) }
    }

    /// Not to be renewed again.
    pub fn for_good() -> Self {
        Self { renew_at: None }
    }
}

/// Where an open notes what there is to close. The note outlives errors and panics of the call that makes it, and is what
/// the later calls are given.
pub struct OpenSlot<P> {
    raw: RawOpenSlot,
    of: PhantomData<fn(P)>,
}

impl<P: Serialize + DeserializeOwned + Default> OpenSlot<P> {
    /// A slot without a note.
    pub fn new() -> Self {
        Self::over(RawOpenSlot::default())
    }

    pub(super) fn over(raw: RawOpenSlot) -> Self {
        Self { raw, of: PhantomData }
    }

    /// Notes that there is something to close, and by what. A later note takes the place of an earlier one. Data that cannot
    /// be written as JSON make the open fail.
    pub fn opened(&self, private: &P) {
        let written = private::write(private);
        let mut noted = self.raw.lock();
        match written {
            Ok(bytes) => noted.private = Some(bytes),
            Err(faults) => noted.faults.extend(faults),
        }
    }

    /// What is noted so far.
    ///
    /// # Errors
    /// When the data do not read as they were written.
    pub fn noted(&self) -> Result<Option<P>, Diagnostics> {
        let bytes = self.raw.lock().private.clone();
        bytes.map(|bytes| private::read(&bytes)).transpose()
    }
}

impl<P: Serialize + DeserializeOwned + Default> Default for OpenSlot<P> {
    fn default() -> Self {
        Self::new()
    }
}

/// The data may be secret.
impl<P> fmt::Debug for OpenSlot<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("OpenSlot").finish_non_exhaustive()
    }
}

/// The untyped twin of [`OpenSlot`]. Clones are one slot.
#[derive(Clone, Default)]
pub(crate) struct RawOpenSlot(Arc<Mutex<Noted>>);

/// What a slot holds.
#[derive(Default)]
pub(crate) struct Noted {
    /// The provider's own bytes, if there is something to close.
    pub(crate) private: Option<Vec<u8>>,
    /// Data that could not be written.
    pub(crate) faults: Diagnostics,
}

impl RawOpenSlot {
    /// What was noted; the slot is empty afterwards.
    pub(crate) fn take(&self) -> Noted {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
