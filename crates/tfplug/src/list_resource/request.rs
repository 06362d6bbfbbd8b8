//! What a listing is asked. The struct grows: take the fields that you need, and `..` for the rest.

use std::fmt;

use super::{ListResource, ListResults};

/// What [`ListResource::list`] is asked.
#[non_exhaustive]
pub struct ListRequest<'a, L: ListResource + ?Sized> {
    /// The configuration, with its defaults.
    pub config: L::Config,
    /// Whether each result needs the object itself. Without it, identity and name suffice.
    pub include_resource: bool,
    /// The greatest number of results, if there is one. It helps to choose the size of pages; the results themselves
    /// end there.
    pub limit: Option<u64>,
    /// Where the results go.
    pub results: &'a ListResults<'a, L::Resource>,
}

impl<'a, L: ListResource + ?Sized> ListRequest<'a, L> {
    /// A request for identities and names of all objects.
    pub fn new(config: L::Config, results: &'a ListResults<'a, L::Resource>) -> Self {
        Self {
            config,
            include_resource: false,
            limit: None,
            results,
        }
    }
}

/// The values may hold secrets.
impl<L: ListResource + ?Sized> fmt::Debug for ListRequest<'_, L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ListRequest").finish_non_exhaustive()
    }
}
