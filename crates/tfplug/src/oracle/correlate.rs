//! What of a prior object came from configuration, and which configuration it may have come from.

use super::equality::{attribute, element, entry, same};
use super::shape::Shape;
use crate::schema::{Attribute, BlockNesting, Nesting, Schema};
use crate::ty::Type;
use crate::value::Value;

/// Whether a nested attribute's value holds anything that only configuration can have given. Plain attributes are
/// never looked into.
pub(super) fn holds_configured(shape: Shape<'_>, value: &Value) -> bool {
    if value.is_null() || !value.is_known() {
        return false;
    }
    match shape {
        Shape::Nested(Nesting::Single, inner) | Shape::Object(inner) => inner.iter().any(|a| {
            let v = attribute(value, &a.name);
            !v.is_null() && (!a.optionality.is_computed() || holds_configured(Shape::of(a), v))
        }),
        Shape::Nested(Nesting::List | Nesting::Set, inner) => {
            let elements = value.as_elements().unwrap_or_default();
            elements.iter().any(|v| holds_configured(Shape::Object(inner), v))
        }
        Shape::Nested(Nesting::Map, inner) => value
            .as_map()
            .is_some_and(|m| m.values().any(|v| holds_configured(Shape::Object(inner), v))),
        Shape::Plain(_) | Shape::Blocks(_) | Shape::Content(_) => false,
    }
}

/// Whether a prior element of a set could have come from a configured one: where the two differ, the attribute is
/// computed and not configured. Only what the prior element has is looked at; a set inside must be exactly equal.
pub(super) fn could_stem_from(shape: Shape<'_>, prior: &Value, config: &Value) -> bool {
    if same(prior, config) || prior.is_null() {
        return true;
    }
    if config.is_null() {
        return false;
    }
    match shape {
        Shape::Object(inner) => attributes_stem_from(inner, prior, config),
        Shape::Content(schema) => content_stems_from(schema, prior, config),
        Shape::Plain(_) | Shape::Nested(..) | Shape::Blocks(_) => false,
    }
}

fn attributes_stem_from(attributes: &[Attribute], prior: &Value, config: &Value) -> bool {
    attributes
        .iter()
        .all(|a| attribute_stems_from(a, attribute(prior, &a.name), attribute(config, &a.name)))
}

fn content_stems_from(schema: &Schema, prior: &Value, config: &Value) -> bool {
    let block_stems = |block: &crate::schema::Block| {
        let (p, c) = (attribute(prior, &block.name), attribute(config, &block.name));
        let content = Shape::Content(&block.content);
        same(p, c)
            || match block.nesting {
                BlockNesting::Set => false,
                BlockNesting::Single | BlockNesting::Group => could_stem_from(content, p, c),
                BlockNesting::List => elements_stem_from(content, p, c),
                BlockNesting::Map => entries_stem_from(content, p, c),
            }
    };
    attributes_stem_from(&schema.attributes, prior, config) && schema.blocks.iter().all(block_stems)
}

fn attribute_stems_from(declared: &Attribute, prior: &Value, config: &Value) -> bool {
    if same(prior, config) {
        return true;
    }
    match Shape::of(declared) {
        Shape::Plain(Type::Set(_)) | Shape::Nested(Nesting::Set, _) => false,
        Shape::Nested(Nesting::Single, inner) => could_stem_from(Shape::Object(inner), prior, config),
        Shape::Nested(Nesting::List, inner) => elements_stem_from(Shape::Object(inner), prior, config),
        Shape::Nested(Nesting::Map, inner) => entries_stem_from(Shape::Object(inner), prior, config),
        Shape::Plain(_) | Shape::Object(_) | Shape::Blocks(_) | Shape::Content(_) => {
            declared.optionality.is_computed() && config.is_null()
        }
    }
}

fn elements_stem_from(shape: Shape<'_>, prior: &Value, config: &Value) -> bool {
    let each = |(i, p): (usize, &Value)| element(config, i).is_some_and(|c| could_stem_from(shape, p, c));
    prior
        .as_elements()
        .unwrap_or_default()
        .iter()
        .enumerate()
        .all(each)
}

fn entries_stem_from(shape: Shape<'_>, prior: &Value, config: &Value) -> bool {
    let each = |(k, p): (&String, &Value)| entry(config, k).is_some_and(|c| could_stem_from(shape, p, c));
    prior.as_map().is_none_or(|m| m.iter().all(each))
}
