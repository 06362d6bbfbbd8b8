//! The object that Terraform proposes to the provider: configuration, filled up with what was computed before.

use std::collections::BTreeMap;

use super::correlate::{could_stem_from, holds_configured};
use super::equality::{attribute, element, or_null};
use super::order::in_terraform_order;
use super::shape::Shape;
use crate::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Optionality, Schema};
use crate::value::Value;

/// What Terraform sends as the proposed new state. Configured values win; a computed attribute that configuration
/// leaves out keeps its prior value.
///
/// Both values must conform to the schema, and `prior` must be wholly known or null. For a deletion Terraform does
/// not ask this: it proposes null. Write-only values of the configuration are in the result.
pub fn proposed_new(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if prior.is_null() && config.is_null() {
        return Value::Null;
    }
    if prior.is_null() {
        return merge_content(schema, &empty_content(schema), config);
    }
    merge_content(schema, prior, config)
}

/// A block in which nothing is set.
fn empty_content(schema: &Schema) -> Value {
    let attributes = schema.attributes.iter().map(|a| (a.name.clone(), Value::Null));
    let blocks = schema.blocks.iter().map(|b| (b.name.clone(), empty_blocks(b)));
    Value::Map(attributes.chain(blocks).collect())
}

fn empty_blocks(block: &Block) -> Value {
    match block.nesting {
        BlockNesting::Single => Value::Null,
        BlockNesting::Group => empty_content(&block.content),
        BlockNesting::List => Value::List(Vec::new()),
        BlockNesting::Set => Value::Set(Vec::new()),
        BlockNesting::Map => Value::Map(BTreeMap::new()),
    }
}

fn merge_content(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if config.is_null() || !config.is_known() {
        return prior.clone();
    }
    let mut merged = merge_attributes(&schema.attributes, prior, config);
    for block in &schema.blocks {
        let blocks = merge_blocks(
            block,
            attribute(prior, &block.name),
            attribute(config, &block.name),
        );
        merged.insert(block.name.clone(), blocks);
    }
    Value::Map(merged)
}

fn merge_blocks(block: &Block, prior: &Value, config: &Value) -> Value {
    // Only a dynamic block over an unknown collection is unknown as a whole.
    if !config.is_known() {
        return config.clone();
    }
    let content = Shape::Content(&block.content);
    match block.nesting {
        BlockNesting::Single if config.is_null() => Value::Null,
        BlockNesting::Single | BlockNesting::Group => proposed_new(&block.content, prior, config),
        BlockNesting::List => merge_list(content, prior, config),
        BlockNesting::Set => merge_set(content, prior, config),
        BlockNesting::Map => merge_map(content, prior, config),
    }
}

fn merge_attributes(attributes: &[Attribute], prior: &Value, config: &Value) -> BTreeMap<String, Value> {
    let each = |a: &Attribute| {
        let merged = merge_attribute(a, attribute(prior, &a.name), attribute(config, &a.name));
        (a.name.clone(), merged)
    };
    attributes.iter().map(each).collect()
}

fn merge_attribute(declared: &Attribute, prior: &Value, config: &Value) -> Value {
    if declared.optionality.is_computed() && config.is_null() {
        // Where the prior object holds something that only configuration can have given, the user has removed it.
        let removed = declared.optionality == Optionality::OptionalComputed
            && holds_configured(Shape::of(declared), prior);
        return if removed { config.clone() } else { prior.clone() };
    }
    match &declared.ty {
        AttributeType::Nested(nesting, inner) => merge_nested(*nesting, inner, prior, config),
        AttributeType::Plain(_) => config.clone(),
    }
}

fn merge_nested(nesting: Nesting, inner: &[Attribute], prior: &Value, config: &Value) -> Value {
    if !config.is_known() || config.is_null() {
        return config.clone();
    }
    let object = Shape::Object(inner);
    match nesting {
        Nesting::Single => merge_element(object, prior, config),
        Nesting::List => merge_list(object, prior, config),
        Nesting::Set => merge_set(object, prior, config),
        Nesting::Map => merge_map(object, prior, config),
    }
}

/// Merges one element. An unknown object of nested attributes turns into an object of unknown attributes.
fn merge_element(shape: Shape<'_>, prior: &Value, config: &Value) -> Value {
    match shape {
        Shape::Content(schema) => proposed_new(schema, prior, config),
        Shape::Object(_) if config.is_null() => Value::Null,
        Shape::Object(inner) => Value::Map(merge_attributes(inner, prior, config)),
        Shape::Plain(_) | Shape::Nested(..) | Shape::Blocks(_) => config.clone(),
    }
}

/// Elements are paired by index; one without a prior counterpart is taken as it is.
fn merge_list(shape: Shape<'_>, prior: &Value, config: &Value) -> Value {
    let Value::List(configured) = config else {
        return config.clone();
    };
    let each = |(i, c): (usize, &Value)| match element(prior, i) {
        Some(p) => merge_element(shape, p, c),
        None => c.clone(),
    };
    Value::List(configured.iter().enumerate().map(each).collect())
}

fn merge_map(shape: Shape<'_>, prior: &Value, config: &Value) -> Value {
    let Value::Map(configured) = config else {
        return config.clone();
    };
    let each = |(key, c): (&String, &Value)| {
        let p = or_null(super::equality::entry(prior, key));
        (key.clone(), merge_element(shape, p, c))
    };
    Value::Map(configured.iter().map(each).collect())
}

/// Each configured element is paired with the first unused prior one that could have come from it.
fn merge_set(shape: Shape<'_>, prior: &Value, config: &Value) -> Value {
    let Value::Set(configured) = config else {
        return config.clone();
    };
    let mut unused = in_terraform_order(shape, prior.as_elements().unwrap_or_default());
    let mut merged = Vec::with_capacity(configured.len());
    for c in in_terraform_order(shape, configured) {
        let at = unused.iter().position(|p| could_stem_from(shape, p, c));
        let p = at.map(|i| unused.remove(i));
        merged.push(merge_element(shape, or_null(p), c));
    }
    Value::set(merged)
}
