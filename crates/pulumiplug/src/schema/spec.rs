//! The package schema as Pulumi reads it: one struct for each part of its JSON, with only the fields that are in use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// A whole package.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Package {
    /// Its name, with which its tokens begin.
    pub name: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// Its version by semver.
    pub version: String,
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What the registry sorts it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Its page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub homepage: String,
    /// SPDX expression.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub license: String,
    /// Where its source is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub repository: String,
    /// Where the engine finds its releases.
    #[serde(rename = "pluginDownloadURL", skip_serializing_if = "String::is_empty")]
    pub plugin_download_url: String,
    /// Who publishes it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub publisher: String,
    /// The part of a package's name that tells apart those of different publishers.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// How SDKs are made.
    pub meta: Meta,
    /// What SDKs are called, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub language: BTreeMap<String, BTreeMap<String, Json>>,
    /// What `pulumi config` sets.
    pub config: Config,
    /// Object types and closed sets by token.
    pub types: BTreeMap<String, NamedType>,
    /// The provider.
    pub provider: Resource,
    /// The resources by token.
    pub resources: BTreeMap<String, Resource>,
    /// The functions by token.
    pub functions: BTreeMap<String, Function>,
}

/// How SDKs are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Meta {
    /// SDKs carry the package's version and can be packed for their registries.
    pub support_pack: bool,
}

/// What `pulumi config` sets.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Config {
    /// The settings.
    pub variables: BTreeMap<String, Property>,
    /// Those that must be set. The name is Pulumi's.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub defaults: BTreeSet<String>,
}

/// The provider or a resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resource {
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it is, as output.
    pub properties: BTreeMap<String, Property>,
    /// The outputs that are always there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub required: BTreeSet<String>,
    /// What is given.
    pub input_properties: BTreeMap<String, Property>,
    /// What must be given.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub required_inputs: BTreeSet<String>,
    /// What may be told to find an existing one beside its ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_inputs: Option<Object>,
    /// Whether it consists of other resources and has no object of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_component: bool,
    /// What to use instead.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deprecation_message: String,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Function {
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Object>,
    /// The inputs in the order in which a program passes them; without it a program passes one object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub multi_argument_inputs: Vec<String>,
    /// What it answers.
    pub outputs: Returns,
    /// What to use instead.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deprecation_message: String,
}

/// What a function answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Returns {
    /// An object of its own.
    Object(Object),
    /// A value of any type.
    Value(TypeRef),
}

/// A type with a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NamedType {
    /// An object.
    Object(Object),
    /// A closed set.
    Enum(Enum),
}

/// Properties.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Object {
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The properties.
    pub properties: BTreeMap<String, Property>,
    /// Always `object`.
    #[serde(rename = "type", serialize_with = "object")]
    pub kind: (),
    /// Those that must be given, or are always there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub required: BTreeSet<String>,
}

fn object<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("object")
}

/// A closed set of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Enum {
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The type of its values, `string`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The values.
    #[serde(rename = "enum")]
    pub values: Vec<EnumValue>,
}

/// One value of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EnumValue {
    /// The value.
    pub value: String,
}

/// A property.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Property {
    /// Its type.
    #[serde(flatten)]
    pub ty: TypeRef,
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The value when none is given; a boolean, a number or a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// What to use instead.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deprecation_message: String,
    /// Whether it is given as a value that a preview knows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
    /// Whether it is encrypted in state and hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Whether any change is a new resource.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replace_on_changes: bool,
    /// Whether the provider makes a new resource for a change; for documentation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub will_replace_on_changes: bool,
}

impl Property {
    /// A property of a type, of which nothing else is said.
    pub(super) fn of(ty: TypeRef) -> Self {
        Self {
            ty,
            description: String::new(),
            default: None,
            deprecation_message: String::new(),
            plain: false,
            secret: false,
            replace_on_changes: false,
            will_replace_on_changes: false,
        }
    }
}

/// A type where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypeRef {
    /// `boolean`
    Boolean,
    /// A whole number.
    Integer,
    /// `number`
    Number,
    /// `string`
    String,
    /// A list.
    Array(Box<TypeRef>),
    /// Values by key.
    Map(Box<TypeRef>),
    /// Anything.
    Any,
    /// A type with a name, by its token.
    Named(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum TypeField<'a> {
    #[serde(rename = "$ref")]
    Ref(String),
    Items(&'a TypeRef),
    AdditionalProperties(&'a TypeRef),
}

#[derive(Serialize)]
struct TypeForm<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(flatten)]
    rest: Option<TypeField<'a>>,
}

impl Serialize for TypeRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, rest) = match self {
            Self::Boolean => (Some("boolean"), None),
            Self::Integer => (Some("integer"), None),
            Self::Number => (Some("number"), None),
            Self::String => (Some("string"), None),
            Self::Array(element) => (Some("array"), Some(TypeField::Items(element))),
            Self::Map(element) => (Some("object"), Some(TypeField::AdditionalProperties(element))),
            Self::Any => (None, Some(TypeField::Ref("pulumi.json#/Any".to_owned()))),
            Self::Named(token) => (None, Some(TypeField::Ref(format!("#/types/{token}")))),
        };
        TypeForm { kind, rest }.serialize(serializer)
    }
}
