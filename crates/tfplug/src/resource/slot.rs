//! Where a create or update notes what exists.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diag::Diagnostics;
use crate::model::Model;
use crate::private;
use crate::value::Value;

/// What a slot holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlotContent {
    /// The object that exists, if any.
    pub state: Option<Value>,
    /// The provider's own bytes.
    pub private: Vec<u8>,
}

/// The object that exists remotely, as far as is known. It outlives errors, panics and interruptions of the call
/// that fills it: its content is what gets stored.
#[derive(Debug, Default)]
pub struct Slot(Mutex<SlotContent>);

impl Slot {
    /// A slot that holds this already.
    pub fn new(content: SlotContent) -> Self {
        Self(Mutex::new(content))
    }

    /// Notes that the object exists, in this state. Attributes that are not known yet may be unknown if the call
    /// goes on to learn them; should it fail first, they are stored as null and read later.
    pub fn exists<M: Model>(&self, state: &M) {
        self.exists_raw(state.to_value());
    }

    /// The same, untyped.
    pub fn exists_raw(&self, state: Value) {
        self.lock().state = Some(state);
    }

    /// Notes what to remember beside the state. What cannot be written as JSON is dropped with a log line.
    pub fn remember<T: Serialize>(&self, private: &T) {
        match private::write(private) {
            Ok(bytes) => self.lock().private = bytes,
            Err(faults) => tracing::error!(?faults, "private data could not be written"),
        }
    }

    /// What is remembered beside the state so far.
    ///
    /// # Errors
    /// When it was written as another type.
    pub fn recall<T: DeserializeOwned + Default>(&self) -> Result<T, Diagnostics> {
        private::read(&self.lock().private)
    }

    /// What it holds now.
    pub fn content(&self) -> SlotContent {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, SlotContent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
