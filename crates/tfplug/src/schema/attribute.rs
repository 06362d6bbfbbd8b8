//! One attribute of a schema.

use std::fmt;
use std::sync::Arc;

use super::Validator;
use crate::path::Path;
use crate::ty::Type;
use crate::value::Value;

/// One attribute: everything that is to be known of it.
#[derive(Clone)]
pub struct Attribute {
    /// Its name in configuration.
    pub name: String,
    /// Markdown.
    pub description: String,
    /// Its type, or the attributes nested in it.
    pub ty: AttributeType,
    /// Who gives the value.
    pub optionality: Optionality,
    /// Hidden in plans and logs.
    pub sensitive: bool,
    /// Sent to the provider, kept neither in plan nor in state.
    pub write_only: bool,
    /// Holds what another resource is, as a rule by reference to it. Its checks, and those of all in it, are made when it is
    /// planned, not when it is validated: Terraform's tests validate references to mocks, whose values are made up.
    pub reference: bool,
    /// What to use instead, if it is on its way out.
    pub deprecated: Option<String>,
    /// The value when configuration has none.
    pub default: Option<Default>,
    /// Checks of a known value.
    pub validators: Vec<Validator>,
    /// Whether a change needs a new object.
    pub replace: Replace,
    /// For a computed attribute: when its value has to be learned anew.
    pub on_change: OnChange,
    /// Whether two values mean the same, so that the old writing is kept.
    pub same_meaning: Option<fn(&Value, &Value) -> bool>,
    /// Where it stands in the API's object, name by name; empty where it is none of its fields.
    pub json: Vec<String>,
}

/// Who gives an attribute its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optionality {
    /// The user must.
    Required,
    /// The user may.
    Optional,
    /// The user may, else the provider does.
    OptionalComputed,
    /// The provider does.
    Computed,
}

impl Optionality {
    /// Whether the provider may give the value.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::OptionalComputed | Self::Computed)
    }

    /// Whether the user may give the value.
    pub fn is_configurable(self) -> bool {
        self != Self::Computed
    }
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum AttributeType {
    /// A value of one type.
    Plain(Type),
    /// Objects of further attributes, each with rules of its own.
    Nested(Nesting, Vec<Attribute>),
}

/// How nested attributes are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// Objects by key.
    Map,
}

impl AttributeType {
    /// The plain type of a value.
    pub fn to_type(&self) -> Type {
        match self {
            AttributeType::Plain(ty) => ty.clone(),
            AttributeType::Nested(nesting, attributes) => {
                let object = Type::Object(
                    attributes
                        .iter()
                        .map(|a| (a.name.clone(), a.ty.to_type()))
                        .collect(),
                );
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::list(object),
                    Nesting::Set => Type::set(object),
                    Nesting::Map => Type::map(object),
                }
            }
        }
    }
}

/// The value of an attribute that configuration leaves out.
#[derive(Clone)]
pub enum Default {
    /// Always this value.
    Value(Value),
    /// A value made anew at each plan; it must be the same each time.
    Function(Arc<dyn Fn() -> Value + Send + Sync>),
}

impl Default {
    /// The value.
    pub fn get(&self) -> Value {
        match self {
            Default::Value(value) => value.clone(),
            Default::Function(make) => make(),
        }
    }
}

impl fmt::Debug for Default {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Default({:?})", self.get())
    }
}

/// Whether a change of an attribute needs a new remote object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, std::default::Default)]
pub enum Replace {
    /// The object is changed in place.
    #[default]
    Never,
    /// Any change needs a new object.
    Always,
    /// A change that configuration asks for needs a new object; one that only follows from others does not.
    IfConfigured,
}

/// When the value of a computed attribute has to be learned anew in an update.
#[derive(Debug, Clone, PartialEq, Eq, std::default::Default)]
pub enum OnChange {
    /// Whenever anything changes.
    #[default]
    OfAnything,
    /// Whenever one of these attributes, or something in them, changes.
    Of(Vec<Path>),
    /// Never: it lasts as long as the object.
    Never,
}

impl Attribute {
    /// An optional attribute of a plain type, without documentation, checks or consequences.
    pub fn new(name: impl Into<String>, ty: AttributeType) -> Self {
        let name = name.into();
        Self {
            json: vec![crate::model::camel_case(&name)],
            name,
            description: String::new(),
            ty,
            optionality: Optionality::Optional,
            sensitive: false,
            write_only: false,
            reference: false,
            deprecated: None,
            default: None,
            validators: Vec::new(),
            replace: Replace::Never,
            on_change: OnChange::OfAnything,
            same_meaning: None,
        }
    }

    /// The same attribute, given by others.
    #[must_use]
    pub fn with(mut self, optionality: Optionality) -> Self {
        self.optionality = optionality;
        self
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("ty", &self.ty)
            .field("optionality", &self.optionality)
            .field("sensitive", &self.sensitive)
            .field("write_only", &self.write_only)
            .field("default", &self.default)
            .field("replace", &self.replace)
            .field("on_change", &self.on_change)
            .finish_non_exhaustive()
    }
}
