//! What the provider has to offer, in protobuf.

use std::sync::Arc;

use super::{Shared, pb};
use crate::diag::Diagnostics;
use crate::schema::{
    Attribute, AttributeType, Block, BlockNesting, FunctionSignature, IdentitySchema, Nesting, ObjectKind,
    Optionality, Parameter, Schema,
};
use crate::ty::Type;

const MARKDOWN: i32 = pb::StringKind::Markdown as i32;

pub(super) async fn metadata(shared: Arc<Shared>, (): ()) -> Result<pb::get_metadata::Response, Diagnostics> {
    use pb::get_metadata::{
        ActionMetadata, DataSourceMetadata, EphemeralMetadata, FunctionMetadata, ListResourceMetadata,
        ResourceMetadata,
    };
    let schemas = shared.provider.schemas();
    let function = |name: &String| FunctionMetadata { name: name.clone() };
    let mut answer = pb::get_metadata::Response {
        server_capabilities: Some(capabilities()),
        functions: schemas.functions.keys().map(function).collect(),
        ..Default::default()
    };
    for kind in ObjectKind::ALL {
        for type_name in schemas.of(kind).keys().cloned() {
            match kind {
                ObjectKind::Resource => answer.resources.push(ResourceMetadata { type_name }),
                ObjectKind::DataSource => answer.data_sources.push(DataSourceMetadata { type_name }),
                ObjectKind::EphemeralResource => {
                    answer.ephemeral_resources.push(EphemeralMetadata { type_name })
                }
                ObjectKind::ListResource => answer.list_resources.push(ListResourceMetadata { type_name }),
                ObjectKind::Action => answer.actions.push(ActionMetadata { type_name }),
            }
        }
    }
    Ok(answer)
}

pub(super) async fn provider(
    shared: Arc<Shared>,
    (): (),
) -> Result<pb::get_provider_schema::Response, Diagnostics> {
    let schemas = shared.provider.schemas();
    let functions = schemas.functions.iter();
    let mut answer = pb::get_provider_schema::Response {
        provider: Some(schema(&schemas.provider)),
        functions: functions.map(|(n, f)| (n.clone(), function(f))).collect(),
        server_capabilities: Some(capabilities()),
        ..Default::default()
    };
    for kind in ObjectKind::ALL {
        let of_kind = schemas.of(kind).iter().map(|(n, s)| (n.clone(), schema(s)));
        match kind {
            ObjectKind::Resource => answer.resource_schemas = of_kind.collect(),
            ObjectKind::DataSource => answer.data_source_schemas = of_kind.collect(),
            ObjectKind::EphemeralResource => answer.ephemeral_resource_schemas = of_kind.collect(),
            ObjectKind::ListResource => answer.list_resource_schemas = of_kind.collect(),
            ObjectKind::Action => answer.action_schemas = of_kind.map(|(n, s)| (n, action(s))).collect(),
        }
    }
    Ok(answer)
}

fn action(schema: pb::Schema) -> pb::ActionSchema {
    pb::ActionSchema { schema: Some(schema) }
}

pub(super) async fn identities(
    shared: Arc<Shared>,
    (): (),
) -> Result<pb::get_resource_identity_schemas::Response, Diagnostics> {
    let schemas = shared.provider.schemas();
    Ok(pb::get_resource_identity_schemas::Response {
        identity_schemas: schemas
            .identities
            .iter()
            .map(|(n, s)| (n.clone(), identity(s)))
            .collect(),
        ..Default::default()
    })
}

pub(super) async fn functions(
    shared: Arc<Shared>,
    (): (),
) -> Result<pb::get_functions::Response, Diagnostics> {
    let functions = &shared.provider.schemas().functions;
    Ok(pb::get_functions::Response {
        functions: functions.iter().map(|(n, f)| (n.clone(), function(f))).collect(),
        ..Default::default()
    })
}

fn capabilities() -> pb::ServerCapabilities {
    pb::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: false,
    }
}

fn schema(schema: &Schema) -> pb::Schema {
    pb::Schema {
        version: schema.version,
        block: Some(content(schema)),
    }
}

fn content(schema: &Schema) -> pb::schema::Block {
    pb::schema::Block {
        version: schema.version,
        attributes: schema.attributes.iter().map(attribute).collect(),
        block_types: schema.blocks.iter().map(block).collect(),
        description: schema.description.clone(),
        description_kind: MARKDOWN,
        deprecated: schema.deprecated.is_some(),
        deprecation_message: schema.deprecated.clone().unwrap_or_default(),
        computed: false,
    }
}

/// A type where the protocol wants it: as JSON in bytes.
fn json(ty: &Type) -> Vec<u8> {
    ty.to_json().to_string().into_bytes()
}

fn attribute(attribute: &Attribute) -> pb::schema::Attribute {
    // Never both: Terraform refuses the whole provider.
    let (ty, nested_type) = match &attribute.ty {
        AttributeType::Plain(ty) => (json(ty), None),
        AttributeType::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    pb::schema::Attribute {
        name: attribute.name.clone(),
        r#type: ty,
        nested_type,
        description: attribute.description.clone(),
        description_kind: MARKDOWN,
        required: attribute.optionality == Optionality::Required,
        optional: matches!(
            attribute.optionality,
            Optionality::Optional | Optionality::OptionalComputed
        ),
        computed: attribute.optionality.is_computed(),
        sensitive: attribute.sensitive,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
        write_only: attribute.write_only,
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> pb::schema::Object {
    use pb::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    pb::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..Default::default()
    }
}

fn block(block: &Block) -> pb::schema::NestedBlock {
    use pb::schema::nested_block::NestingMode;
    let nesting = match block.nesting {
        BlockNesting::Single => NestingMode::Single,
        BlockNesting::Group => NestingMode::Group,
        BlockNesting::List => NestingMode::List,
        BlockNesting::Set => NestingMode::Set,
        BlockNesting::Map => NestingMode::Map,
    };
    pb::schema::NestedBlock {
        type_name: block.name.clone(),
        block: Some(content(&block.content)),
        nesting: nesting.into(),
        min_items: i64::try_from(block.min_items).unwrap_or(i64::MAX),
        max_items: i64::try_from(block.max_items).unwrap_or(i64::MAX),
    }
}

fn identity(schema: &IdentitySchema) -> pb::ResourceIdentitySchema {
    let attributes = schema
        .attributes
        .iter()
        .map(|a| pb::resource_identity_schema::IdentityAttribute {
            name: a.name.clone(),
            r#type: json(&a.ty),
            // Exactly one of the two: Terraform refuses a schema with neither.
            required_for_import: a.required_for_import,
            optional_for_import: !a.required_for_import,
            description: a.description.clone(),
        });
    pb::ResourceIdentitySchema {
        version: schema.version,
        identity_attributes: attributes.collect(),
    }
}

fn function(signature: &FunctionSignature) -> pb::Function {
    pb::Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(pb::function::Return {
            r#type: json(&signature.returns),
        }),
        summary: signature.summary.clone(),
        description: signature.description.clone(),
        description_kind: MARKDOWN,
        deprecation_message: signature.deprecated.clone().unwrap_or_default(),
    }
}

fn parameter(parameter: &Parameter) -> pb::function::Parameter {
    pb::function::Parameter {
        name: parameter.name.clone(),
        r#type: json(&parameter.ty),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description: parameter.description.clone(),
        description_kind: MARKDOWN,
    }
}
