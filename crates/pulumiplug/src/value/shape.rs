//! What a schema says of one place, attributes and blocks alike.

use tfplug::schema::{Attribute, AttributeType, Block, BlockNesting, Schema};
use tfplug::ty::Type;
pub(crate) use tfplug::unstable::engine::Repeat;

/// The attributes and blocks of an object.
#[derive(Clone, Copy)]
pub(crate) struct Content<'s> {
    attributes: &'s [Attribute],
    blocks: &'s [Block],
}

/// What a place holds.
#[derive(Clone, Copy)]
pub(crate) enum Shape<'s> {
    Plain(&'s Type),
    Nested(Repeat, Content<'s>),
}

/// One attribute or block.
#[derive(Clone, Copy)]
pub(crate) struct Field<'s> {
    pub(crate) name: &'s str,
    pub(crate) shape: Shape<'s>,
    /// None for a block.
    pub(crate) attribute: Option<&'s Attribute>,
    /// The content of a block that is always there.
    pub(crate) group: Option<&'s Schema>,
}

impl<'s> Content<'s> {
    pub(crate) fn of(schema: &'s Schema) -> Self {
        Self {
            attributes: &schema.attributes,
            blocks: &schema.blocks,
        }
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = Field<'s>> {
        let attributes = self.attributes.iter().map(|attribute| Field {
            name: &attribute.name,
            shape: Shape::of(attribute),
            attribute: Some(attribute),
            group: None,
        });
        let blocks = self.blocks.iter().map(|block| Field {
            name: &block.name,
            shape: Shape::Nested(block.nesting.into(), Content::of(&block.content)),
            attribute: None,
            group: (block.nesting == BlockNesting::Group).then_some(&block.content),
        });
        attributes.chain(blocks)
    }
}

impl<'s> Shape<'s> {
    pub(crate) fn of(attribute: &'s Attribute) -> Self {
        Self::of_type(&attribute.ty)
    }

    pub(crate) fn of_type(ty: &'s AttributeType) -> Self {
        match ty {
            AttributeType::Plain(ty) => Self::Plain(ty),
            AttributeType::Nested(nesting, inner) => Self::Nested(
                (*nesting).into(),
                Content {
                    attributes: &inner.attributes,
                    blocks: &[],
                },
            ),
        }
    }
}

impl Field<'_> {
    /// Whether only the provider gives the value.
    pub(crate) fn is_output(&self) -> bool {
        self.attribute
            .is_some_and(|attribute| !attribute.optionality.is_configurable())
    }

    /// Whether the value is hidden wherever it stands.
    pub(crate) fn is_secret(&self) -> bool {
        self.attribute
            .is_some_and(|attribute| attribute.sensitive || attribute.write_only)
    }
}
