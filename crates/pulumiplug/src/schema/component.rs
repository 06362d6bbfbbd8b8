//! Components in the package schema.

use tfplug::schema::{ProviderSchemas, Schema};

use super::SchemaError;
use super::block::Side;
use super::docs::Words;
use super::info::PackageInfo;
use super::members::members;
use super::spec::Resource;
use super::types::Types;
use crate::component::ComponentSchema;
use crate::names::{self, Place};

/// The schemas with each component as if it were a resource: documentation and examples do not tell them apart.
pub(super) fn with_components(schemas: &ProviderSchemas, info: &PackageInfo) -> ProviderSchemas {
    let mut all = schemas.clone();
    for component in &info.components {
        let mut attributes = component.inputs.attributes.clone();
        for output in &component.outputs.attributes {
            if !attributes.iter().any(|input| input.name == output.name) {
                attributes.push(output.clone());
            }
        }
        let schema = Schema::new(component.inputs.description.clone(), attributes);
        all.resources.insert(component.type_name.clone(), schema.into());
    }
    all
}

/// The resources that are no components.
pub(super) fn without_components<'s>(
    schemas: &'s ProviderSchemas,
    info: &'s PackageInfo,
) -> impl Iterator<Item = (&'s String, &'s Schema)> {
    let is_component = |name: &String| info.components.iter().any(|one| one.type_name == *name);
    let all = schemas.resources.iter().map(|(name, schema)| (name, &**schema));
    all.filter(move |(name, _)| !is_component(name))
}

/// A component as a resource of the package.
pub(super) fn component(
    declared: &ComponentSchema,
    schemas: &ProviderSchemas,
    info: &PackageInfo,
    words: &Words,
    types: &mut Types<'_>,
) -> Result<Resource, SchemaError> {
    let owner = names::resource_name(&info.name, &declared.type_name);
    let (inputs, outputs) = (members(&declared.inputs), members(&declared.outputs));
    let mut inputs = types.block(&owner, Place::Resource, &inputs, Side::Input)?;
    for plain in &declared.plain {
        let property = names::property_in(Place::Resource, plain);
        if let Some(property) = inputs.properties.get_mut(&property) {
            property.plain = true;
        }
    }
    let outputs = types.block(&owner, Place::Resource, &outputs, Side::Output)?;
    let description = &declared.inputs.description;
    Ok(Resource {
        description: words.with_examples(description, schemas, info, &declared.type_name)?,
        is_component: true,
        properties: outputs.properties,
        required: outputs.required,
        input_properties: inputs.properties,
        required_inputs: inputs.required,
        ..Resource::default()
    })
}
