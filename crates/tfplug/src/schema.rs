//! The one declaration of what a resource, data source or provider block holds: type, documentation, default,
//! checks, and what a change of it means.
//!
//! A schema is usually not written by hand but derived from a Rust struct, see [`Model`](crate::Model).

mod attribute;
mod constraint;
mod kind;
mod lazy;
mod lint;
pub mod validators;

use std::collections::BTreeMap;

pub use attribute::{Attribute, AttributeType, Default, Nesting, ObjectType, OnChange, Optionality, Replace};
pub use constraint::Constraint;
pub use kind::ObjectKind;
pub use lazy::Lazy;
pub use lint::{SchemaFault, lint_identity, lint_provider, lint_schema};
pub use validators::Validator;

use crate::ty::Type;

/// What a whole object holds.
#[derive(Debug, Clone, std::default::Default)]
#[non_exhaustive]
pub struct Schema {
    /// Raised when stored state needs an upgrade to be read.
    pub version: i64,
    /// Markdown.
    pub description: String,
    /// The attributes, ordered by name.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, ordered by name. New schemas do better with nested attributes; Terraform's own rules for
    /// blocks are kept for providers that must stay compatible.
    pub blocks: Vec<Block>,
    /// What to use instead, if the whole object is on its way out.
    pub deprecated: Option<String>,
}

impl Schema {
    /// A schema of attributes only.
    pub fn new(description: impl Into<String>, mut attributes: Vec<Attribute>) -> Self {
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            description: description.into(),
            attributes,
            ..Self::default()
        }
    }

    /// The same schema with nested blocks.
    #[must_use]
    pub fn with_blocks(mut self, mut blocks: Vec<Block>) -> Self {
        blocks.sort_by(|a, b| a.name.cmp(&b.name));
        self.blocks = blocks;
        self
    }

    /// The object type of a value of this schema.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name.clone(), a.ty.to_type()));
        let blocks = self.blocks.iter().map(|b| (b.name.clone(), b.ty()));
        Type::Object(attributes.chain(blocks).collect())
    }

    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }
}

/// How often a nested block may occur, and what its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockNesting {
    /// At most once; an object, or null when absent.
    Single,
    /// Always there; an object of nulls when absent.
    Group,
    /// Any number, in order.
    List,
    /// Any number, without order.
    Set,
    /// Any number, each with a label.
    Map,
}

/// A nested block.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Block {
    /// Its keyword.
    pub name: String,
    /// How often it may occur.
    pub nesting: BlockNesting,
    /// What it holds.
    pub content: Schema,
    /// Least number of occurrences.
    pub min_items: u64,
    /// Greatest number of occurrences; 0 for no limit.
    pub max_items: u64,
}

impl Block {
    /// A block that may occur as often as its nesting allows.
    pub fn new(name: impl Into<String>, nesting: BlockNesting, content: Schema) -> Self {
        Self {
            name: name.into(),
            nesting,
            content,
            min_items: 0,
            max_items: 0,
        }
    }

    /// The type of the block's value.
    pub fn ty(&self) -> Type {
        let content = self.content.ty();
        match self.nesting {
            BlockNesting::Single | BlockNesting::Group => content,
            BlockNesting::List => Type::list(content),
            BlockNesting::Set => Type::set(content),
            BlockNesting::Map => Type::map(content),
        }
    }
}

/// What identifies one remote object, apart from its attributes, as long as it exists.
#[derive(Debug, Clone, std::default::Default)]
#[non_exhaustive]
pub struct IdentitySchema {
    /// Raised when stored identities need an upgrade.
    pub version: i64,
    /// The parts, ordered by name; primitive types or lists of them.
    pub attributes: Vec<IdentityAttribute>,
}

/// One part of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Markdown.
    pub description: String,
    /// Whether an import must give it; otherwise it may.
    pub required_for_import: bool,
}

impl IdentityAttribute {
    /// An attribute that an import must give.
    pub fn new(name: impl Into<String>, ty: Type, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            description: description.into(),
            required_for_import: true,
        }
    }
}

impl IdentitySchema {
    /// An identity of these attributes.
    pub fn new(version: i64, mut attributes: Vec<IdentityAttribute>) -> Self {
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Self { version, attributes }
    }

    /// The object type of an identity.
    pub fn ty(&self) -> Type {
        Type::Object(
            self.attributes
                .iter()
                .map(|a| (a.name.clone(), a.ty.clone()))
                .collect(),
        )
    }
}

/// The parameters and the result of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FunctionSignature {
    /// One line.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// The parameters, in order.
    pub parameters: Vec<Parameter>,
    /// A last parameter that accepts any number of arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Type,
    /// Every number in the result is whole; see [`Attribute::whole_numbers`].
    pub whole_numbers: bool,
    /// What to use instead, if the function is on its way out.
    pub deprecated: Option<String>,
}

impl FunctionSignature {
    /// A function with these parameters and no others.
    pub fn new(
        summary: impl Into<String>,
        parameters: impl IntoIterator<Item = Parameter>,
        returns: Type,
    ) -> Self {
        let summary = summary.into();
        Self {
            description: summary.clone(),
            summary,
            parameters: parameters.into_iter().collect(),
            variadic: None,
            returns,
            whole_numbers: false,
            deprecated: None,
        }
    }

    /// The same signature of a result with whole numbers only.
    #[must_use]
    pub fn with_whole_numbers(mut self) -> Self {
        self.whole_numbers = true;
        self
    }

    /// The same signature with this documentation, in Markdown; else it is the summary.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The same signature with a last parameter that accepts any number of arguments.
    #[must_use]
    pub fn with_variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }
}

/// One parameter of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, for documentation and messages.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Markdown.
    pub description: String,
    /// Whether null may be passed; otherwise Terraform refuses it.
    pub allow_null: bool,
    /// Whether unknown values may be passed; otherwise the result is unknown without a call.
    pub allow_unknown: bool,
}

impl Parameter {
    /// A parameter that accepts neither null nor unknown values.
    pub fn new(name: impl Into<String>, ty: Type, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            description: description.into(),
            allow_null: false,
            allow_unknown: false,
        }
    }

    /// The same parameter, which also accepts null.
    #[must_use]
    pub fn with_null(mut self) -> Self {
        self.allow_null = true;
        self
    }

    /// The same parameter, which also accepts unknown values.
    #[must_use]
    pub fn with_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }
}

/// Everything that a provider declares.
#[derive(Debug, Clone, std::default::Default)]
#[non_exhaustive]
pub struct ProviderSchemas {
    /// The provider block.
    pub provider: Schema,
    /// Managed resources by type name.
    pub resources: BTreeMap<String, Lazy<Schema>>,
    /// Identities of managed resources that have one, by type name.
    pub identities: BTreeMap<String, IdentitySchema>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<String, Lazy<Schema>>,
    /// Ephemeral resources by type name.
    pub ephemeral_resources: BTreeMap<String, Lazy<Schema>>,
    /// Configurations of list resources, by the type name of the resource that they list.
    pub list_resources: BTreeMap<String, Lazy<Schema>>,
    /// Configurations of actions by type name.
    pub actions: BTreeMap<String, Lazy<Schema>>,
    /// Functions by name.
    pub functions: BTreeMap<String, Lazy<FunctionSignature>>,
}
