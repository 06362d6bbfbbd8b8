//! Data sources and functions, which are both functions in Pulumi.

use std::collections::BTreeMap;

use tfplug::schema::{Attribute, FunctionSignature, Parameter, ProviderSchemas, Schema};

use tfplug::ty::Type;

use super::block::Side;
use super::docs::Words;
use super::info::PackageInfo;
use super::members::members;
use super::spec::{Function, Object, Property, Returns, TypeRef};
use super::types::Types;
use super::{SchemaError, Tokens};
use crate::names::{self, Place};

/// All functions by token.
pub(super) fn all(
    schemas: &ProviderSchemas,
    info: &PackageInfo,
    words: &Words,
    types: &mut Types<'_>,
) -> Result<BTreeMap<String, Function>, SchemaError> {
    let mut made = Tokens::default();
    for (type_name, schema) in &schemas.data_sources {
        let mut function = data_source(&info.name, type_name, schema, types)?;
        function.description = words.with_examples(&schema.description, schemas, info, type_name)?;
        made.add(
            names::data_source_token(&info.name, type_name),
            type_name,
            function,
        )?;
    }
    for (name, signature) in &schemas.functions {
        let mut function = of_signature(name, signature, info, types)?;
        function.description = words.with_examples(&signature.description, schemas, info, name)?;
        made.add(names::function_token(&info.name, name), name, function)?;
    }
    Ok(made.values)
}

fn data_source(
    package: &str,
    type_name: &str,
    schema: &Schema,
    types: &mut Types<'_>,
) -> Result<Function, SchemaError> {
    let owner = names::type_part_of(&format!("get_{}", names::resource_name(package, type_name)));
    let attributes = members(schema);
    let inputs = types.block(&owner, Place::Object, &attributes, Side::Input)?;
    let outputs = types.block(&owner, Place::Object, &attributes, Side::Output)?;
    Ok(Function {
        description: String::new(),
        inputs: (!inputs.properties.is_empty()).then_some(inputs),
        multi_argument_inputs: Vec::new(),
        outputs: Returns::Object(outputs),
        deprecation_message: types
            .words()
            .translate(schema.deprecated.as_deref().unwrap_or_default()),
    })
}

fn of_signature(
    name: &str,
    signature: &FunctionSignature,
    info: &PackageInfo,
    types: &mut Types<'_>,
) -> Result<Function, SchemaError> {
    let mut inputs = Object::default();
    let mut order = Vec::new();
    for parameter in &signature.parameters {
        let property = names::property_in(Place::Object, &parameter.name);
        inputs.properties.insert(
            property.clone(),
            self::parameter(name, parameter, false, info, types)?,
        );
        if !parameter.allow_null {
            inputs.required.insert(property.clone());
        }
        order.push(property);
    }
    if let Some(last) = &signature.variadic {
        let property = names::property_in(Place::Object, &last.name);
        inputs
            .properties
            .insert(property.clone(), self::parameter(name, last, true, info, types)?);
        order.push(property);
    }
    let here = names::type_part_of(name) + "Result";
    let deprecated = signature.deprecated.as_deref().unwrap_or_default();
    Ok(Function {
        description: String::new(),
        inputs: (!inputs.properties.is_empty()).then_some(inputs),
        multi_argument_inputs: if is_positional(name, signature, info) {
            order
        } else {
            Vec::new()
        },
        outputs: types.returned(&here, signature)?,
        deprecation_message: types.words().translate(deprecated),
    })
}

/// Whether programs pass the arguments of a function one by one, as Terraform's do, rather than in one object. Where an
/// argument is an object, it must be one object: Pulumi's generator for Node.js (3.276) takes such an argument for the type that it
/// has as an output, which there may be none of.
pub(super) fn is_positional(name: &str, signature: &FunctionSignature, info: &PackageInfo) -> bool {
    let mut parameters = signature.parameters.iter().chain(&signature.variadic);
    parameters
        .all(|parameter| info.parameter(name, &parameter.name).is_none() && !holds_object(&parameter.ty))
}

fn holds_object(ty: &Type) -> bool {
    match ty {
        Type::Object(_) => true,
        Type::List(element) | Type::Set(element) | Type::Map(element) => holds_object(element),
        Type::Tuple(elements) => elements.iter().any(holds_object),
        Type::Bool | Type::Number | Type::String | Type::Dynamic => false,
    }
}

/// A parameter as a property. One for any number of arguments is a list at the end, which may be left out.
fn parameter(
    function: &str,
    parameter: &Parameter,
    is_variadic: bool,
    info: &PackageInfo,
    types: &mut Types<'_>,
) -> Result<Property, SchemaError> {
    let ty = match info.parameter(function, &parameter.name) {
        Some(ty) => {
            let real = Attribute::new(&parameter.name, ty.clone());
            types.of_attribute(&names::type_part_of(function), &real)?
        }
        None => {
            let here = names::type_part_of(&format!("{function}_{}", parameter.name));
            let one = types.plain(&here, &parameter.ty, &TypeRef::Number)?;
            if is_variadic {
                TypeRef::Array(one.into())
            } else {
                one
            }
        }
    };
    Ok(Property {
        description: types.words().translate(&parameter.description),
        ..Property::of(ty)
    })
}
