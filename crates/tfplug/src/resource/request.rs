//! What each call of a [`Resource`] is asked. The structs grow: take the fields that you need, and `..` for the rest.

use std::fmt;

use super::{Resource, Slot};

/// What [`Resource::create`] is asked.
#[non_exhaustive]
pub struct CreateRequest<'a, R: Resource + ?Sized> {
    /// What the user wrote, with the write-only values that `planned` lacks.
    pub config: R::Model,
    /// The object as planned.
    pub planned: R::Model,
    /// Where to note what exists.
    pub slot: &'a Slot,
}

impl<'a, R: Resource + ?Sized> CreateRequest<'a, R> {
    /// A request to create `planned`.
    pub fn new(config: R::Model, planned: R::Model, slot: &'a Slot) -> Self {
        Self {
            config,
            planned,
            slot,
        }
    }
}

/// What [`Resource::read`] is asked.
#[non_exhaustive]
pub struct ReadRequest<'a, R: Resource + ?Sized> {
    /// The object as last stored.
    pub state: R::Model,
    /// What is remembered beside the state. Changes are stored.
    pub private: &'a mut R::Private,
    /// The identity as last stored, if there is one.
    pub identity: Option<R::Identity>,
}

impl<'a, R: Resource + ?Sized> ReadRequest<'a, R> {
    /// A request to read the object of `state`, without a stored identity.
    pub fn new(state: R::Model, private: &'a mut R::Private) -> Self {
        Self {
            state,
            private,
            identity: None,
        }
    }
}

/// What [`Resource::update`] is asked.
#[non_exhaustive]
pub struct UpdateRequest<'a, R: Resource + ?Sized> {
    /// What the user wrote, with the write-only values that `planned` lacks.
    pub config: R::Model,
    /// The object as it was when the plan was made.
    pub prior: R::Model,
    /// The object as planned.
    pub planned: R::Model,
    /// Where to note what exists. It holds the object as it was.
    pub slot: &'a Slot,
}

impl<'a, R: Resource + ?Sized> UpdateRequest<'a, R> {
    /// A request to change `prior` to `planned`.
    pub fn new(config: R::Model, prior: R::Model, planned: R::Model, slot: &'a Slot) -> Self {
        Self {
            config,
            prior,
            planned,
            slot,
        }
    }
}

/// What [`Resource::delete`] is asked.
#[non_exhaustive]
pub struct DeleteRequest<R: Resource + ?Sized> {
    /// The object as last stored.
    pub state: R::Model,
    /// What is remembered beside the state.
    pub private: R::Private,
}

impl<R: Resource + ?Sized> DeleteRequest<R> {
    /// A request to delete the object of `state`.
    pub fn new(state: R::Model, private: R::Private) -> Self {
        Self { state, private }
    }
}

/// The values may hold secrets, so that only the names of the requests are shown.
macro_rules! debug {
    ($($name:ident $(<$life:lifetime>)?),*) => {$(
        impl<R: Resource + ?Sized> fmt::Debug for $name<$($life,)? R> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

debug!(
    CreateRequest<'_>,
    ReadRequest<'_>,
    UpdateRequest<'_>,
    DeleteRequest
);
