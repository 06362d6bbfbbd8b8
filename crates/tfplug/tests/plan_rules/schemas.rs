//! Random schemas that Terraform would accept.

use tfplug::path::Path;
use tfplug::schema::{
    Attribute, AttributeType, Block, BlockNesting, Default, Nesting, OnChange, Optionality, Replace, Schema,
};
use tfplug::ty::Type;
use tfplug::value::Value;

use super::rng::Rng;
use super::values;

/// What the surroundings allow.
#[derive(Clone, Copy)]
struct Allowed {
    depth: usize,
    in_set: bool,
    repeated: bool,
    computed_only: bool,
}

/// A random schema of up to six attributes and blocks, nested at most twice.
pub fn schema(rng: &mut Rng) -> Schema {
    let allowed = Allowed {
        depth: 2,
        in_set: false,
        repeated: false,
        computed_only: false,
    };
    let mut schema = content(rng, 5, allowed);
    if rng.chance(30) {
        schema.blocks = vec![block(rng, "block", 1, false)];
    }
    let names: Vec<String> = schema.attributes.iter().map(|a| a.name.clone()).collect();
    for attribute in &mut schema.attributes {
        aim(rng, attribute, &names);
    }
    schema
}

/// Says on what a computed attribute depends, as often as on anything.
fn aim(rng: &mut Rng, attribute: &mut Attribute, names: &[String]) {
    if attribute.optionality.is_computed() && rng.chance(40) {
        let paths = (0..1 + rng.below(2)).map(|_| Path::attr(rng.pick(names)));
        attribute.on_change = OnChange::Of(paths.collect());
    }
    if let AttributeType::Nested(_, inner) = &mut attribute.ty {
        inner.attributes.iter_mut().for_each(|a| aim(rng, a, names));
    }
}

fn content(rng: &mut Rng, most: usize, allowed: Allowed) -> Schema {
    let count = 1 + rng.below(most);
    let attributes = (0..count)
        .map(|i| attribute(rng, &format!("a{i}"), allowed))
        .collect();
    Schema::new("", attributes)
}

fn block(rng: &mut Rng, name: &str, depth: usize, repeated: bool) -> Block {
    use BlockNesting as N;
    let nesting = *rng.pick(&[N::Single, N::Group, N::List, N::Set, N::Map]);
    let repeated = repeated || !matches!(nesting, N::Single | N::Group);
    let allowed = Allowed {
        depth,
        in_set: nesting == N::Set,
        repeated,
        computed_only: false,
    };
    let mut content = content(rng, 3, allowed);
    if depth > 0 && nesting != N::Set && rng.chance(30) {
        content.blocks = vec![block(rng, "inner", 0, repeated)];
    }
    // Terraform wants a single block's counts to be equal.
    Block::new(name, nesting, content)
}

fn attribute(rng: &mut Rng, name: &str, allowed: Allowed) -> Attribute {
    let optionality = optionality(rng, allowed);
    let ty = ty(rng, allowed, optionality);
    let mut attribute = Attribute::new(name, ty).with(optionality);
    attribute.sensitive = rng.chance(10);
    attribute.replace = *rng.pick(&[
        Replace::Never,
        Replace::Never,
        Replace::Never,
        Replace::Always,
        Replace::IfConfigured,
    ]);
    if optionality.is_computed() && rng.chance(25) {
        attribute.on_change = OnChange::Never;
    }
    let plain = matches!(attribute.ty, AttributeType::Plain(_));
    attribute.write_only = plain && !optionality.is_computed() && !allowed.in_set && rng.chance(15);
    if optionality == Optionality::OptionalComputed && !allowed.in_set && rng.chance(30) {
        let value = values::default_of(rng, &attribute);
        attribute.default = Some(Default::Value(value));
    }
    if matches!(attribute.ty, AttributeType::Plain(Type::String)) && rng.chance(30) {
        attribute.same_meaning = Some(same_letters);
    }
    attribute
}

/// Equal but for upper and lower case.
fn same_letters(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::String(a), Value::String(b)) if a.to_lowercase() == b.to_lowercase())
}

fn optionality(rng: &mut Rng, allowed: Allowed) -> Optionality {
    use Optionality as O;
    if allowed.computed_only {
        return O::Computed;
    }
    *rng.pick(&[
        O::Required,
        O::Optional,
        O::Optional,
        O::OptionalComputed,
        O::OptionalComputed,
        O::Computed,
    ])
}

fn ty(rng: &mut Rng, allowed: Allowed, optionality: Optionality) -> AttributeType {
    if allowed.depth == 0 || !rng.chance(35) {
        return AttributeType::Plain(plain(rng, allowed));
    }
    let nesting = *rng.pick(&[Nesting::Single, Nesting::List, Nesting::Set, Nesting::Map]);
    let inner = Allowed {
        depth: allowed.depth - 1,
        in_set: allowed.in_set || nesting == Nesting::Set,
        repeated: allowed.repeated || nesting != Nesting::Single,
        computed_only: optionality == Optionality::Computed,
    };
    AttributeType::nested(nesting, content(rng, 3, inner).attributes)
}

fn plain(rng: &mut Rng, allowed: Allowed) -> Type {
    match rng.below(13) {
        0..=3 => Type::String,
        4 | 5 => Type::Number,
        6 => Type::Bool,
        7 => Type::list(primitive(rng)),
        8 => Type::set(primitive(rng)),
        9 => Type::map(primitive(rng)),
        10 => Type::object([("p", primitive(rng)), ("q", Type::list(Type::String))]),
        11 => Type::Tuple(vec![primitive(rng), primitive(rng)]),
        _ if allowed.repeated => Type::String,
        _ => Type::Dynamic,
    }
}

fn primitive(rng: &mut Rng) -> Type {
    rng.pick(&[Type::String, Type::Number, Type::Bool]).clone()
}
