//! What came of a plan, and what a read gives: A1, A2, A4, A5, R1.

use tfplug::schema::{Attribute, BlockNesting, Schema};
use tfplug::ty::Type;
use tfplug::unstable::oracle::{assert_object_compatible, judge_apply, judge_read};
use tfplug::value::{Number, Value};

use super::short::*;

#[track_caller]
fn result_of(attribute: Attribute, planned: Value, actual: Value, expected: &[&str]) {
    let object = |v| o([("v", v)]);
    is(
        &assert_object_compatible(&one(attribute), &object(planned), &object(actual)),
        expected,
    );
}

#[test]
fn a_known_leaf_stays() {
    let v = || text("v", Optional);
    result_of(v(), s("a"), s("a"), &[]);
    result_of(v(), s("a"), s("b"), &["v A1"]);
    result_of(v(), s("a"), Null, &["v A1"]);
    result_of(v(), s("a"), u(), &["v A1"]);
    result_of(v(), Null, s("a"), &["v A1"]);
    result_of(v(), Null, Null, &[]);
    let number = |text: &str| Value::Number(text.parse::<Number>().unwrap());
    result_of(
        plain("v", Type::Number, Optional),
        number("1.0"),
        number("1"),
        &[],
    );
    result_of(
        plain("v", Type::Number, Optional),
        number("18446744073709551616"),
        number("18446744073709551617"),
        &["v A1"],
    );
}

#[test]
fn an_unknown_leaf_may_become_anything_promised() {
    let v = || text("v", Computed);
    result_of(v(), u(), s("a"), &[]);
    result_of(v(), u(), Null, &[]);
    result_of(v(), u(), u(), &[]);
    result_of(v(), Value::unknown_not_null(), Null, &["v A1"]);
    result_of(
        v(),
        refined(|r| r.string_prefix = Some("i-".into())),
        s("i-1"),
        &[],
    );
    result_of(
        v(),
        refined(|r| r.string_prefix = Some("i-".into())),
        s("vol-1"),
        &["v A1"],
    );
    let number = || plain("v", Type::Number, Computed);
    result_of(
        number(),
        refined(|r| r.number_min = Some((Number::from(1_i64), true))),
        n(1),
        &[],
    );
    result_of(
        number(),
        refined(|r| r.number_min = Some((Number::from(1_i64), false))),
        n(1),
        &["v A1"],
    );
    result_of(
        number(),
        refined(|r| r.number_max = Some((Number::from(1_i64), true))),
        n(2),
        &["v A1"],
    );
    let list = || plain("v", Type::list(Type::String), Computed);
    result_of(
        list(),
        refined(|r| r.length_max = Some(1)),
        l([s("a"), s("b")]),
        &["v A1"],
    );
    result_of(list(), refined(|r| r.length_min = Some(1)), l([]), &["v A1"]);
}

#[test]
fn lists_and_maps_keep_their_shape() {
    let list = || plain("v", Type::list(Type::String), Optional);
    result_of(list(), l([s("a"), u()]), l([s("a"), s("b")]), &[]);
    result_of(list(), l([s("a"), s("b")]), l([s("a")]), &["v A5"]);
    result_of(list(), l([s("a")]), l([s("a"), s("b")]), &["v A5"]);
    result_of(list(), l([s("a")]), l([s("b")]), &["v[0] A1"]);
    let map = || plain("v", Type::map(Type::String), Optional);
    result_of(map(), o([("k", s("a"))]), o([]), &["v A5"]);
    result_of(
        map(),
        o([("k", s("a"))]),
        o([("k", s("a")), ("j", s("a"))]),
        &["v A5"],
    );
    result_of(map(), o([("k", s("a"))]), o([("k", s("b"))]), &[r#"v["k"] A1"#]);
}

#[test]
fn sets_may_shrink_but_not_grow() {
    let v = || plain("v", Type::set(Type::String), Optional);
    result_of(v(), set([u(), s("a")]), set([s("a")]), &[]);
    result_of(v(), set([u(), u()]), set([s("a")]), &[]);
    result_of(v(), set([u()]), set([s("a"), s("b")]), &["v A5"]);
    result_of(v(), set([s("a")]), set([s("b")]), &["v A5"]);
    result_of(v(), set([s("a")]), set([s("a"), s("b")]), &["v A5", "v A5"]);
    result_of(v(), set([u(), s("a")]), set([s("b"), s("c")]), &["v A5"]);
    // Not one to one: both planned elements fit the first, and the unknown one fits the second too.
    result_of(v(), set([s("a"), u()]), set([s("a"), s("b")]), &[]);
}

#[test]
fn a_dynamic_place_keeps_a_promised_type() {
    let v = || plain("v", Type::Dynamic, Optional);
    result_of(v(), u(), dynamic(Type::Bool, Value::Bool(true)), &[]);
    // An untyped null promises nothing.
    result_of(v(), Null, dynamic(Type::String, s("a")), &[]);
    result_of(
        v(),
        dynamic(Type::String, u()),
        dynamic(Type::String, s("a")),
        &[],
    );
    result_of(
        v(),
        dynamic(Type::String, u()),
        dynamic(Type::Number, n(1)),
        &["v A1"],
    );
    result_of(v(), dynamic(Type::String, s("a")), Null, &["v A1"]);
}

#[test]
fn of_a_sensitive_attribute_only_the_place_is_told() {
    let hidden = plain("v", Type::map(Type::String), Optional).with_sensitive();
    result_of(
        hidden,
        o([("k", s("a")), ("j", s("b"))]),
        o([("k", s("x")), ("j", s("y"))]),
        &["v A1"],
    );
}

#[track_caller]
fn block_result(nesting: BlockNesting, planned: Value, actual: Value, expected: &[&str]) {
    let object = |v| o([("b", v)]);
    is(
        &assert_object_compatible(&blocks(nesting), &object(planned), &object(actual)),
        expected,
    );
}

#[test]
fn results_of_blocks() {
    use BlockNesting::{List, Map, Set, Single};
    block_result(Single, u(), Null, &[]);
    block_result(Single, u(), ac(s("a"), Null), &[]);
    block_result(Single, ac(s("a"), u()), Null, &["b A1"]);
    block_result(Single, Null, ac(s("a"), Null), &["b A1"]);
    block_result(List, l([ac(s("a"), u())]), l([ac(s("a"), s("c"))]), &[]);
    block_result(List, l([ac(s("a"), u())]), l([]), &["b A5"]);
    block_result(List, l([ac(s("a"), u())]), l([ac(s("b"), Null)]), &["b[0].a A1"]);
    block_result(List, u(), l([ac(s("b"), Null)]), &[]);
    block_result(Set, set([ac(s("a"), u())]), set([ac(s("a"), s("c"))]), &[]);
    block_result(Set, set([ac(s("a"), u())]), set([ac(s("b"), s("c"))]), &["b A5"]);
    let (k, j) = (o([("k", ac(s("a"), Null))]), o([("j", ac(s("a"), Null))]));
    block_result(Map, k.clone(), o([]), &["b A5"]);
    // What passes by accident.
    block_result(Map, k.clone(), j, &[]);
    for nesting in [List, Set, Map] {
        block_result(nesting, Null, Value::List(vec![ac(s("a"), Null)]), &[]);
    }
    block_result(List, l([ac(s("a"), Null)]), u(), &[]);
    block_result(Set, set([ac(s("a"), Null)]), u(), &[]);
    block_result(List, l([ac(s("a"), Null)]), Null, &[]);
    // Terraform crashes here.
    block_result(Map, k, u(), &["b A1"]);
}

#[test]
fn whole_results() {
    let schema = Schema::new("", vec![text("v", Computed), secret("w")]);
    let object = |v, w| o([("v", v), ("w", w)]);
    let planned = object(u(), Null);
    is(&judge_apply(&schema, &planned, &object(s("a"), Null), false), &[]);
    is(
        &judge_apply(&schema, &planned, &object(u(), Null), false),
        &["v A1, R1"],
    );
    is(
        &judge_apply(&schema, &planned, &object(s("a"), s("x")), false),
        &["w P7"],
    );
    is(
        &judge_apply(&schema, &planned, &object(n(1), Null), false),
        &["v P8"],
    );
    is(&judge_apply(&schema, &planned, &Null, false), &["A2, A4"]);
    is(
        &judge_apply(&schema, &Null, &object(s("a"), Null), false),
        &["A2"],
    );
    is(&judge_apply(&schema, &Null, &Null, false), &[]);
    // With an error only the form counts: a partial object, the old one, or none.
    is(
        &judge_apply(&schema, &object(s("b"), Null), &object(s("a"), Null), true),
        &[],
    );
    is(&judge_apply(&schema, &planned, &Null, true), &[]);
    is(
        &judge_apply(&schema, &planned, &object(s("a"), s("x")), true),
        &["w P7"],
    );
}

#[test]
fn whole_reads() {
    let schema = Schema::new("", vec![text("v", Computed), secret("w")]);
    let object = |v, w| o([("v", v), ("w", w)]);
    is(&judge_read(&schema, &object(s("a"), Null)), &[]);
    is(&judge_read(&schema, &Null), &[]);
    is(&judge_read(&schema, &object(u(), Null)), &["v A1, R1"]);
    is(&judge_read(&schema, &object(s("a"), s("x"))), &["w P7"]);
    is(&judge_read(&schema, &o([("v", Null)])), &["P8"]);
}
