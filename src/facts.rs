//! The catalog that layouts are checked against: this release's, with what the provider block adds to it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use mig::Catalog;

/// The facts that are in force.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The catalog, where it is not this release's alone.
    own: Option<Arc<Catalog>>,
    complete: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            own: None,
            complete: true,
        }
    }
}

impl Facts {
    /// A catalog of the user's own.
    pub(crate) fn of(catalog: Catalog) -> Self {
        Self {
            own: Some(Arc::new(catalog)),
            complete: true,
        }
    }

    /// What holds while the provider block's additions are not known: this release's catalog, and more to come.
    pub(crate) fn incomplete() -> Self {
        Self {
            own: None,
            complete: false,
        }
    }

    /// The catalog.
    pub fn catalog(&self) -> &Catalog {
        self.own.as_deref().unwrap_or_else(|| Catalog::builtin())
    }

    /// Whether `catalog_overrides` is known. Only then is a name that the catalog does not have invalid.
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// The facts, shared by everything that one provider block serves. Terraform shows the block before it asks for
/// anything else: first to be checked, then to be used.
#[derive(Debug, Clone, Default)]
pub struct SharedFacts(Arc<ArcSwap<Facts>>);

impl SharedFacts {
    /// What is in force now.
    pub fn get(&self) -> Arc<Facts> {
        self.0.load_full()
    }

    pub(crate) fn set(&self, facts: Facts) {
        self.0.store(Arc::new(facts));
    }
}
