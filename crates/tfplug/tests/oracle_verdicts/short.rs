//! Short forms of schemas and values, and the comparison of verdicts.

use tfplug::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Schema};
use tfplug::ty::Type;
use tfplug::unstable::oracle::Violation;
use tfplug::value::{Refinement, Value};

pub use tfplug::schema::Optionality::{self, Computed, Optional, OptionalComputed, Required};
pub use tfplug::value::Value::Null;

pub fn s(text: &str) -> Value {
    Value::from(text)
}

pub fn n(number: i64) -> Value {
    Value::from(number)
}

pub fn o<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::object(fields)
}

pub fn l<const N: usize>(elements: [Value; N]) -> Value {
    Value::List(elements.into())
}

pub fn set<const N: usize>(elements: [Value; N]) -> Value {
    Value::set(elements)
}

pub fn u() -> Value {
    Value::unknown()
}

pub fn refined(change: impl FnOnce(&mut Refinement)) -> Value {
    let mut refinement = Refinement::not_null();
    change(&mut refinement);
    Value::Unknown(Some(Box::new(refinement)))
}

pub fn dynamic(ty: Type, value: Value) -> Value {
    Value::Dynamic(Box::new((ty, value)))
}

pub fn plain(name: &str, ty: Type, optionality: Optionality) -> Attribute {
    Attribute::new(name, AttributeType::Plain(ty)).with(optionality)
}

pub fn text(name: &str, optionality: Optionality) -> Attribute {
    plain(name, Type::String, optionality)
}

pub fn secret(name: &str) -> Attribute {
    text(name, Optional).with_write_only()
}

pub fn nested(name: &str, nesting: Nesting, optionality: Optionality, inner: Vec<Attribute>) -> Attribute {
    Attribute::new(name, AttributeType::nested(nesting, inner)).with(optionality)
}

/// An attribute `n` of objects with a configured `a` and a computed `c`.
pub fn pair(nesting: Nesting, optionality: Optionality) -> Schema {
    Schema::new(
        "",
        vec![nested(
            "n",
            nesting,
            optionality,
            vec![text("a", Optional), text("c", OptionalComputed)],
        )],
    )
}

/// The same as blocks `b`.
pub fn blocks(nesting: BlockNesting) -> Schema {
    let content = Schema::new("", vec![text("a", Optional), text("c", OptionalComputed)]);
    Schema::default().with_blocks(vec![Block::new("b", nesting, content)])
}

pub fn one(attribute: Attribute) -> Schema {
    Schema::new("", vec![attribute])
}

pub fn ac(a: Value, c: Value) -> Value {
    o([("a", a), ("c", c)])
}

/// `place rule` of each breach.
pub fn told(breaches: &[Violation]) -> Vec<String> {
    let line = |v: &Violation| {
        let rule = v.rule.to_string();
        format!("{} {}", v.path, rule.split(':').next().unwrap())
            .trim()
            .to_owned()
    };
    breaches.iter().map(line).collect()
}

#[track_caller]
pub fn is(breaches: &[Violation], expected: &[&str]) {
    assert_eq!(told(breaches), expected);
}
