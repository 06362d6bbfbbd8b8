//! The object that Terraform proposes.

use tfplug::schema::{BlockNesting, Nesting, Schema};
use tfplug::ty::Type;
use tfplug::unstable::oracle::proposed_new;
use tfplug::value::Value;

use super::short::*;

#[track_caller]
fn proposes(schema: &Schema, prior: Value, config: Value, expected: Value) {
    let name = schema
        .attributes
        .first()
        .map_or("b", |a| a.name.as_str())
        .to_owned();
    let object = |v: Value| o([(name.as_str(), v)]);
    assert_eq!(
        proposed_new(schema, &object(prior), &object(config)),
        object(expected)
    );
}

#[test]
fn proposals_of_plain_attributes() {
    proposes(&one(text("v", OptionalComputed)), s("a"), Null, s("a"));
    proposes(&one(text("v", OptionalComputed)), s("a"), s("b"), s("b"));
    proposes(&one(text("v", OptionalComputed)), s("a"), u(), u());
    proposes(&one(text("v", Computed)), s("a"), Null, s("a"));
    proposes(&one(text("v", Optional)), s("a"), Null, Null);
    proposes(&one(secret("v")), Null, s("a"), s("a"));
    assert_eq!(proposed_new(&one(text("v", Optional)), &Null, &Null), Null);
    assert_eq!(
        proposed_new(&one(text("v", Computed)), &Null, &o([("v", Null)])),
        o([("v", Null)])
    );
}

#[test]
fn a_computed_object_that_was_configured_goes_away() {
    let schema = pair(Nesting::Single, OptionalComputed);
    proposes(&schema, ac(Null, s("c")), Null, ac(Null, s("c")));
    proposes(&schema, ac(s("a"), s("c")), Null, Null);
    let list = pair(Nesting::List, OptionalComputed);
    proposes(&list, l([ac(Null, s("c")), ac(s("a"), Null)]), Null, Null);
    proposes(&list, l([ac(Null, s("c"))]), Null, l([ac(Null, s("c"))]));
    // What only the provider gives stays, whatever is in it.
    proposes(
        &pair(Nesting::Single, Computed),
        ac(s("a"), s("c")),
        Null,
        ac(s("a"), s("c")),
    );
}

#[test]
fn unknown_elements_expand() {
    proposes(
        &pair(Nesting::List, Optional),
        l([ac(s("a"), s("c"))]),
        l([u()]),
        l([ac(u(), u())]),
    );
    proposes(
        &pair(Nesting::Map, Optional),
        Null,
        o([("k", u())]),
        o([("k", ac(u(), u()))]),
    );
    proposes(
        &pair(Nesting::Set, Optional),
        Null,
        set([u()]),
        set([ac(u(), u())]),
    );
    // A list element that is new is taken as it is.
    proposes(&pair(Nesting::List, Optional), Null, l([u()]), l([u()]));
    proposes(&pair(Nesting::List, Optional), Null, u(), u());
}

#[test]
fn elements_keep_what_was_computed() {
    let (old, new) = (ac(s("a"), s("c")), ac(s("b"), Null));
    proposes(
        &pair(Nesting::Single, Optional),
        old.clone(),
        new.clone(),
        ac(s("b"), s("c")),
    );
    let list = l([new.clone(), new.clone()]);
    proposes(
        &pair(Nesting::List, Optional),
        l([old.clone()]),
        list,
        l([ac(s("b"), s("c")), new.clone()]),
    );
    let map = o([("k", new.clone())]);
    proposes(
        &pair(Nesting::Map, Optional),
        o([("k", old.clone())]),
        map,
        o([("k", ac(s("b"), s("c")))]),
    );
    proposes(&pair(Nesting::Single, Optional), old, Null, Null);
}

#[test]
fn set_elements_are_paired_by_what_is_configured() {
    let schema = pair(Nesting::Set, Optional);
    let prior = set([ac(s("a"), s("1")), ac(s("b"), s("2"))]);
    proposes(
        &schema,
        prior.clone(),
        set([ac(s("b"), Null)]),
        set([ac(s("b"), s("2"))]),
    );
    proposes(
        &schema,
        prior.clone(),
        set([ac(s("x"), Null)]),
        set([ac(s("x"), Null)]),
    );
    proposes(
        &schema,
        prior,
        set([ac(s("a"), s("9"))]),
        set([ac(s("a"), s("9"))]),
    );
    // The first that fits, in Terraform's order, in which "10" comes before "9".
    let numbered = one(nested(
        "n",
        Nesting::Set,
        Optional,
        vec![text("a", Optional), plain("c", Type::Number, Computed)],
    ));
    let prior = set([ac(s("a"), n(9)), ac(s("a"), n(10))]);
    proposes(
        &numbered,
        prior,
        set([ac(s("a"), Null)]),
        set([ac(s("a"), n(10))]),
    );
}

#[test]
fn a_set_in_a_set_must_be_equal() {
    let inner = nested("c", Nesting::Set, OptionalComputed, vec![text("x", Computed)]);
    let schema = one(nested(
        "n",
        Nesting::Set,
        Optional,
        vec![text("a", Optional), inner],
    ));
    let prior = set([ac(s("a"), set([o([("x", s("1"))])]))]);
    proposes(&schema, prior, set([ac(s("a"), Null)]), set([ac(s("a"), Null)]));
}

#[test]
fn proposals_of_blocks() {
    use BlockNesting::{Group, List, Map, Set, Single};
    let (old, new) = (ac(s("a"), s("c")), ac(s("b"), Null));
    proposes(&blocks(Single), old.clone(), new.clone(), ac(s("b"), s("c")));
    proposes(&blocks(Single), old.clone(), Null, Null);
    proposes(&blocks(Group), Null, new.clone(), ac(s("b"), Null));
    proposes(
        &blocks(List),
        l([old.clone()]),
        l([new.clone()]),
        l([ac(s("b"), s("c"))]),
    );
    proposes(&blocks(List), l([old.clone()]), u(), u());
    proposes(
        &blocks(Map),
        o([("k", old.clone())]),
        o([("k", new)]),
        o([("k", ac(s("b"), s("c")))]),
    );
    proposes(
        &blocks(Set),
        set([old]),
        set([ac(s("a"), Null)]),
        set([ac(s("a"), s("c"))]),
    );
    let empty = proposed_new(&blocks(List), &Null, &o([("b", l([]))]));
    assert_eq!(empty, o([("b", l([]))]));
}
