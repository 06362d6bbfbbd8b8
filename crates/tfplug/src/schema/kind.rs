//! The kinds of objects that have a schema.

use std::collections::BTreeMap;

use super::{Lazy, ProviderSchemas, Schema};

/// A kind of object that has a schema and a type name. Code that handles all kinds alike iterates over
/// [`ObjectKind::ALL`]. Functions are no such kind: they have a signature.
///
/// ```
/// use tfplug::schema::{ObjectKind, ProviderSchemas};
///
/// fn count(schemas: &ProviderSchemas) -> usize {
///     ObjectKind::ALL.map(|kind| schemas.of(kind).len()).iter().sum()
/// }
///
/// assert_eq!(count(&ProviderSchemas::default()), 0);
/// assert_eq!(ObjectKind::ListResource.noun(), "list resource");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// An ephemeral resource, which exists for one run.
    EphemeralResource,
    /// A list resource, which finds the objects of a managed resource.
    ListResource,
    /// An action.
    Action,
}

impl ObjectKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Resource,
        Self::DataSource,
        Self::EphemeralResource,
        Self::ListResource,
        Self::Action,
    ];

    /// What it is called in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::DataSource => "data source",
            Self::EphemeralResource => "ephemeral resource",
            Self::ListResource => "list resource",
            Self::Action => "action",
        }
    }

    /// The key of its schemas in the output of `terraform providers schema -json`.
    pub fn json_key(self) -> &'static str {
        match self {
            Self::Resource => "resource_schemas",
            Self::DataSource => "data_source_schemas",
            Self::EphemeralResource => "ephemeral_resource_schemas",
            Self::ListResource => "list_resource_schemas",
            Self::Action => "action_schemas",
        }
    }

    /// Whether its schema describes a configuration and no result: it has no computed attributes.
    pub fn is_configuration(self) -> bool {
        match self {
            Self::Resource | Self::DataSource | Self::EphemeralResource => false,
            Self::ListResource | Self::Action => true,
        }
    }

    /// Whether its schema has a version. That of an action has none.
    pub fn has_version(self) -> bool {
        match self {
            Self::Resource | Self::DataSource | Self::EphemeralResource | Self::ListResource => true,
            Self::Action => false,
        }
    }
}

impl ProviderSchemas {
    /// The schemas of one kind, by type name.
    pub fn of(&self, kind: ObjectKind) -> &BTreeMap<String, Lazy<Schema>> {
        match kind {
            ObjectKind::Resource => &self.resources,
            ObjectKind::DataSource => &self.data_sources,
            ObjectKind::EphemeralResource => &self.ephemeral_resources,
            ObjectKind::ListResource => &self.list_resources,
            ObjectKind::Action => &self.actions,
        }
    }

    /// The same, to add to.
    pub(crate) fn of_mut(&mut self, kind: ObjectKind) -> &mut BTreeMap<String, Lazy<Schema>> {
        match kind {
            ObjectKind::Resource => &mut self.resources,
            ObjectKind::DataSource => &mut self.data_sources,
            ObjectKind::EphemeralResource => &mut self.ephemeral_resources,
            ObjectKind::ListResource => &mut self.list_resources,
            ObjectKind::Action => &mut self.actions,
        }
    }
}
