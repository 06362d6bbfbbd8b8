//! Which changes need a new object.

use super::walk::{Content, Repeat, configured, nested};
use crate::path::Path;
use crate::schema::{Attribute, Block, BlockNesting, Replace, Schema};
use crate::value::Value;

/// The attributes whose planned change cannot be made in place, sorted. None when there is no prior object.
pub fn replace_paths(schema: &Schema, prior: &Value, planned: &Value, config: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    if !prior.is_null() {
        object(
            Content::of(schema),
            [prior, planned, config],
            &Path::root(),
            &mut found,
        );
    }
    found.sort();
    found.dedup();
    found
}

/// A prior, a planned and a configured value of the same place.
type Triple<'v> = [&'v Value; 3];

fn object(content: Content<'_>, values: Triple<'_>, path: &Path, found: &mut Vec<Path>) {
    if !values[1].is_known() {
        return unknown(content, path, found);
    }
    for attribute in content.attributes {
        let at = path.attribute(&attribute.name);
        one(attribute, fields(values, &attribute.name), &at, found);
    }
    for block in content.blocks {
        let inner = Content::of(&block.content);
        let at = path.attribute(&block.name);
        elements(
            block.nesting.into(),
            inner,
            fields(values, &block.name),
            &at,
            found,
        );
    }
}

fn fields<'v>(values: Triple<'v>, name: &str) -> Triple<'v> {
    let [prior, planned, config] = values;
    [prior.get(name), planned.get(name), configured(config, name)]
}

fn one(attribute: &Attribute, values: Triple<'_>, path: &Path, found: &mut Vec<Path>) {
    let [prior, planned, config] = values;
    if prior == planned {
        return;
    }
    let needed = match attribute.replace {
        Replace::Never => false,
        Replace::Always => true,
        Replace::IfConfigured => !config.is_null(),
    };
    if needed {
        found.push(path.clone());
    } else if let Some((repeat, inner)) = nested(attribute) {
        elements(repeat, inner, values, path, found);
    }
}

/// Looks into elements that both objects have. An element that only one of them has is a change of the collection,
/// which has a rule of its own.
fn elements(repeat: Repeat, inner: Content<'_>, values: Triple<'_>, path: &Path, found: &mut Vec<Path>) {
    let [prior, planned, config] = values;
    match (repeat, prior, planned) {
        (Repeat::One, Value::Map(_), Value::Map(_)) => object(inner, values, path, found),
        (Repeat::List, Value::List(before), Value::List(after)) => {
            for (i, (b, a)) in before.iter().zip(after).enumerate() {
                let c = config
                    .as_elements()
                    .and_then(|c| c.get(i))
                    .unwrap_or(&Value::Null);
                object(inner, [b, a, c], &path.index(i), found);
            }
        }
        (Repeat::Map, Value::Map(before), Value::Map(after)) => {
            for (key, a) in after {
                if let Some(b) = before.get(key) {
                    object(inner, [b, a, config.get(key)], &path.key(key), found);
                }
            }
        }
        (Repeat::One | Repeat::List | Repeat::Map, before, after)
            if !before.is_null() && !after.is_known() =>
        {
            unknown(inner, path, found)
        }
        _ => {}
    }
}

/// What is unknown as a whole may turn out to have changed where a change needs a new object. The second plan of
/// an apply may not ask for more than the first, so the first has to.
fn unknown(content: Content<'_>, path: &Path, found: &mut Vec<Path>) {
    if may_replace(content) {
        found.push(path.clone());
    }
}

fn may_replace(content: Content<'_>) -> bool {
    let attribute = |a: &Attribute| {
        a.replace != Replace::Never
            || nested(a).is_some_and(|(repeat, inner)| repeat != Repeat::Set && may_replace(inner))
    };
    let block = |b: &Block| b.nesting != BlockNesting::Set && may_replace(Content::of(&b.content));
    content.attributes.iter().any(attribute) || content.blocks.iter().any(block)
}
