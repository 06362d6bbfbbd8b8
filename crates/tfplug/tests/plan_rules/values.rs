//! Random values of a schema: configurations with nulls and unknowns, and states.

use std::collections::BTreeMap;

use tfplug::path::{Path, Step};
use tfplug::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Optionality, Schema};
use tfplug::ty::Type;
use tfplug::value::{Number, Refinement, Value};

use super::rng::Rng;

/// What a value is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Configuration; unknown values may occur in so many of a hundred places.
    Config(usize),
    /// State: all known, nothing write-only, computed values given.
    State,
    /// A default: all known, what is required given.
    Default,
}

/// A random configuration.
pub fn config(rng: &mut Rng, schema: &Schema) -> Value {
    let unknowns = *rng.pick(&[0, 5, 20]);
    content(rng, schema, Use::Config(unknowns))
}

/// A random state.
pub fn state(rng: &mut Rng, schema: &Schema) -> Value {
    content(rng, schema, Use::State)
}

/// A random default of one attribute.
pub fn default_of(rng: &mut Rng, attribute: &Attribute) -> Value {
    given_value(rng, attribute, Use::Default)
}

/// The configuration with null for one required attribute, if a known object of it has any, and where that is.
pub fn without_required(rng: &mut Rng, schema: &Schema, config: &Value) -> Option<(Path, Value)> {
    let mut places = Vec::new();
    required(&schema.attributes, config, &Path::root(), &mut places);
    if places.is_empty() {
        return None;
    }
    let place = rng.pick(&places).clone();
    let mut config = config.clone();
    *at_mut(&mut config, &place)? = Value::Null;
    Some((place, config))
}

fn required(declared: &[Attribute], object: &Value, at: &Path, places: &mut Vec<Path>) {
    if object.as_map().is_none() {
        return;
    }
    for attribute in declared {
        let (value, at) = (object.get(&attribute.name), at.attribute(&attribute.name));
        if attribute.optionality == Optionality::Required {
            places.push(at.clone());
        }
        match (&attribute.ty, value) {
            (AttributeType::Nested(Nesting::Single, inner), one) => required(inner, one, &at, places),
            (AttributeType::Nested(_, inner), Value::List(all)) => {
                for (i, one) in all.iter().enumerate() {
                    required(inner, one, &at.index(i), places);
                }
            }
            (AttributeType::Nested(_, inner), Value::Map(all)) => {
                for (key, one) in all {
                    required(inner, one, &at.key(key), places);
                }
            }
            _ => {}
        }
    }
}

fn at_mut<'v>(root: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.steps()
        .iter()
        .try_fold(root, |value, step| match (step, value) {
            (Step::Attribute(name) | Step::Key(name), Value::Map(all)) => all.get_mut(name),
            (Step::Index(i), Value::List(all)) => all.get_mut(*i),
            _ => None,
        })
}

fn content(rng: &mut Rng, schema: &Schema, of: Use) -> Value {
    let mut object = attributes(rng, &schema.attributes, of);
    for block in &schema.blocks {
        object.insert(block.name.clone(), blocks(rng, block, of));
    }
    Value::Map(object)
}

fn attributes(rng: &mut Rng, all: &[Attribute], of: Use) -> BTreeMap<String, Value> {
    all.iter().map(|a| (a.name.clone(), one(rng, a, of))).collect()
}

fn one(rng: &mut Rng, attribute: &Attribute, of: Use) -> Value {
    let null = match of {
        Use::Config(_) => match attribute.optionality {
            Optionality::Computed => true,
            Optionality::Required => false,
            Optionality::Optional | Optionality::OptionalComputed => rng.chance(35),
        },
        Use::State => attribute.write_only || rng.chance(15),
        Use::Default => {
            attribute.write_only || (attribute.optionality != Optionality::Required && rng.chance(15))
        }
    };
    if null {
        return Value::Null;
    }
    given_value(rng, attribute, of)
}

fn given_value(rng: &mut Rng, attribute: &Attribute, of: Use) -> Value {
    if is_unknown(rng, of) {
        return unknown(rng, &attribute.ty.to_type());
    }
    match &attribute.ty {
        AttributeType::Plain(ty) => plain(rng, ty, of),
        AttributeType::Nested(nesting, inner) => nested(rng, *nesting, inner, of),
    }
}

fn is_unknown(rng: &mut Rng, of: Use) -> bool {
    matches!(of, Use::Config(percent) if rng.chance(percent))
}

fn nested(rng: &mut Rng, nesting: Nesting, inner: &[Attribute], of: Use) -> Value {
    let object = |rng: &mut Rng| {
        if is_unknown(rng, of) && rng.chance(30) {
            return Value::unknown();
        }
        Value::Map(attributes(rng, inner, of))
    };
    let count = rng.below(4);
    match nesting {
        Nesting::Single => Value::Map(attributes(rng, inner, of)),
        Nesting::List => Value::List((0..count).map(|_| object(rng)).collect()),
        Nesting::Set => Value::set((0..count).map(|_| object(rng)).collect::<Vec<_>>()),
        Nesting::Map => Value::Map((0..count).map(|_| (text(rng), object(rng))).collect()),
    }
}

fn blocks(rng: &mut Rng, block: &Block, of: Use) -> Value {
    let single = matches!(block.nesting, BlockNesting::Single | BlockNesting::Group);
    // Only a dynamic block makes a collection of blocks unknown.
    if !single && is_unknown(rng, of) && rng.chance(30) {
        return Value::unknown();
    }
    let count = rng.below(3);
    let inner = &block.content;
    match block.nesting {
        BlockNesting::Single if rng.chance(30) => Value::Null,
        BlockNesting::Single | BlockNesting::Group => content(rng, inner, of),
        BlockNesting::List => Value::List((0..count).map(|_| content(rng, inner, of)).collect()),
        BlockNesting::Set => Value::set((0..count).map(|_| content(rng, inner, of)).collect::<Vec<_>>()),
        BlockNesting::Map => Value::Map((0..count).map(|_| (text(rng), content(rng, inner, of))).collect()),
    }
}

fn unknown(rng: &mut Rng, ty: &Type) -> Value {
    if *ty == Type::Dynamic || !rng.chance(30) {
        return Value::unknown();
    }
    let mut refinement = Refinement::not_null();
    match ty {
        Type::String if rng.chance(50) => refinement.string_prefix = Some("a".to_owned()),
        Type::Number if rng.chance(50) => refinement.number_min = Some((Number::from(0_i64), true)),
        Type::List(_) | Type::Set(_) | Type::Map(_) if rng.chance(50) => refinement.length_max = Some(2),
        _ => {}
    }
    Value::Unknown(Some(Box::new(refinement)))
}

fn plain(rng: &mut Rng, ty: &Type, of: Use) -> Value {
    let element = |rng: &mut Rng, ty: &Type| {
        if is_unknown(rng, of) {
            unknown(rng, ty)
        } else {
            plain(rng, ty, of)
        }
    };
    let count = rng.below(4);
    match ty {
        Type::Bool => Value::Bool(rng.chance(50)),
        Type::Number => number(rng),
        Type::String => Value::from(text(rng)),
        Type::Dynamic => {
            let ty = rng
                .pick(&[Type::String, Type::Number, Type::list(Type::String)])
                .clone();
            let value = plain(rng, &ty, of);
            Value::Dynamic(Box::new((ty, value)))
        }
        Type::List(inner) => Value::List((0..count).map(|_| element(rng, inner)).collect()),
        Type::Set(inner) => Value::set((0..count).map(|_| element(rng, inner)).collect::<Vec<_>>()),
        Type::Map(inner) => Value::Map((0..count).map(|_| (text(rng), element(rng, inner))).collect()),
        Type::Tuple(types) => Value::List(types.iter().map(|t| element(rng, t)).collect()),
        Type::Object(fields) => {
            Value::Map(fields.iter().map(|(n, t)| (n.clone(), element(rng, t))).collect())
        }
    }
}

fn number(rng: &mut Rng) -> Value {
    let text = rng.pick(&["0", "1", "2", "-5", "0.1", "18446744073709551616", "1e30"]);
    Value::Number(text.parse().unwrap())
}

/// One of few texts, so that equal ones meet; one is not in Unicode normal form C until it is a value.
fn text(rng: &mut Rng) -> String {
    let text = rng.pick(&["a", "b", "A", "ab", "x y", "", "e\u{301}"]);
    Value::from(*text).as_str().unwrap().to_owned()
}

/// A configuration with every unknown replaced by a known value that keeps what was promised of it.
pub fn known_config(rng: &mut Rng, schema: &Schema, config: &Value) -> Value {
    Settle {
        rng,
        of: Use::Config(0),
    }
    .content(schema, config)
}

/// A planned object with every unknown replaced by what a provider may give.
pub fn filled(rng: &mut Rng, schema: &Schema, planned: &Value) -> Value {
    Settle { rng, of: Use::State }.content(schema, planned)
}

/// Replaces unknown values by known ones.
struct Settle<'r> {
    rng: &'r mut Rng,
    of: Use,
}

impl Settle<'_> {
    fn content(&mut self, schema: &Schema, value: &Value) -> Value {
        let Value::Map(fields) = value else {
            return if value.is_known() {
                value.clone()
            } else {
                content(self.rng, schema, self.of)
            };
        };
        let mut known = self.attributes(&schema.attributes, fields);
        for block in &schema.blocks {
            known.insert(block.name.clone(), self.blocks(block, &fields[&block.name]));
        }
        Value::Map(known)
    }

    fn blocks(&mut self, block: &Block, value: &Value) -> Value {
        match (block.nesting, value) {
            (_, Value::Unknown(_)) => blocks(self.rng, block, self.of),
            (BlockNesting::Single | BlockNesting::Group, Value::Map(_)) => {
                self.content(&block.content, value)
            }
            (_, many) => each(many, |v| self.content(&block.content, v)),
        }
    }

    fn attributes(&mut self, all: &[Attribute], fields: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        all.iter()
            .map(|a| (a.name.clone(), self.attribute(a, &fields[&a.name])))
            .collect()
    }

    fn attribute(&mut self, attribute: &Attribute, value: &Value) -> Value {
        if let Value::Unknown(refinement) = value {
            return self.within(attribute, refinement.as_deref());
        }
        match &attribute.ty {
            AttributeType::Plain(ty) => self.plain(ty, value),
            AttributeType::Nested(Nesting::Single, inner) => self.object(inner, value),
            AttributeType::Nested(_, inner) => each(value, |v| self.object(inner, v)),
        }
    }

    fn object(&mut self, inner: &[Attribute], value: &Value) -> Value {
        match value {
            Value::Map(fields) => Value::Map(self.attributes(inner, fields)),
            Value::Unknown(_) => Value::Map(attributes(self.rng, inner, self.of)),
            other => other.clone(),
        }
    }

    fn within(&mut self, attribute: &Attribute, refinement: Option<&Refinement>) -> Value {
        let not_null = refinement.is_some_and(|r| r.nullness == Some(false));
        if !not_null && attribute.optionality != Optionality::Required && self.rng.chance(15) {
            return Value::Null;
        }
        match &attribute.ty {
            AttributeType::Plain(ty) => plain_within(self.rng, ty, refinement),
            AttributeType::Nested(nesting, inner) => {
                shorten(nested(self.rng, *nesting, inner, self.of), refinement)
            }
        }
    }

    fn plain(&mut self, ty: &Type, value: &Value) -> Value {
        match (ty, value) {
            (_, Value::Unknown(refinement)) => plain_within(self.rng, ty, refinement.as_deref()),
            (Type::List(t) | Type::Set(t) | Type::Map(t), many) => each(many, |v| self.plain(t, v)),
            (Type::Tuple(ts), Value::List(vs)) => {
                Value::List(ts.iter().zip(vs).map(|(t, v)| self.plain(t, v)).collect())
            }
            (Type::Object(ts), Value::Map(m)) => Value::Map(
                m.iter()
                    .map(|(k, v)| (k.clone(), self.plain(&ts[k], v)))
                    .collect(),
            ),
            (Type::Dynamic, Value::Dynamic(typed)) => {
                Value::Dynamic(Box::new((typed.0.clone(), self.plain(&typed.0, &typed.1))))
            }
            (_, known) => known.clone(),
        }
    }
}

/// The same collection of other elements.
fn each(collection: &Value, mut f: impl FnMut(&Value) -> Value) -> Value {
    match collection {
        Value::List(vs) => Value::List(vs.iter().map(f).collect()),
        Value::Set(vs) => Value::set(vs.iter().map(f).collect::<Vec<_>>()),
        Value::Map(m) => Value::Map(m.iter().map(|(k, v)| (k.clone(), f(v))).collect()),
        other => other.clone(),
    }
}

fn plain_within(rng: &mut Rng, ty: &Type, refinement: Option<&Refinement>) -> Value {
    let value = plain(rng, ty, Use::State);
    match (value, refinement) {
        (
            Value::String(s),
            Some(Refinement {
                string_prefix: Some(prefix),
                ..
            }),
        ) => Value::from(format!("{prefix}{s}")),
        (
            Value::Number(_),
            Some(Refinement {
                number_min: Some((min, _)),
                ..
            }),
        ) => Value::Number(min.clone()),
        (other, refinement) => shorten(other, refinement),
    }
}

fn shorten(value: Value, refinement: Option<&Refinement>) -> Value {
    let Some(Refinement {
        length_max: Some(max),
        ..
    }) = refinement
    else {
        return value;
    };
    let max = usize::try_from(*max).unwrap();
    match value {
        Value::List(vs) => Value::List(vs.into_iter().take(max).collect()),
        Value::Set(vs) => Value::Set(vs.into_iter().take(max).collect()),
        Value::Map(m) => Value::Map(m.into_iter().take(max).collect()),
        other => other,
    }
}

/// A configuration near another one: some attributes written anew, the others as they were.
pub fn changed(rng: &mut Rng, schema: &Schema, config: &Value) -> Value {
    let (Value::Map(old), Value::Map(new)) = (config, self::config(rng, schema)) else {
        return config.clone();
    };
    let mixed = new.into_iter().map(|(k, v)| {
        let kept = old[&k].clone();
        (k, if rng.chance(60) { kept } else { v })
    });
    Value::Map(mixed.collect())
}
