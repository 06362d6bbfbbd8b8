//! What each call of an [`Action`] is asked. The structs grow: take the fields that you need, and `..` for the rest.

use std::fmt;

use super::Action;
use crate::rpc::EventSink;

/// What [`Action::plan`] is asked.
#[non_exhaustive]
pub struct PlanActionRequest<A: Action + ?Sized> {
    /// The configuration, with its defaults.
    pub config: A::Config,
}

impl<A: Action + ?Sized> PlanActionRequest<A> {
    /// A request to plan with this configuration.
    pub fn new(config: A::Config) -> Self {
        Self { config }
    }
}

/// What [`Action::invoke`] is asked.
#[non_exhaustive]
pub struct InvokeActionRequest<'a, A: Action + ?Sized> {
    /// The configuration, with its defaults.
    pub config: A::Config,
    /// Where to say how far the action has come.
    pub progress: &'a Progress<'a>,
}

impl<'a, A: Action + ?Sized> InvokeActionRequest<'a, A> {
    /// A request to invoke with this configuration.
    pub fn new(config: A::Config, progress: &'a Progress<'a>) -> Self {
        Self { config, progress }
    }
}

/// Where an action says how far it has come. The user sees each message at once.
pub struct Progress<'a>(&'a dyn EventSink<String>);

impl<'a> Progress<'a> {
    pub(crate) fn new(events: &'a dyn EventSink<String>) -> Self {
        Self(events)
    }

    /// Shows the user one line. The line is lost if the host has hung up.
    pub async fn report(&self, message: impl Into<String> + Send) {
        self.0.send(message.into()).await;
    }
}

/// The values may hold secrets, so that only the names are shown.
macro_rules! debug {
    ($($name:literal: $type:ty $(, $action:ident)?;)*) => {$(
        impl$(<$action: Action + ?Sized>)? fmt::Debug for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_struct($name).finish_non_exhaustive()
            }
        }
    )*};
}

debug!(
    "PlanActionRequest": PlanActionRequest<A>, A;
    "InvokeActionRequest": InvokeActionRequest<'_, A>, A;
    "Progress": Progress<'_>;
);
