//! The structural diff: what it names is exactly what differs.

use tfplug::diff::{self, Change, ChangeKind};
use tfplug::path::{Path, Step};
use tfplug::schema::{Attribute, AttributeType, Schema};
use tfplug::value::Value;

use super::rng::Rng;
use super::{schemas, values};

/// Two values of a random schema, near each other or not, and what is said to lie between them.
pub fn differ(seed: u64) {
    let rng = &mut Rng::new(seed);
    let schema = schemas::schema(rng);
    let before = match rng.chance(50) {
        true => values::state(rng, &schema),
        false => values::config(rng, &schema),
    };
    let after = match rng.below(10) {
        0 => values::config(rng, &schema),
        1 => louder(&before),
        2 => Value::Null,
        3 => values::known_config(rng, &schema, &before),
        _ => values::changed(rng, &schema, &before),
    };
    let (before, after) = match rng.chance(50) {
        true => (before, after),
        false => (after, before),
    };
    judge(&schema, &before, &after);
}

fn judge(schema: &Schema, before: &Value, after: &Value) {
    let changes = diff::between(schema, before, after);
    let (from, to) = (meaning(schema, before), meaning(schema, after));
    assert_eq!(
        changes.is_empty(),
        from == to,
        "{before:?}\n{after:?}\n{changes:?}"
    );
    let made = |changes: &[&Change]| meaning(schema, &carried_out(before, after, changes));
    let all: Vec<&Change> = changes.iter().collect();
    assert_eq!(made(&all), to, "{before:?}\n{after:?}\n{changes:?}");
    for (i, left_out) in changes.iter().enumerate() {
        let mut others = all.clone();
        others.remove(i);
        assert_ne!(
            made(&others),
            to,
            "{left_out:?} is no change of\n{before:?}\n{after:?}"
        );
        assert_kind(left_out, before, after);
    }
}

fn assert_kind(change: &Change, before: &Value, after: &Value) {
    let (before, after) = (at(before, &change.path), at(after, &change.path));
    let kind = match (before, after) {
        (_, Some(Value::Unknown(_))) => ChangeKind::Unknown,
        (Some(Value::Null) | None, Some(_)) => ChangeKind::Added,
        (Some(_), None | Some(Value::Null)) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    let twins = matches!(change.path.steps().last(), Some(Step::Element(_)));
    assert!(twins || change.kind == kind, "{change:?} is {kind:?}");
}

/// `before` with these changes, read from `after`.
fn carried_out(before: &Value, after: &Value, changes: &[&Change]) -> Value {
    let mut object = before.clone();
    let stays = |change: &&&Change| change.kind != ChangeKind::Removed || at(after, &change.path).is_some();
    for change in changes.iter().filter(stays) {
        put(&mut object, change.path.steps(), change, at(after, &change.path));
    }
    for change in changes.iter().rev().filter(|change| !stays(change)) {
        put(&mut object, change.path.steps(), change, None);
    }
    object
}

fn put(place: &mut Value, steps: &[Step], change: &Change, new: Option<&Value>) {
    match (steps, place) {
        ([], place) => *place = new.cloned().unwrap_or(Value::Null),
        ([Step::Element(element)], Value::Set(all)) => {
            match change.kind {
                ChangeKind::Removed => {
                    let i = all.iter().position(|e| e == element).unwrap();
                    all.remove(i);
                }
                _ => all.push(element.clone()),
            }
            all.sort();
        }
        ([Step::Index(i)], Value::List(all)) if new.is_none() => {
            all.remove(*i);
        }
        ([Step::Index(i)], Value::List(all)) if *i >= all.len() => all.push(new.unwrap().clone()),
        ([Step::Key(key)], Value::Map(all)) if new.is_none() => {
            all.remove(key);
        }
        ([Step::Index(i), rest @ ..], Value::List(all)) => put(&mut all[*i], rest, change, new),
        ([Step::Key(name) | Step::Attribute(name), rest @ ..], Value::Map(all)) => {
            put(all.entry(name.clone()).or_insert(Value::Null), rest, change, new);
        }
        (steps, place) => panic!("{steps:?} lead nowhere in {place:?}"),
    }
}

fn at<'v>(root: &'v Value, path: &Path) -> Option<&'v Value> {
    path.steps()
        .iter()
        .try_fold(root, |value, step| match (step, value) {
            (Step::Attribute(name) | Step::Key(name), Value::Map(all)) => all.get(name),
            (Step::Index(i), Value::List(all)) => all.get(*i),
            (Step::Element(element), Value::Set(all)) => all.iter().find(|e| *e == element),
            _ => None,
        })
}

/// The same texts in capital letters.
fn louder(value: &Value) -> Value {
    value.map_leaves(&mut |leaf| match leaf {
        Value::String(text) => Value::from(text.to_uppercase()),
        other => other.clone(),
    })
}

/// The value with one writing for all that means the same; the elements of sets stay apart.
fn meaning(schema: &Schema, value: &Value) -> Value {
    let Value::Map(fields) = meaning_of(&schema.attributes, value) else {
        return value.clone();
    };
    let blocks = |(name, value): (String, Value)| {
        let inner = schema.blocks.iter().find(|block| block.name == name);
        let value = match inner {
            Some(block) => within(&value, &|one| meaning(&block.content, one)),
            None => value,
        };
        (name, value)
    };
    Value::Map(fields.into_iter().map(blocks).collect())
}

fn meaning_of(attributes: &[Attribute], value: &Value) -> Value {
    let Value::Map(fields) = value else {
        return value.clone();
    };
    let mut fields = fields.clone();
    for attribute in attributes {
        if let Some(value) = fields.get_mut(&attribute.name) {
            *value = match (&attribute.ty, &*value) {
                (AttributeType::Nested(_, inner), value) => within(value, &|one| meaning_of(inner, one)),
                (_, Value::String(text)) if attribute.same_meaning.is_some() => {
                    Value::from(text.to_lowercase())
                }
                (_, other) => other.clone(),
            };
        }
    }
    Value::Map(fields)
}

/// Applies `f` to an object or to each one in a collection: the attributes of an object are called `a0`, `a1`, the keys
/// of a map never are.
fn within(value: &Value, f: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::List(all) => Value::List(all.iter().map(f).collect()),
        Value::Set(all) => {
            let mut all: Vec<Value> = all.iter().map(f).collect();
            all.sort();
            Value::Set(all)
        }
        Value::Map(all) if all.contains_key("a0") => f(value),
        Value::Map(all) => Value::Map(all.iter().map(|(k, v)| (k.clone(), f(v))).collect()),
        other => other.clone(),
    }
}
