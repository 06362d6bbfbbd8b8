//! What a plan may know of the provider block.

use std::collections::BTreeMap;

use tfplug::Attr;

use crate::models::Tags;

/// The provider block's region and tags; absent where they are not known yet.
#[derive(Debug, Default)]
pub(in crate::resources) struct Surroundings {
    /// The provider's region.
    pub(in crate::resources) region: Option<String>,
    /// The provider's default tags; absent while unknown.
    pub(in crate::resources) default_tags: Option<BTreeMap<String, String>>,
}

impl Surroundings {
    /// Plans the region of a new object that names none.
    pub(in crate::resources) fn set_region(
        &self,
        planned: &mut Attr<String>,
        config: &Attr<String>,
        is_new: bool,
    ) {
        if config.is_null() && is_new {
            *planned = self.region.clone().map_or(Attr::Unknown, Attr::Known);
        }
    }

    /// All tags of an object in a plan. None are null where they were null before, as an import leaves them.
    pub(in crate::resources) fn planned_tags(
        &self,
        own: &Attr<Tags>,
        prior: Option<&Attr<BTreeMap<String, String>>>,
    ) -> Attr<BTreeMap<String, String>> {
        none_as_before(self.all_tags(own), prior)
    }

    /// All tags of an object: its own one wins over a default one of the same key.
    pub(in crate::resources) fn all_tags(&self, own: &Attr<Tags>) -> Attr<BTreeMap<String, String>> {
        match (own, &self.default_tags) {
            (Attr::Unknown, _) | (_, None) => Attr::Unknown,
            (own, Some(defaults)) => {
                let mut all = defaults.clone();
                all.extend(own.known().map(Tags::set).unwrap_or_default());
                Attr::Known(all)
            }
        }
    }
}

/// A planned map, which is null where it is empty and was null before: an import leaves it so.
pub(in crate::resources) fn none_as_before(
    planned: Attr<BTreeMap<String, String>>,
    prior: Option<&Attr<BTreeMap<String, String>>>,
) -> Attr<BTreeMap<String, String>> {
    let had_none = prior.is_some_and(Attr::is_null);
    if had_none && planned.known().is_some_and(BTreeMap::is_empty) {
        return Attr::Null;
    }
    planned
}
