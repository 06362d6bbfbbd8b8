//! Pulumi's package schema of what a provider declares to Terraform.
//!
//! It is made from the declarations alone, in an order that depends on nothing else, so that equal declarations give equal
//! bytes. Ephemeral and list resources and actions, which Pulumi does not have, are not in it.
//!
//! ```
//! use pulumiplug::schema::{PackageInfo, package};
//! use tfplug::schema::ProviderSchemas;
//!
//! let info = PackageInfo { name: "hello".into(), version: "0.1.0".into(), ..PackageInfo::default() };
//! let package = package(&ProviderSchemas::default(), &info)?;
//! assert!(package.to_json().starts_with("{\n  \"name\": \"hello\",\n  \"version\": \"0.1.0\","));
//! # Ok::<(), pulumiplug::schema::SchemaError>(())
//! ```

mod block;
mod component;
mod docs;
mod example;
mod function;
mod info;
mod members;
mod spec;
mod types;

use std::collections::BTreeMap;

use tfplug::schema::ProviderSchemas;

use crate::names::{self, Place};
use block::Side;
use docs::Words;
pub use example::{Example, Expression, Step};
pub use info::PackageInfo;
use members::members;
pub use spec::{
    Config, Enum, EnumValue, Function, Meta, NamedType, Object, Package, Property, Resource, Returns, TypeRef,
};
use types::Types;

/// Why declarations have no package schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A type name stands for two shapes. Pulumi has each type once.
    #[error(
        "the type {name} has two shapes, of which one is in {place}: give one of them another name (`type_name`)"
    )]
    TwoShapes {
        /// The type's name.
        name: String,
        /// Where the second one was found.
        place: String,
    },
    /// Two attributes are one property.
    #[error("{place}: the attributes {first} and {second} are both {property} in Pulumi: rename one of them")]
    SameProperty {
        /// The object that holds both.
        place: String,
        /// The property.
        property: String,
        /// The first attribute.
        first: String,
        /// The second attribute.
        second: String,
    },
    /// Two objects have one token.
    #[error("{first} and {second} are both {token} in Pulumi: rename one of them")]
    SameToken {
        /// The token.
        token: String,
        /// The first object.
        first: String,
        /// The second object.
        second: String,
    },
    /// A resource lets its user give the attribute `id`, which is Pulumi's own.
    #[error(
        "{resource}: the attribute id is given by users, and Pulumi has no input of that name: rename it"
    )]
    GivenId {
        /// The resource's type name.
        resource: String,
    },
    /// An example uses what is not declared.
    #[error("the example {title:?}: {fault}")]
    Example {
        /// The example's title.
        title: String,
        /// What is wrong with it.
        fault: String,
    },
}

/// SDKs carry the package's version and can be packed for their registries.
const META: Meta = Meta { support_pack: true };

/// The package schema of a provider.
///
/// # Errors
/// Names or types that Pulumi cannot tell apart; a fault in an example.
pub fn package(schemas: &ProviderSchemas, info: &PackageInfo) -> Result<Package, SchemaError> {
    let schemas = &component::with_components(schemas, info);
    let words = Words::of(schemas, info);
    let mut types = Types::of(schemas, info, &words);
    let provider = provider(schemas, &words, &mut types)?;
    let mut package = Package {
        name: info.name.clone(),
        display_name: info.display_name.clone(),
        version: info.version.clone(),
        description: words.translate(&info.description),
        keywords: info.keywords.clone(),
        homepage: info.homepage.clone(),
        license: info.license.clone(),
        repository: info.repository.clone(),
        plugin_download_url: info.plugin_download_url.clone(),
        publisher: info.publisher.clone(),
        namespace: info.namespace.clone(),
        meta: META,
        language: info.languages(),
        config: Config {
            variables: provider.input_properties.clone(),
            defaults: provider.required_inputs.clone(),
        },
        types: BTreeMap::new(),
        provider,
        resources: resources(schemas, info, &words, &mut types)?,
        functions: function::all(schemas, info, &words, &mut types)?,
    };
    package.types = types.into_named();
    Ok(package)
}

fn provider(
    schemas: &ProviderSchemas,
    words: &Words,
    types: &mut Types<'_>,
) -> Result<Resource, SchemaError> {
    let schema = &schemas.provider;
    let attributes = members(schema);
    let inputs = types.block("Provider", Place::Provider, &attributes, Side::Input)?;
    let outputs = types.block("Provider", Place::Provider, &attributes, Side::Output)?;
    Ok(Resource {
        description: words.translate(&schema.description),
        properties: outputs.properties,
        required: outputs.required,
        input_properties: inputs.properties,
        required_inputs: inputs.required,
        ..Resource::default()
    })
}

fn resources(
    schemas: &ProviderSchemas,
    info: &PackageInfo,
    words: &Words,
    types: &mut Types<'_>,
) -> Result<BTreeMap<String, Resource>, SchemaError> {
    let mut made = Tokens::default();
    for declared in &info.components {
        let token = names::resource_token(&info.name, &declared.type_name);
        let resource = component::component(declared, schemas, info, words, types)?;
        made.add(token, &declared.type_name, resource)?;
    }
    for (type_name, schema) in component::without_components(schemas, info) {
        let owner = names::resource_name(&info.name, type_name);
        let attributes = members(schema);
        let id = attributes.iter().find(|a| a.name == "id");
        if id.is_some_and(|id| id.optionality.is_configurable()) {
            let resource = type_name.clone();
            return Err(SchemaError::GivenId { resource });
        }
        let inputs = types.block(&owner, Place::Resource, &attributes, Side::Input)?;
        let outputs = types.block(&owner, Place::Resource, &attributes, Side::Output)?;
        let resource = Resource {
            description: words.with_examples(&schema.description, schemas, info, type_name)?,
            state_inputs: Some(state_inputs(&owner, &outputs)),
            properties: outputs.properties,
            required: outputs.required,
            input_properties: inputs.properties,
            required_inputs: inputs.required,
            is_component: false,
            deprecation_message: words.translate(schema.deprecated.as_deref().unwrap_or_default()),
        };
        made.add(names::resource_token(&info.name, type_name), type_name, resource)?;
    }
    Ok(made.values)
}

/// All that is known of a resource may help to find it.
fn state_inputs(owner: &str, outputs: &Object) -> Object {
    Object {
        description: format!("What is known of an existing {owner}."),
        properties: outputs.properties.clone(),
        ..Object::default()
    }
}

/// Objects by token, with the names that they have in declarations.
struct Tokens<T> {
    values: BTreeMap<String, T>,
    declared: BTreeMap<String, String>,
}

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            declared: BTreeMap::new(),
        }
    }
}

impl<T> Tokens<T> {
    fn add(&mut self, token: String, declared: &str, value: T) -> Result<(), SchemaError> {
        if let Some(first) = self.declared.insert(token.clone(), declared.to_owned()) {
            let second = declared.to_owned();
            return Err(SchemaError::SameToken { token, first, second });
        }
        self.values.insert(token, value);
        Ok(())
    }
}

impl Package {
    /// Indented JSON with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Only maps with keys that are no text, and failing writers, make serialization fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
