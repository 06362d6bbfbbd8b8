//! What properties come from: for what depends on what, what is secret, and where a fault is.

use std::collections::{BTreeMap, BTreeSet};

use super::Made;

/// What one property comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// An input of the component, as it is.
    Same(String),
    /// An input of the component, among others.
    Input(String),
    /// Another child, by its URN.
    Child { urn: String, secret: bool },
}

/// What the attributes of a child, or the outputs of a component, come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<String, Vec<Origin>>);

impl Origins {
    /// Nothing comes from anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The attribute is an input of the component, unchanged.
    #[must_use]
    pub fn same(self, attribute: &str, input: &str) -> Self {
        self.and(attribute, Origin::Same(input.to_owned()))
    }

    /// The attribute follows from these inputs of the component.
    #[must_use]
    pub fn from(self, attribute: &str, inputs: &[&str]) -> Self {
        let each = inputs.iter();
        each.fold(self, |all, &input| {
            all.and(attribute, Origin::Input(input.to_owned()))
        })
    }

    /// The attribute follows from an attribute of another child; from no special one if `of` is empty.
    #[must_use]
    pub fn of(self, attribute: &str, child: &Made, of: &str) -> Self {
        let (urn, secret) = (child.urn().to_owned(), child.is_secret(of));
        self.and(attribute, Origin::Child { urn, secret })
    }

    fn and(mut self, attribute: &str, origin: Origin) -> Self {
        self.0.entry(attribute.to_owned()).or_default().push(origin);
        self
    }

    pub(super) fn extend(&mut self, other: Self) {
        for (attribute, origins) in other.0 {
            self.0.entry(attribute).or_default().extend(origins);
        }
    }

    pub(super) fn of_attribute(&self, attribute: &str) -> &[Origin] {
        self.0.get(attribute).map_or(&[], Vec::as_slice)
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &[Origin])> {
        self.0
            .iter()
            .map(|(name, origins)| (name.as_str(), origins.as_slice()))
    }

    /// The children that any attribute comes from.
    pub(super) fn children(&self) -> BTreeSet<String> {
        let all = self.0.values().flatten();
        all.filter_map(|origin| match origin {
            Origin::Child { urn, .. } => Some(urn.clone()),
            Origin::Same(_) | Origin::Input(_) => None,
        })
        .collect()
    }
}
