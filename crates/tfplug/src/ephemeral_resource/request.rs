//! What each call of an [`EphemeralResource`] is asked. The structs grow: take the fields that you need, and `..` for the
//! rest.

use std::fmt;

use super::{EphemeralResource, OpenSlot};

/// What [`EphemeralResource::open`] is asked.
#[non_exhaustive]
pub struct OpenRequest<'a, E: EphemeralResource + ?Sized> {
    /// The configuration, with its defaults. Nothing in it is unknown; what only the provider gives is null.
    pub config: E::Model,
    /// Where to note what there is to close.
    pub slot: &'a OpenSlot<E::Private>,
}

impl<'a, E: EphemeralResource + ?Sized> OpenRequest<'a, E> {
    /// A request to open with this configuration.
    pub fn new(config: E::Model, slot: &'a OpenSlot<E::Private>) -> Self {
        Self { config, slot }
    }
}

/// What [`EphemeralResource::renew`] is asked.
#[non_exhaustive]
pub struct RenewRequest<'a, E: EphemeralResource + ?Sized> {
    /// What the open noted, or the renewal before. Changes are handed to the next renewal, and not to the close.
    pub private: &'a mut E::Private,
}

impl<'a, E: EphemeralResource + ?Sized> RenewRequest<'a, E> {
    /// A request to renew what was opened with these data.
    pub fn new(private: &'a mut E::Private) -> Self {
        Self { private }
    }
}

/// What [`EphemeralResource::close`] is asked.
#[non_exhaustive]
pub struct CloseRequest<E: EphemeralResource + ?Sized> {
    /// What the open noted.
    pub private: E::Private,
}

impl<E: EphemeralResource + ?Sized> CloseRequest<E> {
    /// A request to close what was opened with these data.
    pub fn new(private: E::Private) -> Self {
        Self { private }
    }
}

/// The values may be secret, so that only the names of the requests are shown.
macro_rules! debug {
    ($($name:ident $(<$life:lifetime>)?),*) => {$(
        impl<E: EphemeralResource + ?Sized> fmt::Debug for $name<$($life,)? E> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

debug!(OpenRequest<'_>, RenewRequest<'_>, CloseRequest);
