//! What an object holds, attributes and blocks alike.

use tfplug::schema::{
    Attribute, AttributeType, Block, BlockNesting, Nesting, ObjectType, Optionality, Schema,
};

/// The attributes of a schema, and its blocks as attributes: Pulumi has no blocks.
pub(super) fn members(schema: &Schema) -> Vec<Attribute> {
    let blocks = schema.blocks.iter().map(member);
    schema.attributes.iter().cloned().chain(blocks).collect()
}

fn member(block: &Block) -> Attribute {
    let nesting = match block.nesting {
        BlockNesting::Single | BlockNesting::Group => Nesting::Single,
        BlockNesting::List => Nesting::List,
        BlockNesting::Set => Nesting::Set,
        BlockNesting::Map => Nesting::Map,
    };
    let optionality = if block.min_items > 0 {
        Optionality::Required
    } else {
        Optionality::Optional
    };
    let inner = ObjectType::from(members(&block.content)).with_description(&block.content.description);
    let member = Attribute::new(&block.name, AttributeType::Nested(nesting, inner))
        .with(optionality)
        .with_description(&block.content.description);
    match &block.content.deprecated {
        Some(instead) => member.with_deprecated(instead),
        None => member,
    }
}
