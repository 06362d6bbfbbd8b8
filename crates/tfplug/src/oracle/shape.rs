//! What may stand at a place: one view of schemas and plain types, so that each walk is written once.

use crate::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Schema};
use crate::ty::Type;

/// What may stand at a place.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    /// A value of a type.
    Plain(&'a Type),
    /// Nested attributes, with their repetition.
    Nested(Nesting, &'a [Attribute]),
    /// One object of nested attributes.
    Object(&'a [Attribute]),
    /// Nested blocks, with their repetition.
    Blocks(&'a Block),
    /// One block, or the whole object.
    Content(&'a Schema),
}

/// What a shape is made of.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// Any type.
    Dynamic,
    /// A list of these.
    List(Shape<'a>),
    /// A set of these.
    Set(Shape<'a>),
    /// A map of these.
    Map(Shape<'a>),
    /// One of each.
    Tuple(&'a [Type]),
    /// Named fields, see [`Shape::fields`].
    Object,
}

impl<'a> Shape<'a> {
    /// What may stand at an attribute.
    pub(super) fn of(attribute: &'a Attribute) -> Self {
        match &attribute.ty {
            AttributeType::Plain(ty) => Shape::Plain(ty),
            AttributeType::Nested(nesting, inner) => Shape::Nested(*nesting, inner),
        }
    }

    /// What the shape is made of.
    pub(super) fn kind(self) -> Kind<'a> {
        match self {
            Shape::Plain(ty) => Kind::of_type(ty),
            Shape::Object(_) | Shape::Content(_) => Kind::Object,
            Shape::Nested(nesting, inner) => match nesting {
                Nesting::Single => Kind::Object,
                Nesting::List => Kind::List(Shape::Object(inner)),
                Nesting::Set => Kind::Set(Shape::Object(inner)),
                Nesting::Map => Kind::Map(Shape::Object(inner)),
            },
            Shape::Blocks(block) => match block.nesting {
                BlockNesting::Single | BlockNesting::Group => Kind::Object,
                BlockNesting::List => Kind::List(Shape::Content(&block.content)),
                BlockNesting::Set => Kind::Set(Shape::Content(&block.content)),
                BlockNesting::Map => Kind::Map(Shape::Content(&block.content)),
            },
        }
    }

    /// Whether any type may stand here.
    pub(super) fn is_dynamic(self) -> bool {
        matches!(self, Shape::Plain(Type::Dynamic))
    }

    /// The fields of an object, in order; none of anything else.
    pub(super) fn fields(self) -> Vec<(&'a str, Shape<'a>)> {
        match self {
            Shape::Plain(Type::Object(fields)) => fields
                .iter()
                .map(|(n, t)| (n.as_str(), Shape::Plain(t)))
                .collect(),
            Shape::Object(inner) | Shape::Nested(Nesting::Single, inner) => attribute_fields(inner).collect(),
            Shape::Content(content) => content_fields(content),
            Shape::Blocks(block) if matches!(block.nesting, BlockNesting::Single | BlockNesting::Group) => {
                content_fields(&block.content)
            }
            Shape::Plain(_) | Shape::Nested(..) | Shape::Blocks(_) => Vec::new(),
        }
    }
}

fn attribute_fields(attributes: &[Attribute]) -> impl Iterator<Item = (&str, Shape<'_>)> {
    attributes.iter().map(|a| (a.name.as_str(), Shape::of(a)))
}

fn content_fields(content: &Schema) -> Vec<(&str, Shape<'_>)> {
    let blocks = content.blocks.iter().map(|b| (b.name.as_str(), Shape::Blocks(b)));
    attribute_fields(&content.attributes).chain(blocks).collect()
}

impl<'a> Kind<'a> {
    fn of_type(ty: &'a Type) -> Self {
        match ty {
            Type::Bool => Kind::Bool,
            Type::Number => Kind::Number,
            Type::String => Kind::String,
            Type::Dynamic => Kind::Dynamic,
            Type::List(element) => Kind::List(Shape::Plain(element)),
            Type::Set(element) => Kind::Set(Shape::Plain(element)),
            Type::Map(element) => Kind::Map(Shape::Plain(element)),
            Type::Tuple(elements) => Kind::Tuple(elements),
            Type::Object(_) => Kind::Object,
        }
    }

    /// The kind in a user's words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Bool => "a bool",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Dynamic => "a value together with its type",
            Kind::List(_) => "a list",
            Kind::Set(_) => "a set",
            Kind::Map(_) => "a map",
            Kind::Tuple(_) => "a tuple",
            Kind::Object => "an object",
        }
    }
}
