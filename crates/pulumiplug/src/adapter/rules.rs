//! What a schema does not say, and Pulumi wants to know.

use std::collections::BTreeMap;

use tfplug::schema::AttributeType;

/// What holds of each resource, and of functions.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub(super) parameters: BTreeMap<(String, String), AttributeType>,
    resources: BTreeMap<String, ResourceRules>,
    pub(super) phrases: Vec<(String, String)>,
}

impl Rules {
    /// The rules that follow from the schema, for every resource.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same rules, and these for the resource of this type name (`mig_node_group`).
    #[must_use]
    pub fn with_resource(mut self, type_name: impl Into<String>, rules: ResourceRules) -> Self {
        self.resources.insert(type_name.into(), rules);
        self
    }

    /// The same rules; these parameters that take anything are really of these types, by function and parameter, as
    /// [`PackageInfo::parameters`](crate::schema::PackageInfo::parameters) says.
    #[must_use]
    pub fn with_parameters(mut self, parameters: BTreeMap<(String, String), AttributeType>) -> Self {
        self.parameters = parameters;
        self
    }

    /// The same rules; where a message has one of these phrases, the second of the pair is said. Names of the declarations are said as Pulumi
    /// has them without.
    #[must_use]
    pub fn with_phrases<P: Into<String>>(mut self, phrases: impl IntoIterator<Item = (P, P)>) -> Self {
        let phrases = phrases.into_iter();
        self.phrases
            .extend(phrases.map(|(from, to)| (from.into(), to.into())));
        self
    }

    pub(super) fn parameter(&self, function: &str, parameter: &str) -> Option<&AttributeType> {
        self.parameters.get(&(function.to_owned(), parameter.to_owned()))
    }

    pub(super) fn of(&self, type_name: &str) -> &ResourceRules {
        self.resources.get(type_name).unwrap_or(&ResourceRules::BY_SCHEMA)
    }
}

/// What holds of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRules {
    pub(super) id: Option<String>,
    pub(super) name: Name,
    pub(super) prefixes: Option<Vec<String>>,
    pub(super) follows: bool,
}

/// Which attribute names the remote object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// `name`, if it is a text of the outermost level.
    BySchema,
    /// This one.
    Attribute(String),
    /// None.
    None,
}

impl ResourceRules {
    const BY_SCHEMA: Self = Self {
        id: None,
        name: Name::BySchema,
        prefixes: None,
        follows: false,
    };

    /// What follows from the schema: an attribute `name` names the object, and `name_prefix` leaves its name to the
    /// provider.
    pub fn new() -> Self {
        Self::BY_SCHEMA
    }

    /// The same rules; this attribute, a text, is the ID.
    #[must_use]
    pub fn with_id(mut self, attribute: impl Into<String>) -> Self {
        self.id = Some(attribute.into());
        self
    }

    /// The same rules; this attribute names the object. No two objects have one name, so an object whose name
    /// stays is deleted before the one that replaces it is made. Where a user may leave it out, and it has no default, the
    /// object is named after its resource.
    #[must_use]
    pub fn with_name(mut self, attribute: impl Into<String>) -> Self {
        self.name = Name::Attribute(attribute.into());
        self
    }

    /// The same rules; where one of these attributes is given, the provider makes the name.
    #[must_use]
    pub fn with_prefixes<N: Into<String>>(mut self, attributes: impl IntoIterator<Item = N>) -> Self {
        self.prefixes = Some(attributes.into_iter().map(Into::into).collect());
        self
    }

    /// The same rules; where the name is left out, it follows from other attributes, so that it is not made up here.
    #[must_use]
    pub fn with_name_that_follows(mut self) -> Self {
        self.follows = true;
        self
    }

    /// The same rules; no attribute names the object, or two objects may have one name.
    #[must_use]
    pub fn without_name(mut self) -> Self {
        self.name = Name::None;
        self
    }
}

impl Default for ResourceRules {
    fn default() -> Self {
        Self::new()
    }
}
