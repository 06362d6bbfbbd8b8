//! Schemas that are made when they are first needed.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A schema that is made when it is first looked at, once. Terraform starts a provider several times for one plan, and asks most
/// of these processes about a few objects only.
///
/// ```
/// use tfplug::schema::{Lazy, Schema};
///
/// let stack = Lazy::new(|| Schema::new("A stack of cards.", Vec::new()));
/// assert_eq!(stack.description, "A stack of cards.");
/// ```
pub struct Lazy<T>(Arc<LazyLock<T, Make<T>>>);

type Make<T> = Box<dyn FnOnce() -> T + Send>;

impl<T> Lazy<T> {
    /// What `make` gives when it is needed.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Send + 'static> From<T> for Lazy<T> {
    fn from(made: T) -> Self {
        Self::new(move || made)
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The same schema, which is not made twice.
impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}
