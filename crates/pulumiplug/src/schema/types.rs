//! The types of a package, once each: objects by their declared names, closed sets by where they are used.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::schema::{
    Attribute, AttributeType, Constraint, FunctionSignature, Nesting, ObjectKind, ObjectType, ProviderSchemas,
};
use tfplug::ty::Type;

use super::SchemaError;
use super::block::Side;
use super::docs::Words;
use super::info::PackageInfo;
use super::members::members;
use super::spec::{Enum, EnumValue, NamedType, Object, Property, Returns, TypeRef};
use crate::names::{self, Place};

/// What is put behind a type's name that something else has, too: SDKs name the inputs of a type and of a resource `NameArgs`,
/// and Go begins functions and types with capitals.
const NOT_THE_OTHER: &str = "Spec";

/// The types that were met so far.
pub(super) struct Types<'a> {
    package: &'a str,
    words: &'a Words,
    /// Names that resources and functions have, with a capital.
    taken: BTreeSet<String>,
    /// Named types of which users give values.
    inputs: BTreeSet<String>,
    /// Names of declared object types, by what they hold.
    declared: BTreeMap<Type, String>,
    named: BTreeMap<String, NamedType>,
}

impl<'a> Types<'a> {
    pub(super) fn of(schemas: &ProviderSchemas, info: &'a PackageInfo, words: &'a Words) -> Self {
        let resources = schemas.resources.keys();
        let resources = resources.map(|name| names::resource_name(&info.name, name));
        let functions = schemas.functions.keys().map(|name| names::type_part_of(name));
        let mut types = Self {
            package: &info.name,
            words,
            taken: resources
                .chain(functions)
                .chain(["Provider".to_owned()])
                .collect(),
            inputs: BTreeSet::new(),
            declared: BTreeMap::new(),
            named: BTreeMap::new(),
        };
        types.look_at(&members(&schemas.provider), true);
        for kind in [ObjectKind::Resource, ObjectKind::DataSource] {
            for schema in schemas.of(kind).values() {
                types.look_at(&members(schema), true);
            }
        }
        for ((_, parameter), ty) in &info.parameters {
            types.look_at(&[Attribute::new(parameter, ty.clone())], true);
        }
        types
    }

    /// Notes the declared types, and of which of them users give values.
    fn look_at(&mut self, attributes: &[Attribute], given: bool) {
        for attribute in attributes {
            let AttributeType::Nested(_, inner) = &attribute.ty else {
                continue;
            };
            let given = given && attribute.optionality.is_configurable();
            if let Some(name) = &inner.name {
                let object = AttributeType::Nested(Nesting::Single, inner.clone()).to_type();
                self.declared.entry(object).or_insert_with(|| name.clone());
                if given {
                    self.inputs.insert(name.clone());
                }
            }
            self.look_at(inner, given);
        }
    }

    pub(super) fn words(&self) -> &'a Words {
        self.words
    }

    /// All types by token.
    pub(super) fn into_named(self) -> BTreeMap<String, NamedType> {
        self.named
    }

    /// The type of an attribute of `owner`.
    pub(super) fn of_attribute(
        &mut self,
        owner: &str,
        attribute: &Attribute,
    ) -> Result<TypeRef, SchemaError> {
        let here = || format!("{owner}{}", names::type_part_of(&attribute.name));
        match &attribute.ty {
            AttributeType::Nested(nesting, inner) => {
                let object = self.nested(&here(), inner)?;
                Ok(match nesting {
                    Nesting::Single => object,
                    Nesting::List | Nesting::Set => TypeRef::Array(object.into()),
                    Nesting::Map => TypeRef::Map(object.into()),
                })
            }
            AttributeType::Plain(Type::String) => match closed_set(attribute) {
                Some(allowed) => self.define_set(&here(), allowed),
                None => Ok(TypeRef::String),
            },
            AttributeType::Plain(ty) => self.plain(&here(), ty, numbers_of(is_whole(attribute))),
        }
    }

    fn nested(&mut self, here: &str, inner: &ObjectType) -> Result<TypeRef, SchemaError> {
        let declared = inner.name.as_deref().unwrap_or(here);
        let name = self.free_name(declared);
        // Unnamed types occur once, so they have the attributes that they are declared with.
        let shared = inner.name.as_ref().is_none_or(|name| self.inputs.contains(name));
        let side = if shared { Side::Both } else { Side::Output };
        let mut object = self.block(&name, Place::Object, inner, side)?;
        object.description = self.words.translate(&inner.description);
        self.define(&name, here, NamedType::Object(object))
    }

    /// A type without rules of its own. Objects in it have the name of the declared type that holds the same, else `here`.
    /// Its numbers have the type `numbers`.
    pub(super) fn plain(&mut self, here: &str, ty: &Type, numbers: &TypeRef) -> Result<TypeRef, SchemaError> {
        Ok(match ty {
            Type::Bool => TypeRef::Boolean,
            Type::Number => numbers.clone(),
            Type::String => TypeRef::String,
            Type::Dynamic => TypeRef::Any,
            Type::List(element) | Type::Set(element) => {
                TypeRef::Array(self.plain(here, element, numbers)?.into())
            }
            Type::Map(element) => TypeRef::Map(self.plain(here, element, numbers)?.into()),
            // Pulumi's lists have elements of one type.
            Type::Tuple(_) => TypeRef::Array(TypeRef::Any.into()),
            Type::Object(attributes) => match self.declared.get(ty).cloned() {
                Some(name) => TypeRef::Named(names::type_token(self.package, &self.free_name(&name))),
                None => self.plain_object(here, attributes, numbers)?,
            },
        })
    }

    /// What a function gives. The properties of an object stand with the function: behind a reference to its type, Pulumi's
    /// YAML host (1.38) finds none.
    pub(super) fn returned(
        &mut self,
        here: &str,
        signature: &FunctionSignature,
    ) -> Result<Returns, SchemaError> {
        let value = self.plain(here, &signature.returns, numbers_of(signature.whole_numbers))?;
        let object = match &value {
            TypeRef::Named(token) => self.named.get(token),
            _ => None,
        };
        Ok(match object {
            Some(NamedType::Object(object)) => Returns::Object(object.clone()),
            _ => Returns::Value(value),
        })
    }

    fn plain_object(
        &mut self,
        here: &str,
        attributes: &BTreeMap<String, Type>,
        numbers: &TypeRef,
    ) -> Result<TypeRef, SchemaError> {
        let name = self.free_name(here);
        let mut object = Object::default();
        for (attribute, ty) in attributes {
            let inner = format!("{name}{}", names::type_part_of(attribute));
            let property = Property::of(self.plain(&inner, ty, numbers)?);
            let name = names::property_in(Place::Object, attribute);
            // A value of such a type has all of them, be they null.
            object.required.insert(name.clone());
            object.properties.insert(name, property);
        }
        self.define(&name, here, NamedType::Object(object))
    }

    fn define_set(&mut self, here: &str, allowed: &[String]) -> Result<TypeRef, SchemaError> {
        let value = |value: &String| EnumValue { value: value.clone() };
        let set = Enum {
            description: String::new(),
            kind: "string",
            values: allowed.iter().map(value).collect(),
        };
        let name = self.free_name(here);
        self.define(&name, here, NamedType::Enum(set))
    }

    fn define(&mut self, name: &str, place: &str, ty: NamedType) -> Result<TypeRef, SchemaError> {
        let token = names::type_token(self.package, name);
        let before = self.named.entry(token.clone()).or_insert_with(|| ty.clone());
        if *before == ty {
            return Ok(TypeRef::Named(token));
        }
        Err(SchemaError::TwoShapes {
            name: name.to_owned(),
            place: place.to_owned(),
        })
    }

    fn free_name(&self, name: &str) -> String {
        if self.taken.contains(name) {
            format!("{name}{NOT_THE_OTHER}")
        } else {
            name.to_owned()
        }
    }
}

fn closed_set(attribute: &Attribute) -> Option<&[String]> {
    attribute.constraints().find_map(|constraint| match constraint {
        Constraint::OneOf(allowed) => Some(allowed.as_slice()),
        _ => None,
    })
}

/// The type of numbers that are whole, or may be others.
fn numbers_of(whole: bool) -> &'static TypeRef {
    if whole {
        &TypeRef::Integer
    } else {
        &TypeRef::Number
    }
}

fn is_whole(attribute: &Attribute) -> bool {
    let mut constraints = attribute.constraints();
    attribute.whole_numbers || constraints.any(|constraint| matches!(constraint, Constraint::Between { .. }))
}
