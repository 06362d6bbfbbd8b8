//! The provider's schema in the form of `terraform providers schema -json`, format version 1.0.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use tfplug::schema::{
    self, AttributeType, BlockNesting, FunctionSignature, Nesting, ObjectKind, Optionality, ProviderSchemas,
};

/// Grows only with changes that readers of the old form can ignore.
const FORMAT_VERSION: &str = "1.0";

/// The schema as indented JSON with a line end; `address` is the provider's full address.
pub fn schema_json(schemas: &ProviderSchemas, address: &str) -> String {
    let document = Document {
        format_version: FORMAT_VERSION,
        provider_schemas: BTreeMap::from([(address, Provider::of(schemas))]),
    };
    // Only maps with keys that are no text, and failing writers, make serialization fail.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: &'static str,
    provider_schemas: BTreeMap<&'a str, Provider<'a>>,
}

#[derive(Serialize)]
struct Provider<'a> {
    provider: Object<'a>,
    #[serde(flatten)]
    objects: Objects<'a>,
    functions: BTreeMap<&'a str, Function<'a>>,
    resource_identity_schemas: BTreeMap<&'a str, Identity<'a>>,
}

/// The objects of each kind, under the key of the kind. A kind without objects is left out.
struct Objects<'a>(&'a ProviderSchemas);

#[derive(Serialize)]
struct Object<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    block: Block<'a>,
}

#[derive(Serialize)]
struct Block<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, Attribute<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    block_types: BTreeMap<&'a str, BlockType<'a>>,
    #[serde(flatten)]
    notes: Notes<'a>,
}

#[derive(Serialize)]
struct BlockType<'a> {
    nesting_mode: &'static str,
    block: Block<'a>,
    #[serde(skip_serializing_if = "is_zero")]
    min_items: u64,
    #[serde(skip_serializing_if = "is_zero")]
    max_items: u64,
}

#[derive(Serialize)]
struct Attribute<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    plain: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nested_type: Option<NestedType<'a>>,
    #[serde(flatten)]
    notes: Notes<'a>,
    #[serde(flatten)]
    flags: BTreeMap<&'static str, bool>,
}

#[derive(Serialize)]
struct NestedType<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, Attribute<'a>>,
    nesting_mode: &'static str,
}

/// What is said about an attribute or block.
#[derive(Serialize)]
struct Notes<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    description_kind: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deprecated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_message: Option<&'a str>,
}

#[derive(Serialize)]
struct Function<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_message: Option<&'a str>,
    return_type: Json,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variadic_parameter: Option<Parameter<'a>>,
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_nullable: bool,
    #[serde(rename = "type")]
    ty: Json,
}

#[derive(Serialize)]
struct Identity<'a> {
    version: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, IdentityAttribute<'a>>,
}

#[derive(Serialize)]
struct IdentityAttribute<'a> {
    #[serde(rename = "type")]
    ty: Json,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required_for_import: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional_for_import: bool,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn by_name<'a, T, U>(map: &'a BTreeMap<String, T>, of: impl Fn(&'a T) -> U) -> BTreeMap<&'a str, U> {
    map.iter()
        .map(|(name, value)| (name.as_str(), of(value)))
        .collect()
}

impl<'a> Provider<'a> {
    fn of(schemas: &'a ProviderSchemas) -> Self {
        Self {
            provider: Object::of(&schemas.provider),
            objects: Objects(schemas),
            functions: by_name(&schemas.functions, |signature| Function::of(signature)),
            resource_identity_schemas: by_name(&schemas.identities, Identity::of),
        }
    }
}

impl Serialize for Objects<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of_kind = |kind: ObjectKind| {
            let version = |schema: &schema::Schema| kind.has_version().then_some(schema.version);
            by_name(self.0.of(kind), |schema| Object {
                version: version(schema),
                block: Block::of(schema),
            })
        };
        let served = ObjectKind::ALL
            .into_iter()
            .filter(|kind| !self.0.of(*kind).is_empty());
        serializer.collect_map(served.map(|kind| (kind.json_key(), of_kind(kind))))
    }
}

impl<'a> Object<'a> {
    fn of(schema: &'a schema::Schema) -> Self {
        Self {
            version: Some(schema.version),
            block: Block::of(schema),
        }
    }
}

impl<'a> Block<'a> {
    fn of(schema: &'a schema::Schema) -> Self {
        let blocks = schema.blocks.iter();
        Self {
            attributes: attributes(&schema.attributes),
            block_types: blocks.map(|b| (b.name.as_str(), BlockType::of(b))).collect(),
            notes: Notes::of(&schema.description, schema.deprecated.as_deref()),
        }
    }
}

impl<'a> BlockType<'a> {
    fn of(block: &'a schema::Block) -> Self {
        Self {
            nesting_mode: match block.nesting {
                BlockNesting::Single => "single",
                BlockNesting::Group => "group",
                BlockNesting::List => "list",
                BlockNesting::Set => "set",
                BlockNesting::Map => "map",
            },
            block: Block::of(&block.content),
            min_items: block.min_items,
            max_items: block.max_items,
        }
    }
}

fn attributes(list: &[schema::Attribute]) -> BTreeMap<&str, Attribute<'_>> {
    list.iter().map(|a| (a.name.as_str(), Attribute::of(a))).collect()
}

impl<'a> Attribute<'a> {
    fn of(attribute: &'a schema::Attribute) -> Self {
        let (plain, nested_type) = match &attribute.ty {
            AttributeType::Plain(ty) => (Some(ty.to_json()), None),
            AttributeType::Nested(nesting, inner) => (None, Some(NestedType::of(*nesting, inner))),
        };
        let given_by = attribute.optionality;
        let optional = matches!(given_by, Optionality::Optional | Optionality::OptionalComputed);
        let flags = [
            ("required", given_by == Optionality::Required),
            ("optional", optional),
            ("computed", given_by.is_computed()),
            ("sensitive", attribute.sensitive),
            ("write_only", attribute.write_only),
        ];
        Self {
            plain,
            nested_type,
            notes: Notes::of(&attribute.description, attribute.deprecated.as_deref()),
            flags: flags.into_iter().filter(|(_, set)| *set).collect(),
        }
    }
}

impl<'a> NestedType<'a> {
    fn of(nesting: Nesting, inner: &'a [schema::Attribute]) -> Self {
        Self {
            attributes: attributes(inner),
            nesting_mode: match nesting {
                Nesting::Single => "single",
                Nesting::List => "list",
                Nesting::Set => "set",
                Nesting::Map => "map",
            },
        }
    }
}

impl<'a> Notes<'a> {
    fn of(description: &'a str, deprecated: Option<&'a str>) -> Self {
        Self {
            description,
            description_kind: "markdown",
            deprecated: deprecated.is_some(),
            deprecation_message: deprecated,
        }
    }
}

impl<'a> Function<'a> {
    fn of(signature: &'a FunctionSignature) -> Self {
        Self {
            description: &signature.description,
            summary: &signature.summary,
            deprecation_message: signature.deprecated.as_deref(),
            return_type: signature.returns.to_json(),
            parameters: signature.parameters.iter().map(Parameter::of).collect(),
            variadic_parameter: signature.variadic.as_ref().map(Parameter::of),
        }
    }
}

impl<'a> Parameter<'a> {
    fn of(parameter: &'a schema::Parameter) -> Self {
        Self {
            name: &parameter.name,
            description: &parameter.description,
            is_nullable: parameter.allow_null,
            ty: parameter.ty.to_json(),
        }
    }
}

impl<'a> Identity<'a> {
    fn of(schema: &'a schema::IdentitySchema) -> Self {
        let attribute = |a: &'a schema::IdentityAttribute| IdentityAttribute {
            ty: a.ty.to_json(),
            description: &a.description,
            required_for_import: a.required_for_import,
            optional_for_import: !a.required_for_import,
        };
        Self {
            version: schema.version,
            attributes: schema
                .attributes
                .iter()
                .map(|a| (a.name.as_str(), attribute(a)))
                .collect(),
        }
    }
}
