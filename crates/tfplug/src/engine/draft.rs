//! The planned object as far as the schema alone tells.

use std::collections::BTreeMap;

use super::pairing::pair;
use super::walk::{Content, Repeat, at, map_objects, nested};
use crate::schema::{Attribute, OnChange, Schema};
use crate::value::Value;

/// The planned object for a configuration (not null) over a prior object (null to create).
///
/// What is configured is planned as configured, or as it was where both writings mean the same. What is not takes
/// its default, or, if the provider gives it, its prior value until something it depends on changes. If nothing
/// changes, the prior object itself is the plan.
pub fn draft(schema: &Schema, prior: &Value, config: &Value) -> Value {
    let content = Content::of(schema);
    let kept = fill_object(content, config, prior);
    if prior.is_null() || kept == *prior {
        return kept;
    }
    forget_dependents(content, &kept, prior, config)
}

/// The object with every computed value kept from the prior object, unknown where there is none.
fn fill_object(content: Content<'_>, config: &Value, prior: &Value) -> Value {
    let Value::Map(object) = config else {
        return config.clone();
    };
    let mut filled = BTreeMap::new();
    for attribute in content.attributes {
        let configured = object.get(&attribute.name).unwrap_or(&Value::Null);
        let value = fill_attribute(attribute, configured, prior, &attribute.name);
        filled.insert(attribute.name.clone(), value);
    }
    for block in content.blocks {
        let configured = object.get(&block.name).unwrap_or(&Value::Null);
        let inner = Content::of(&block.content);
        let value = fill_repeated(block.nesting.into(), inner, configured, prior.get(&block.name));
        filled.insert(block.name.clone(), value);
    }
    Value::Map(filled)
}

fn fill_attribute(attribute: &Attribute, config: &Value, prior_object: &Value, name: &str) -> Value {
    let prior = prior_object.get(name);
    if attribute.write_only {
        return Value::Null;
    }
    if matches!(config, Value::Null) {
        return match &attribute.default {
            Some(default) => default.get(),
            None if !attribute.optionality.is_computed() => Value::Null,
            None if prior_object.is_null() => Value::unknown(),
            None => prior.clone(),
        };
    }
    let planned = match nested(attribute) {
        Some((repeat, inner)) => fill_repeated(repeat, inner, config, prior),
        None => config.clone(),
    };
    keep_writing(attribute, planned, prior)
}

/// The prior writing, if it means the same as the new one.
fn keep_writing(attribute: &Attribute, planned: Value, prior: &Value) -> Value {
    let comparable = planned.is_wholly_known() && !prior.is_null() && planned != *prior;
    match attribute.same_meaning {
        Some(same) if comparable && same(&planned, prior) => prior.clone(),
        _ => planned,
    }
}

fn fill_repeated(repeat: Repeat, inner: Content<'_>, config: &Value, prior: &Value) -> Value {
    match (repeat, config) {
        (Repeat::Set, Value::Set(elements)) => fill_set(inner, elements, prior),
        (Repeat::List | Repeat::Map, _) => {
            map_objects(repeat, config, [prior], &mut |element, [before]| match element {
                Value::Unknown(_) => unknown_element(inner, element),
                known => fill_object(inner, known, before),
            })
        }
        _ => map_objects(repeat, config, [prior], &mut |object, [before]| {
            fill_object(inner, object, before)
        }),
    }
}

/// An unknown element. Terraform takes all in it as unknown, and refuses that of what is write-only.
fn unknown_element(inner: Content<'_>, element: &Value) -> Value {
    if !inner.attributes.iter().any(|a| a.write_only) {
        return element.clone();
    }
    let field = |a: &Attribute| {
        (
            a.name.clone(),
            if a.write_only {
                Value::Null
            } else {
                Value::unknown()
            },
        )
    };
    Value::Map(inner.attributes.iter().map(field).collect())
}

/// Each element is paired with a prior element that it would leave as it is; one without such is new.
///
/// Elements that equal a prior one as they are choose first: were such a prior element to go to another, of which
/// a computed value is left out, the two would become one, and a set must not shrink in a plan.
fn fill_set(inner: Content<'_>, elements: &[Value], prior: &Value) -> Value {
    let before = prior.as_elements().unwrap_or_default();
    let mut new: Vec<(&Value, Value)> = elements
        .iter()
        .map(|e| (e, fill_object(inner, e, &Value::Null)))
        .collect();
    new.sort_by_cached_key(|(_, filled)| !before.contains(filled));
    let keeps = |e: usize, b: usize| fill_object(inner, new[e].0, &before[b]) == before[b];
    let pairs = pair(new.len(), before.len(), keeps);
    let fill =
        |((_, filled), paired): (&(_, Value), Option<usize>)| paired.map_or(filled, |b| &before[b]).clone();
    Value::set(new.iter().zip(pairs).map(fill).collect::<Vec<_>>())
}

/// The object with each computed value unknown that depends on something that changes, directly or through
/// another computed value.
fn forget_dependents(content: Content<'_>, kept: &Value, prior: &Value, config: &Value) -> Value {
    let mut planned = kept.clone();
    loop {
        let changes = Changes {
            planned: &planned,
            prior,
        };
        let next = forget_object(content, &planned, config, &changes);
        if next == planned {
            return planned;
        }
        planned = next;
    }
}

/// What changes between the prior and the planned object.
struct Changes<'v> {
    planned: &'v Value,
    prior: &'v Value,
}

impl Changes<'_> {
    fn touch(&self, rule: &OnChange) -> bool {
        match rule {
            OnChange::Never => false,
            OnChange::OfAnything => true,
            OnChange::Of(paths) => paths.iter().any(|p| at(self.planned, p) != at(self.prior, p)),
        }
    }
}

fn forget_object(content: Content<'_>, planned: &Value, config: &Value, changes: &Changes<'_>) -> Value {
    let Value::Map(object) = planned else {
        return planned.clone();
    };
    let mut next = object.clone();
    for attribute in content.attributes {
        let Some(value) = next.get_mut(&attribute.name) else {
            continue;
        };
        *value = forget_attribute(attribute, value, config.get(&attribute.name), changes);
    }
    for block in content.blocks {
        let Some(value) = next.get_mut(&block.name) else {
            continue;
        };
        let inner = Content::of(&block.content);
        *value = forget_repeated(
            block.nesting.into(),
            inner,
            value,
            config.get(&block.name),
            changes,
        );
    }
    Value::Map(next)
}

fn forget_attribute(attribute: &Attribute, planned: &Value, config: &Value, changes: &Changes<'_>) -> Value {
    if matches!(config, Value::Null) {
        let given_by_provider = attribute.optionality.is_computed() && attribute.default.is_none();
        let forget = given_by_provider && changes.touch(&attribute.on_change);
        return if forget { Value::unknown() } else { planned.clone() };
    }
    match nested(attribute) {
        Some((repeat, inner)) => forget_repeated(repeat, inner, planned, config, changes),
        None => planned.clone(),
    }
}

fn forget_repeated(
    repeat: Repeat,
    inner: Content<'_>,
    planned: &Value,
    config: &Value,
    changes: &Changes<'_>,
) -> Value {
    if repeat == Repeat::Set {
        // An element that is as before keeps its computed values, since it is paired by them; one that is not has
        // none yet.
        return planned.clone();
    }
    let mut element = |planned: &Value, [config]: [&Value; 1]| forget_object(inner, planned, config, changes);
    map_objects(repeat, planned, [config], &mut element)
}
