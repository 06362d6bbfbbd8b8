//! The planned object as far as the schema alone tells.

use std::collections::BTreeMap;

use super::pairing::pair;
use super::walk::{Content, Repeat, at, configured, map_objects, nested};
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
    let Some(same) = attribute.same_meaning else {
        return planned;
    };
    if !planned.is_wholly_known() {
        return open_writing(&planned);
    }
    let other = !prior.is_null() && planned != *prior;
    if other && same(&planned, prior) {
        prior.clone()
    } else {
        planned
    }
}

/// A value that is not known yet, without promises about its writing: the prior one may be kept in the end.
fn open_writing(planned: &Value) -> Value {
    match planned {
        Value::Unknown(Some(known)) if known.nullness == Some(false) => Value::unknown_not_null(),
        other => other.unrefined(),
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

/// An unknown element. Terraform counts all in it as unknown, and refuses that of what is write-only.
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
/// a computed value is left out, the two would become one, and a set must not shrink in a plan. While anything in
/// the set is unknown, no other element is paired: once it is known, it may turn out to be the better match, and
/// the second plan of an apply may not take back what the first has promised.
fn fill_set(inner: Content<'_>, elements: &[Value], prior: &Value) -> Value {
    let before = prior.as_elements().unwrap_or_default();
    let settled = elements.iter().all(Value::is_wholly_known);
    let mut new: Vec<(&Value, Value)> = elements
        .iter()
        .map(|e| (e, fill_object(inner, e, &Value::Null)))
        .collect();
    new.sort_by_cached_key(|(_, filled)| !before.contains(filled));
    let keeps = |e: usize, b: usize| {
        let ((element, filled), old) = (&new[e], &before[b]);
        // What is known stands as written: which prior element's writing to keep could differ from plan to plan.
        let fits = || could_become(filled, old) && fill_object(inner, element, old) == *old;
        filled == old || (settled && fits())
    };
    let pairs = pair(new.len(), before.len(), keeps);
    let fill =
        |((_, filled), paired): (&(_, Value), Option<usize>)| paired.map_or(filled, |b| &before[b]).clone();
    Value::set(new.iter().zip(pairs).map(fill).collect::<Vec<_>>())
}

/// Whether a value may turn out to be this known one, once all in it is known.
fn could_become(open: &Value, known: &Value) -> bool {
    match (open, known) {
        (Value::Unknown(_), _) => true,
        (Value::Map(o), Value::Map(k)) => o
            .iter()
            .all(|(name, o)| k.get(name).is_some_and(|k| could_become(o, k))),
        (Value::List(o), Value::List(k)) => {
            o.len() == k.len() && o.iter().zip(k).all(|(o, k)| could_become(o, k))
        }
        (Value::Set(_), Value::Set(_)) => open == known || !open.is_wholly_known(),
        (Value::Dynamic(o), Value::Dynamic(k)) => o.0 == k.0 && could_become(&o.1, &k.1),
        _ => open == known,
    }
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
        *value = forget_attribute(attribute, value, configured(config, &attribute.name), changes);
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
            configured(config, &block.name),
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
