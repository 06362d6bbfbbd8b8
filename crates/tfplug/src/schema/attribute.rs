//! One attribute of a schema.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Constraint, Validator};
use crate::path::Path;
use crate::ty::Type;
use crate::value::Value;

/// One attribute. It is made with [`Attribute::new`] and the methods that begin with `with`.
#[derive(Clone)]
#[non_exhaustive]
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
    /// Says where, when or how the object is applied, such as a time-out, and not what the object is.
    pub applying: bool,
    /// What to use instead, if it is on its way out.
    pub deprecated: Option<String>,
    /// The value when configuration has none.
    pub default: Option<Default>,
    /// Checks of a known value.
    pub validators: Vec<Validator>,
    /// Whether a change needs a new object.
    pub replace: Replace,
    /// For a computed attribute: after which changes its value is unknown until apply.
    pub on_change: OnChange,
    /// Whether two values mean the same, so that the old writing is kept.
    pub same_meaning: Option<fn(&Value, &Value) -> bool>,
    /// Every number in its value is whole. Other languages than Terraform's have a type of its own for such numbers.
    pub whole_numbers: bool,
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
    Nested(Nesting, ObjectType),
}

/// The attributes of a nested object, and the name of their type.
#[derive(Debug, Clone, std::default::Default)]
#[non_exhaustive]
pub struct ObjectType {
    /// The name that generated code and documentation give the type, such as `BlockDevice`. A provider uses one name for one
    /// set of attributes only. Terraform does not know it.
    pub name: Option<String>,
    /// What such an object is, for the reference, in Markdown. Terraform does not know it.
    pub description: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

impl ObjectType {
    /// A type with a name.
    pub fn named(name: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self {
            name: Some(name.into()),
            description: String::new(),
            attributes,
        }
    }

    /// The same type with this documentation, in Markdown.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }
}

/// A type without a name.
impl From<Vec<Attribute>> for ObjectType {
    fn from(attributes: Vec<Attribute>) -> Self {
        Self {
            name: None,
            description: String::new(),
            attributes,
        }
    }
}

impl Deref for ObjectType {
    type Target = [Attribute];

    fn deref(&self) -> &[Attribute] {
        &self.attributes
    }
}

impl<'a> IntoIterator for &'a ObjectType {
    type Item = &'a Attribute;
    type IntoIter = std::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.attributes.iter()
    }
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
    /// Nested objects whose type has no name.
    pub fn nested(nesting: Nesting, attributes: Vec<Attribute>) -> Self {
        Self::Nested(nesting, attributes.into())
    }

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
            applying: false,
            deprecated: None,
            default: None,
            validators: Vec::new(),
            replace: Replace::Never,
            on_change: OnChange::OfAnything,
            same_meaning: None,
            whole_numbers: false,
        }
    }

    /// The same attribute, given by others.
    #[must_use]
    pub fn with(mut self, optionality: Optionality) -> Self {
        self.optionality = optionality;
        self
    }

    /// The same attribute with this documentation, in Markdown.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The same attribute, hidden in plans and logs.
    #[must_use]
    pub fn with_sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The same attribute, kept neither in plan nor in state.
    #[must_use]
    pub fn with_write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// The same attribute as one that refers to another resource; see [`Attribute::reference`].
    #[must_use]
    pub fn with_reference(mut self) -> Self {
        self.reference = true;
        self
    }

    /// The same attribute as one of applying; see [`Attribute::applying`].
    #[must_use]
    pub fn with_applying(mut self) -> Self {
        self.applying = true;
        self
    }

    /// The same attribute, which holds whole numbers only if `whole`; see [`Attribute::whole_numbers`].
    #[must_use]
    pub fn with_whole_numbers(mut self, whole: bool) -> Self {
        self.whole_numbers = whole;
        self
    }

    /// The same attribute, deprecated in favour of what the text names.
    #[must_use]
    pub fn with_deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecated = Some(instead.into());
        self
    }

    /// The same attribute with a value for configurations that have none.
    #[must_use]
    pub fn with_default(mut self, default: Default) -> Self {
        self.default = Some(default);
        self
    }

    /// The same attribute with one more check.
    #[must_use]
    pub fn with_validator(mut self, validator: impl Into<Validator>) -> Self {
        self.validators.push(validator.into());
        self
    }

    /// The same attribute with this effect of a change.
    #[must_use]
    pub fn with_replace(mut self, replace: Replace) -> Self {
        self.replace = replace;
        self
    }

    /// The same attribute, unknown until apply after these changes.
    #[must_use]
    pub fn with_on_change(mut self, on_change: OnChange) -> Self {
        self.on_change = on_change;
        self
    }

    /// The same attribute, whose value stays as it was written where this function says that the new one means the same.
    #[must_use]
    pub fn with_same_meaning(mut self, same: fn(&Value, &Value) -> bool) -> Self {
        self.same_meaning = Some(same);
        self
    }

    /// The same attribute at this place in the API's object; see [`Attribute::json`].
    #[must_use]
    pub fn with_json(mut self, names: &[&str]) -> Self {
        self.json = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// The closed sets, ranges and sizes among the checks.
    pub fn constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.validators.iter().filter_map(Validator::constraint)
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
