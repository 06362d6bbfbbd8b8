//! Planned nested attributes and blocks: P5, P6.

use tfplug::schema::{BlockNesting, Nesting, Schema};
use tfplug::unstable::oracle::{assert_object_compatible, assert_plan_valid};
use tfplug::value::Value;

use super::short::*;

#[track_caller]
fn nested_plan(schema: &Schema, prior: Value, config: Value, planned: Value, expected: &[&str]) {
    let object = |v| o([("n", v)]);
    is(
        &assert_plan_valid(schema, &object(prior), &object(config), &object(planned)),
        expected,
    );
}

#[test]
fn nested_single() {
    let schema = pair(Nesting::Single, Optional);
    nested_plan(&schema, Null, ac(s("a"), Null), ac(s("a"), u()), &[]);
    nested_plan(&schema, Null, ac(s("a"), Null), ac(s("b"), u()), &["n.a P2"]);
    nested_plan(&schema, Null, ac(s("a"), Null), u(), &["n P5"]);
    nested_plan(&schema, Null, ac(s("a"), Null), Null, &["n P1"]);
    nested_plan(&schema, Null, Null, ac(Null, Null), &["n P3"]);
    nested_plan(&pair(Nesting::Single, OptionalComputed), Null, Null, u(), &[]);
    nested_plan(
        &schema,
        ac(s("A"), s("c")),
        ac(s("a"), Null),
        ac(s("A"), s("c")),
        &[],
    );
    nested_plan(
        &schema,
        ac(s("A"), s("c")),
        ac(s("a"), Null),
        ac(s("A"), u()),
        &[],
    );
}

#[test]
fn nested_list() {
    let schema = pair(Nesting::List, Optional);
    let two = || l([ac(s("a"), Null), ac(s("b"), Null)]);
    nested_plan(
        &schema,
        Null,
        two(),
        l([ac(s("a"), u()), ac(s("b"), s("c"))]),
        &[],
    );
    nested_plan(&schema, Null, two(), l([ac(s("a"), u())]), &["n P5, P6"]);
    nested_plan(
        &schema,
        Null,
        two(),
        l([ac(s("b"), u()), ac(s("a"), u())]),
        &["n[0].a P2", "n[1].a P2"],
    );
    nested_plan(&schema, Null, u(), l([]), &["n P5, P6"]);
    nested_plan(&schema, Null, l([u()]), l([ac(u(), s("c"))]), &["n[0].c P2"]);
    nested_plan(&schema, Null, l([u()]), l([ac(u(), u())]), &[]);
    // The prior value of the same index may stay.
    nested_plan(
        &schema,
        l([ac(s("A"), Null)]),
        l([ac(s("a"), Null)]),
        l([ac(s("A"), Null)]),
        &[],
    );
}

#[test]
fn a_null_element_is_one_of_nulls() {
    let schema = pair(Nesting::List, Optional);
    nested_plan(&schema, Null, l([Null]), l([ac(Null, Null)]), &[]);
    nested_plan(&schema, Null, l([ac(Null, Null)]), l([Null]), &[]);
    nested_plan(&schema, Null, l([ac(s("a"), Null)]), l([Null]), &["n[0].a P2"]);
}

#[test]
fn nested_map() {
    let schema = pair(Nesting::Map, Optional);
    let k = |v| o([("k", v)]);
    nested_plan(&schema, Null, k(ac(s("a"), Null)), k(ac(s("a"), u())), &[]);
    nested_plan(&schema, Null, k(ac(s("a"), Null)), o([]), &["n P5, P6"]);
    let moved = o([("j", ac(s("a"), Null))]);
    nested_plan(
        &schema,
        Null,
        k(ac(s("a"), Null)),
        moved,
        &["n P5, P6", "n P5, P6"],
    );
    // The key reads like an attribute in a plan, and like a key in a result.
    nested_plan(
        &schema,
        Null,
        k(ac(s("a"), Null)),
        k(ac(s("b"), Null)),
        &["n.k.a P2"],
    );
    let planned = o([("n", k(ac(s("a"), Null)))]);
    let actual = o([("n", k(ac(s("b"), Null)))]);
    is(
        &assert_object_compatible(&schema, &planned, &actual),
        &[r#"n["k"].a A1"#],
    );
}

#[test]
fn a_nested_set_is_judged_by_its_length() {
    let schema = pair(Nesting::Set, Optional);
    let two = || set([ac(s("a"), Null), ac(s("b"), Null)]);
    nested_plan(
        &schema,
        Null,
        two(),
        set([ac(s("x"), Null), ac(s("y"), Null)]),
        &[],
    );
    nested_plan(&schema, Null, two(), set([ac(s("x"), Null)]), &["n P5, P6"]);
    // With unknowns in it, any length from one up to the number of elements is possible.
    nested_plan(
        &schema,
        Null,
        set([ac(s("a"), Null)]),
        set([ac(s("a"), u()), ac(s("b"), u())]),
        &[],
    );
    nested_plan(
        &schema,
        Null,
        set([]),
        set([ac(s("a"), u()), ac(s("b"), u())]),
        &["n P5, P6"],
    );
    let three = set([ac(s("a"), Null), ac(s("b"), Null), ac(s("c"), Null)]);
    nested_plan(
        &schema,
        Null,
        three,
        set([ac(s("a"), u()), ac(s("b"), u())]),
        &["n P5, P6"],
    );
    nested_plan(
        &schema,
        Null,
        refined(|r| r.length_max = Some(1)),
        two(),
        &["n P5, P6"],
    );
    nested_plan(&schema, Null, u(), two(), &[]);
}

#[track_caller]
fn block_plan(nesting: BlockNesting, prior: Value, config: Value, planned: Value, expected: &[&str]) {
    let object = |v| o([("b", v)]);
    is(
        &assert_plan_valid(
            &blocks(nesting),
            &object(prior),
            &object(config),
            &object(planned),
        ),
        expected,
    );
}

#[test]
fn single_and_group_blocks() {
    use BlockNesting::{Group, Single};
    block_plan(Single, Null, Null, Null, &[]);
    block_plan(Single, Null, ac(s("a"), Null), Null, &["b P1"]);
    block_plan(Single, Null, Null, ac(Null, Null), &["b P1"]);
    block_plan(Single, Null, ac(s("a"), Null), u(), &["b P6"]);
    block_plan(Single, Null, ac(s("a"), Null), ac(s("a"), u()), &[]);
    block_plan(Group, Null, ac(Null, Null), Null, &["b P6"]);
    block_plan(Group, Null, ac(Null, Null), ac(s("a"), Null), &["b.a P3"]);
}

#[test]
fn list_blocks() {
    use BlockNesting::List;
    block_plan(List, Null, l([ac(s("a"), Null)]), l([ac(s("a"), u())]), &[]);
    block_plan(List, Null, l([ac(s("a"), Null)]), l([]), &["b P5, P6"]);
    block_plan(List, Null, l([ac(s("a"), Null)]), l([u()]), &["b[0] P6"]);
    block_plan(List, Null, l([]), Null, &["b P6"]);
    // Whole blocks know no prior exception, their attributes do.
    block_plan(
        List,
        l([ac(s("A"), Null), ac(s("B"), Null)]),
        l([]),
        l([ac(s("A"), Null), ac(s("B"), Null)]),
        &["b P5, P6"],
    );
    block_plan(
        List,
        l([ac(s("A"), Null)]),
        l([ac(s("a"), Null)]),
        l([ac(s("A"), Null)]),
        &[],
    );
}

#[test]
fn map_blocks() {
    use BlockNesting::Map;
    let k = |v| o([("k", v)]);
    block_plan(
        Map,
        Null,
        k(ac(s("a"), Null)),
        k(ac(s("b"), Null)),
        &[r#"b["k"].a P2"#],
    );
    block_plan(Map, Null, k(ac(s("a"), Null)), o([]), &["b P5, P6"]);
    block_plan(
        Map,
        Null,
        k(ac(s("a"), Null)),
        o([("j", ac(s("a"), Null))]),
        &[r#"b["j"] P5, P6"#, "b P5, P6"],
    );
    block_plan(Map, Null, k(ac(s("a"), Null)), k(u()), &[r#"b["k"] P6"#]);
    block_plan(Map, Null, o([]), Null, &["b P6"]);
}

#[test]
fn set_blocks_are_hardly_judged() {
    use BlockNesting::Set;
    block_plan(
        Set,
        Null,
        set([ac(s("a"), Null)]),
        set([ac(s("x"), Null), ac(s("y"), Null)]),
        &[],
    );
    block_plan(Set, Null, set([ac(s("a"), Null)]), set([]), &[]);
    block_plan(Set, Null, set([]), Null, &["b P6"]);
    block_plan(Set, Null, set([ac(s("a"), Null)]), set([u()]), &["b[element] P6"]);
    block_plan(Set, Null, set([]), u(), &["b P6"]);
}

#[test]
fn a_dynamic_block_stays_unknown() {
    use BlockNesting::{List, Map, Set};
    for nesting in [List, Map, Set] {
        block_plan(nesting, Null, u(), u(), &[]);
        block_plan(nesting, Null, u(), Null, &["b P6"]);
        block_plan(nesting, Null, u(), Value::unknown_not_null(), &["b P6"]);
    }
    block_plan(List, Null, u(), l([]), &["b P6"]);
    block_plan(List, l([ac(s("a"), Null)]), u(), l([ac(s("a"), Null)]), &["b P6"]);
}
