use tfplug::unstable::engine::draft::draft;
use tfplug::unstable::engine::replace::replace_paths;
use tfplug::unstable::oracle::{Action, action};

use super::*;
use crate::random::rng::Rng;
use crate::random::{for_seeds, schemas, values};

/// What the engine wants of a detailed difference.
fn keeps_the_rules(found: &Detailed) {
    let outermost_of: BTreeSet<String> = found
        .entries
        .keys()
        .map(|place| outermost(place).to_owned())
        .collect();
    assert_eq!(
        found.diffs, outermost_of,
        "each property has a place, and each place a property"
    );
    let is_replace = |diff: &PropertyDiff| {
        matches!(
            diff.kind(),
            Kind::AddReplace | Kind::DeleteReplace | Kind::UpdateReplace
        )
    };
    let replacing = found.entries.iter().filter(|(_, diff)| is_replace(diff));
    let replacing: BTreeSet<String> = replacing.map(|(place, _)| outermost(place).to_owned()).collect();
    assert_eq!(found.replaces, replacing);
}

#[test]
fn differences_say_what_a_plan_does() {
    let mut seen = BTreeSet::new();
    for_seeds(3000, |seed| {
        let mut rng = Rng::new(seed);
        let schema = schemas::schema(&mut rng);
        let config = values::config(&mut rng, &schema);
        let known = values::known_config(&mut rng, &schema, &config);
        let planned = draft(&schema, &Value::Null, &known);
        let prior = values::filled(&mut rng, &schema, &planned);
        let config = values::changed(&mut rng, &schema, &config);
        let planned = draft(&schema, &prior, &config);
        let replaced = replace_paths(&schema, &prior, &planned, &config);
        let found = detailed(&Planned {
            schema: &schema,
            place: Place::Resource,
            prior: &prior,
            planned: &planned,
            config: &config,
            replaced: &replaced,
        });
        keeps_the_rules(&found);
        let action = action(&schema, &prior, &planned, &replaced);
        seen.insert(action);
        match action {
            Action::Replace => assert!(!found.replaces.is_empty(), "{prior:?} {planned:?} {replaced:?}"),
            Action::NoOp => assert!(found.entries.is_empty(), "{found:?}"),
            _ => assert!(
                found.replaces.is_empty() && !found.entries.is_empty(),
                "{found:?} {replaced:?}"
            ),
        }
    });
    if std::env::var_os("MIG_SEED").is_none() {
        assert_eq!(
            seen,
            BTreeSet::from([Action::NoOp, Action::Update, Action::Replace])
        );
    }
}

fn schema() -> Schema {
    use tfplug::schema::{Attribute, AttributeType, Nesting, OnChange, Optionality, Replace};
    use tfplug::ty::Type;
    let text = |name: &str| Attribute::new(name, AttributeType::Plain(Type::String));
    let rules = vec![text("port_name")];
    let stable = text("web_arn")
        .with(Optionality::Computed)
        .with_on_change(OnChange::Never);
    Schema::new(
        "",
        vec![
            text("label_text"),
            text("zone").with_replace(Replace::Always),
            text("state_of_it").with(Optionality::Computed),
            Attribute::new("rules", AttributeType::nested(Nesting::Set, rules)),
            stable,
        ],
    )
}

fn object(label: Value, zone: Value, state: Value, rules: &[&str]) -> Value {
    let rule = |name: &&str| Value::object([("port_name", Value::from(*name))]);
    Value::object([
        ("label_text", label),
        ("zone", zone),
        ("state_of_it", state),
        ("rules", Value::set(rules.iter().map(rule).collect::<Vec<_>>())),
        ("web_arn", "arn".into()),
    ])
}

fn kinds(prior: &Value, planned: &Value, replaced: &[Path]) -> Vec<(String, Kind)> {
    let schema = schema();
    let found = detailed(&Planned {
        place: Place::Resource,
        schema: &schema,
        prior,
        planned,
        config: planned,
        replaced,
    });
    keeps_the_rules(&found);
    found
        .entries
        .iter()
        .map(|(place, diff)| (place.clone(), diff.kind()))
        .collect()
}

#[test]
fn outputs_that_may_change_are_told_only_alone() {
    let prior = object("a".into(), "z".into(), "on".into(), &[]);
    let with_label = object("b".into(), "z".into(), Value::unknown(), &[]);
    assert_eq!(
        kinds(&prior, &with_label, &[]),
        [("labelText".to_owned(), Kind::Update)]
    );
    let alone = object("a".into(), "z".into(), Value::unknown(), &[]);
    assert_eq!(
        kinds(&prior, &alone, &[]),
        [("stateOfIt".to_owned(), Kind::Update)]
    );
}

#[test]
fn elements_of_a_set_are_one_place() {
    let prior = object("a".into(), Value::Null, "on".into(), &["http", "dns"]);
    let planned = object("a".into(), Value::unknown(), "on".into(), &["https", "dns"]);
    let replaced = [Path::attr("zone")];
    assert_eq!(
        kinds(&prior, &planned, &replaced),
        [
            ("rules".to_owned(), Kind::Update),
            ("zone".to_owned(), Kind::AddReplace)
        ]
    );
}

#[test]
fn an_element_more_or_less_changes_the_set_that_holds_it() {
    let with = |rules: &[&str]| object("a".into(), "z".into(), "on".into(), rules);
    for (before, after) in [(&["dns"][..], &["dns", "http"][..]), (&["dns", "http"], &["dns"])] {
        assert_eq!(
            kinds(&with(before), &with(after), &[]),
            [("rules".to_owned(), Kind::Update)]
        );
    }
}

/// A resource's own replacement, for a change that the schema makes in place.
#[test]
fn the_plan_says_what_replaces_too() {
    let prior = object("a".into(), "z".into(), "on".into(), &[]);
    let planned = object("b".into(), "z".into(), "on".into(), &[]);
    let own = [Path::attr("label_text"), Path::attr("zone")];
    assert_eq!(
        kinds(&prior, &planned, &own),
        [("labelText".to_owned(), Kind::UpdateReplace)]
    );
    assert_eq!(stables(&schema()), ["webArn"]);
}

/// An output that shows a failure may be the reason, beside a change of the user's.
#[test]
fn an_output_that_replaces_is_told_beside_other_changes() {
    let prior = object("a".into(), "z".into(), "failed".into(), &[]);
    let planned = object("b".into(), "z".into(), Value::unknown(), &[]);
    assert_eq!(
        kinds(&prior, &planned, &[Path::attr("state_of_it")]),
        [
            ("labelText".to_owned(), Kind::Update),
            ("stateOfIt".to_owned(), Kind::UpdateReplace)
        ]
    );
}
