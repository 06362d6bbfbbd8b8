//! What is judged of a whole object: types, replacement, the second plan, a plan of no change: P8, P10 to P12.

use tfplug::path::Path;
use tfplug::schema::{Nesting, Schema};
use tfplug::ty::Type;
use tfplug::unstable::oracle::{
    Action, Judged, action, conforms, effective_replacements, judge_final_plan, judge_plan, judge_unchanged,
};
use tfplug::value::Value;

use super::short::*;

#[test]
fn values_are_of_their_type() {
    is(&conforms(&Type::String, &n(1)), &["P8"]);
    is(&conforms(&Type::String, &Null), &[]);
    is(&conforms(&Type::String, &u()), &[]);
    is(
        &conforms(&Type::list(Type::Number), &l([n(1), s("x")])),
        &["[1] P8"],
    );
    is(
        &conforms(&Type::Tuple(vec![Type::Number]), &l([n(1), n(2)])),
        &["P8"],
    );
    is(
        &conforms(&Type::object([("a", Type::String)]), &o([("b", s("x"))])),
        &["P8", "P8"],
    );
    is(
        &conforms(&Type::set(Type::String), &Value::Set(vec![s("b"), s("a")])),
        &["P8"],
    );
    is(
        &conforms(&Type::set(Type::String), &Value::Set(vec![s("a"), s("a")])),
        &["P8"],
    );
    is(&conforms(&Type::set(Type::String), &set([u(), u()])), &[]);
    is(&conforms(&Type::Dynamic, &s("x")), &["P8"]);
    is(&conforms(&Type::Dynamic, &dynamic(Type::String, s("x"))), &[]);
    is(&conforms(&Type::Dynamic, &dynamic(Type::String, n(1))), &["P8"]);
    is(
        &conforms(&Type::Bool, &refined(|r| r.string_prefix = Some("x".into()))),
        &["P8"],
    );
    let schema = pair(Nesting::List, Optional);
    is(
        &judge_plan(&schema, &Null, &o([("n", Null)]), &o([("n", s("x"))]), &[]),
        &["n P8"],
    );
}

#[test]
fn replacement_paths_resolve() {
    let schema = one(nested("n", Nesting::List, Optional, vec![text("a", Optional)]));
    let object = |v| o([("n", v)]);
    let (prior, planned) = (object(l([o([("a", s("x"))])])), object(l([])));
    let element = Path::attr("n").index(0).attribute("a");
    let judge = |prior: &Value, path: &Path| {
        judge_plan(&schema, prior, &planned, &planned, std::slice::from_ref(path))
    };
    is(&judge(&prior, &element), &[]);
    is(
        &judge(&prior, &Path::attr("n").index(1).attribute("a")),
        &["n[1].a P10"],
    );
    is(&judge(&prior, &Path::attr("m")), &["m P10"]);
    // Nothing is looked at on create.
    is(&judge(&Null, &Path::attr("m")), &[]);
}

#[test]
fn replacement_needs_a_change() {
    let schema = Schema::new("", vec![text("v", Optional), secret("w")]);
    let object = |v| o([("v", v), ("w", Null)]);
    let (v, w) = ([Path::attr("v")], [Path::attr("w")]);
    let (old, new) = (object(s("a")), object(s("b")));
    assert_eq!(action(&schema, &old, &new, &v), Action::Replace);
    assert_eq!(action(&schema, &old, &new, &[]), Action::Update);
    assert_eq!(action(&schema, &old, &old, &v), Action::NoOp);
    assert_eq!(action(&schema, &old, &object(u()), &v), Action::Replace);
    assert_eq!(action(&schema, &old, &object(u()), &[]), Action::Update);
    assert_eq!(action(&schema, &Null, &new, &v), Action::Create);
    assert_eq!(action(&schema, &old, &Null, &[]), Action::Delete);
    // Of a write-only value nothing is kept to compare.
    assert_eq!(action(&schema, &old, &old, &w), Action::Replace);
    assert_eq!(effective_replacements(&schema, &old, &old, &w).len(), 1);
}

#[test]
fn the_second_plan_keeps_the_first() {
    let schema = one(text("v", OptionalComputed));
    let (unknown, a, b) = (o([("v", u())]), o([("v", s("a"))]), o([("v", s("b"))]));
    let judge = |initial: (Action, &Value), last: (Action, &Value)| {
        let judged = |(action, planned)| Judged { action, planned };
        judge_final_plan(&schema, judged(initial), judged(last))
    };
    is(&judge((Action::Update, &unknown), (Action::Update, &a)), &[]);
    is(
        &judge((Action::Update, &unknown), (Action::Update, &unknown)),
        &[],
    );
    is(&judge((Action::Update, &unknown), (Action::NoOp, &a)), &[]);
    is(&judge((Action::Update, &a), (Action::Update, &b)), &["v A1"]);
    is(
        &judge((Action::Update, &a), (Action::Update, &unknown)),
        &["v A1"],
    );
    is(&judge((Action::NoOp, &a), (Action::Update, &a)), &["P11"]);
    is(&judge((Action::Update, &a), (Action::Replace, &a)), &["P11"]);
}

#[test]
fn no_change_is_the_prior_object() {
    let (known, open) = (o([("v", s("a"))]), o([("v", u())]));
    is(&judge_unchanged(&known, &known, &[]), &[]);
    is(&judge_unchanged(&known, &open, &[]), &["P12"]);
    is(&judge_unchanged(&known, &known, &[Path::attr("v")]), &["P12"]);
}
