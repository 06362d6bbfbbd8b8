//! Random schemas and values, and a simulated cloud: those by which `tfplug` tests its engine.

use tfplug::schema::Schema;
use tfplug::ty::Type;

use crate::value::shape::{Content, Repeat, Shape};

#[path = "../../tfplug/tests/plan_rules/cloud.rs"]
pub(crate) mod cloud;
#[path = "../../tfplug/tests/plan_rules/rng.rs"]
pub(crate) mod rng;
#[path = "../../tfplug/tests/plan_rules/schemas.rs"]
pub(crate) mod schemas;
#[path = "../../tfplug/tests/plan_rules/values.rs"]
pub(crate) mod values;

/// Runs a test for many seeds; `MIG_SEED` says which one to repeat, `MIG_SEEDS` how many instead.
pub(crate) fn for_seeds(count: u64, mut test: impl FnMut(u64)) {
    let told = std::env::var("MIG_SEEDS")
        .ok()
        .and_then(|count| count.parse().ok());
    let count = told.unwrap_or(count);
    match std::env::var("MIG_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => test(seed),
        None => (0..count).for_each(|seed| {
            let run = std::panic::AssertUnwindSafe(|| test(seed));
            if let Err(failure) = std::panic::catch_unwind(run) {
                eprintln!("repeat with MIG_SEED={seed}");
                std::panic::resume_unwind(failure);
            }
        }),
    }
}

/// A random schema of which a state says what it was made from. In others elements of a set have values that the provider
/// gives, so that two of them may be the same in the end; or the provider gives a value of any type, whose own type Pulumi
/// does not keep.
pub(crate) fn told_by_state(rng: &mut rng::Rng) -> Schema {
    loop {
        let schema = schemas::schema(rng);
        if !hides_something(Content::of(&schema), false, false) {
            return schema;
        }
    }
}

fn hides_something(content: Content<'_>, in_set: bool, in_computed: bool) -> bool {
    content.fields().any(|field| {
        let is_computed = field
            .attribute
            .is_some_and(|attribute| attribute.optionality.is_computed());
        let computed = in_computed || is_computed;
        match field.shape {
            _ if in_set && is_computed => true,
            Shape::Plain(ty) => computed && *ty == Type::Dynamic,
            Shape::Nested(repeat, inner) => hides_something(inner, in_set || repeat == Repeat::Set, computed),
        }
    })
}

/// Whether the schema has defaults: null of the object is then no input.
pub(crate) fn has_defaults(content: Content<'_>) -> bool {
    content.fields().any(|field| {
        let default = field
            .attribute
            .is_some_and(|attribute| attribute.default.is_some());
        default || matches!(field.shape, Shape::Nested(_, inner) if has_defaults(inner))
    })
}
