//! Which values are secret.

use std::collections::BTreeSet;

use tfplug::Path;
use tfplug::path::Step;

/// The places whose values are secret, with all that they hold. An element of a set has no place of its own: the
/// whole set is secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(BTreeSet<Path>);

impl Secrets {
    pub(super) const EMPTY: Self = Self(BTreeSet::new());

    /// Nothing is secret.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nothing is secret.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is at this place is secret.
    pub fn mark(&mut self, path: &Path) {
        let steps = path.steps().iter();
        let whole = steps
            .take_while(|step| !matches!(step, Step::Element(_)))
            .cloned();
        self.0.insert(Path::from_steps(whole));
    }

    /// All that is secret here or there.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The places.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter()
    }

    /// Whether this very place is marked.
    pub fn is_marked(&self, path: &Path) -> bool {
        self.0.contains(path)
    }
}
