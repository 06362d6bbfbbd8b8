//! Planned attributes of plain types, and write-only ones: P1 to P4, P7.

use tfplug::schema::{Attribute, Block, BlockNesting, Nesting, Schema};
use tfplug::ty::Type;
use tfplug::unstable::oracle::{assert_plan_valid, assert_write_only_null, judge_plan, same};
use tfplug::value::Value;

use super::short::*;

/// One optional string `v` of this kind: prior, configured, planned, verdict.
#[track_caller]
fn plan_of(attribute: Attribute, prior: Value, config: Value, planned: Value, expected: &[&str]) {
    let object = |v| o([("v", v)]);
    is(
        &assert_plan_valid(&one(attribute), &object(prior), &object(config), &object(planned)),
        expected,
    );
}

#[test]
fn presence_of_the_whole_object() {
    let schema = one(text("v", Optional));
    let object = o([("v", Null)]);
    is(&assert_plan_valid(&schema, &Null, &object, &Null), &["P1"]);
    is(&assert_plan_valid(&schema, &object, &Null, &object), &["P1"]);
    is(&assert_plan_valid(&schema, &object, &Null, &Null), &[]);
    is(&assert_plan_valid(&schema, &Null, &object, &object), &[]);
}

#[test]
fn an_unknown_object_is_one_of_unknown_attributes() {
    let config = |v| o([("v", v)]);
    is(
        &assert_plan_valid(&one(text("v", OptionalComputed)), &Null, &config(Null), &u()),
        &[],
    );
    is(
        &assert_plan_valid(&one(text("v", Optional)), &Null, &config(u()), &u()),
        &[],
    );
    is(
        &assert_plan_valid(&one(text("v", Optional)), &Null, &config(Null), &u()),
        &["v P3"],
    );
    is(
        &assert_plan_valid(&one(text("v", Optional)), &Null, &config(s("a")), &u()),
        &["v P2"],
    );
}

#[test]
fn configured_values_stand() {
    plan_of(text("v", Optional), Null, s("a"), s("a"), &[]);
    plan_of(text("v", Optional), s("A"), s("a"), s("A"), &[]);
    plan_of(text("v", Optional), s("A"), s("a"), s("b"), &["v P2"]);
    plan_of(text("v", Optional), Null, s("a"), s("b"), &["v P2"]);
    plan_of(text("v", Required), Null, s("a"), Null, &["v P2"]);
    plan_of(text("v", Optional), Null, s("a"), u(), &["v P2"]);
    plan_of(text("v", OptionalComputed), Null, s("a"), s("b"), &["v P2"]);
    plan_of(text("v", OptionalComputed), s("A"), s("a"), s("A"), &[]);
}

#[test]
fn the_prior_exception_needs_prior_and_configuration() {
    plan_of(text("v", Optional), s("a"), Null, s("a"), &["v P3"]);
    plan_of(text("v", Optional), Null, s("a"), Null, &["v P2"]);
    // Unknown configuration counts as given.
    plan_of(text("v", Optional), s("a"), u(), s("a"), &[]);
    plan_of(text("v", Optional), s("a"), u(), s("b"), &["v P2"]);
    plan_of(text("v", Optional), s("a"), u(), u(), &[]);
}

#[test]
fn computed_values_are_free() {
    plan_of(text("v", OptionalComputed), Null, Null, u(), &[]);
    plan_of(text("v", OptionalComputed), s("a"), Null, s("b"), &[]);
    plan_of(text("v", Computed), s("a"), Null, Null, &[]);
    // Even against configuration that it cannot have.
    plan_of(text("v", Computed), Null, u(), s("a"), &[]);
    plan_of(text("v", Computed), Null, s("a"), s("b"), &[]);
    plan_of(text("v", Optional), Null, Null, s("a"), &["v P3"]);
    plan_of(text("v", Optional), Null, Null, u(), &["v P3"]);
}

#[test]
fn refinements_do_not_matter_for_attributes() {
    let prefixed = refined(|r| r.string_prefix = Some("x".into()));
    plan_of(text("v", Optional), Null, prefixed.clone(), u(), &[]);
    plan_of(text("v", Optional), Null, u(), prefixed.clone(), &[]);
    plan_of(
        plain("v", Type::list(Type::String), Optional),
        Null,
        l([prefixed]),
        l([u()]),
        &[],
    );
    assert!(same(
        &set([u(), s("a")]),
        &set([s("a"), Value::unknown_not_null()])
    ));
}

#[test]
fn a_plain_collection_is_one_value() {
    let list = || plain("v", Type::list(Type::String), Optional);
    plan_of(list(), l([s("a"), s("b")]), l([s("a")]), l([s("a"), s("b")]), &[]);
    plan_of(
        list(),
        l([s("a"), s("b")]),
        l([s("c"), s("d")]),
        l([s("c"), s("b")]),
        &["v P2"],
    );
    plan_of(list(), Null, l([]), Null, &["v P2"]);
}

#[test]
fn sensitivity_changes_no_verdict_of_a_plan() {
    let hidden = text("v", Optional).with_sensitive();
    plan_of(hidden, Null, s("a"), s("b"), &["v P2"]);
}

#[test]
fn write_only_is_null_in_a_plan() {
    plan_of(secret("v"), Null, s("a"), Null, &[]);
    plan_of(secret("v"), Null, s("a"), s("b"), &["v P7"]);
    plan_of(secret("v"), Null, s("a"), u(), &["v P7"]);
    // Equal to configuration passes here, and fails the check of its own.
    plan_of(secret("v"), Null, s("a"), s("a"), &[]);
    is(
        &assert_write_only_null(&one(secret("v")), &o([("v", s("a"))])),
        &["v P7"],
    );
    is(
        &judge_plan(
            &one(secret("v")),
            &Null,
            &o([("v", s("a"))]),
            &o([("v", s("a"))]),
            &[],
        ),
        &["v P7"],
    );
}

#[test]
fn write_only_is_looked_for_everywhere() {
    let inner = vec![secret("w")];
    let schema = one(nested("n", Nesting::List, Optional, inner.clone()));
    let leak = o([("w", s("x"))]);
    is(
        &assert_write_only_null(&schema, &o([("n", l([o([("w", Null)]), leak.clone()]))])),
        &["n[1].w P7"],
    );
    is(&assert_write_only_null(&schema, &o([("n", u())])), &[]);
    is(
        &assert_write_only_null(&schema, &o([("n", l([u()]))])),
        &["n[0].w P7"],
    );
    is(&assert_write_only_null(&schema, &o([("n", l([Null]))])), &[]);
    let map = one(nested("n", Nesting::Map, Optional, inner.clone()));
    is(
        &assert_write_only_null(&map, &o([("n", o([("k", leak.clone())]))])),
        &[r#"n["k"].w P7"#],
    );
    let content = Schema::new("", inner);
    let schema = Schema::default().with_blocks(vec![Block::new("b", BlockNesting::List, content)]);
    is(
        &assert_write_only_null(&schema, &o([("b", l([leak]))])),
        &["b[0].w P7"],
    );
    is(&assert_write_only_null(&schema, &o([("b", l([u()]))])), &[]);
}
