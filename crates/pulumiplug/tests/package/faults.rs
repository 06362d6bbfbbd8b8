//! Declarations that Pulumi could not tell apart, and examples that do not fit.

use pulumiplug::schema::{Example, Expression, PackageInfo, Step, package};
use tfplug::schema::{Attribute, AttributeType, Nesting, ObjectType, Optionality, ProviderSchemas, Schema};
use tfplug::ty::Type;

use super::declarations::{example, info, no_scalar, schemas};

fn text(name: &str) -> Attribute {
    Attribute::new(name, AttributeType::Plain(Type::String))
}

fn fault_of(change: impl FnOnce(&mut ProviderSchemas, &mut PackageInfo)) -> String {
    let (mut schemas, mut info) = (schemas(), info());
    change(&mut schemas, &mut info);
    package(&schemas, &info).unwrap_err().to_string()
}

fn add(schemas: &mut ProviderSchemas, attributes: Vec<Attribute>) {
    schemas
        .resources
        .insert("card_new".into(), Schema::new("", attributes).into());
}

#[test]
fn a_type_has_one_shape() {
    let layout = ObjectType::named("Layout", vec![text("columns")]);
    let attribute = Attribute::new("other", AttributeType::Nested(Nesting::Single, layout));
    let fault = fault_of(|schemas, _| add(schemas, vec![attribute]));
    assert_eq!(
        fault,
        "the type Layout has two shapes, of which one is in NewOther: give one of them another name (`type_name`)"
    );
}

#[test]
fn two_attributes_are_two_properties() {
    let fault = fault_of(|schemas, _| add(schemas, vec![text("a_1"), text("a1")]));
    assert_eq!(
        fault,
        "New: the attributes a1 and a_1 are both a1 in Pulumi: rename one of them"
    );
}

#[test]
fn two_objects_have_two_tokens() {
    let fault = fault_of(|schemas, _| {
        let signature = schemas.functions["stamped"].clone();
        schemas.functions.insert("get_layout".into(), signature);
    });
    assert_eq!(
        fault,
        "card_layout and get_layout are both card:index:getLayout in Pulumi: rename one of them"
    );
}

#[test]
fn an_id_is_not_given() {
    let id = text("id").with(Optionality::Required);
    let fault = fault_of(|schemas, _| add(schemas, vec![id]));
    assert!(
        fault.starts_with("card_new: the attribute id is given by users"),
        "{fault}"
    );
}

#[test]
fn an_example_uses_what_is_declared() {
    let fault = |change: fn(&mut Example)| {
        fault_of(|_, info| {
            let mut example = example();
            change(&mut example);
            info.examples.insert("card_card".into(), vec![example]);
        })
    };
    let first_name: fn(&mut Example) = |example| {
        let Step::Read { inputs, .. } = &mut example.steps[0] else {
            panic!()
        };
        inputs[0].0 = "lay_out".into();
    };
    assert_eq!(
        fault(first_name),
        "the example \"A card for two\": there is no attribute lay_out"
    );
    let computed: fn(&mut Example) = |example| {
        let Step::Resource { inputs, .. } = &mut example.steps[1] else {
            panic!()
        };
        inputs.push(("slices_per_sheet".into(), 1.into()));
    };
    assert_eq!(
        fault(computed),
        "the example \"A card for two\": nobody gives the attribute slices_per_sheet"
    );
    assert_eq!(
        fault(|example| {
            example.steps.remove(0);
        }),
        "the example \"A card for two\": no step before is called sheet_layout"
    );
    assert_eq!(
        fault(|example| example.steps.push(Step::Output {
            name: "birthday_card".into(),
            value: true.into(),
        })),
        "the example \"A card for two\": the output birthday_card is called as a step before it"
    );
    assert_eq!(
        fault(|example| example.steps.push(Step::Output {
            name: "x".into(),
            value: Expression::of("birthday_card", "colour"),
        })),
        "the example \"A card for two\": birthday_card has no attribute colour"
    );
}

#[test]
fn a_default_that_is_no_scalar_is_told_in_words() {
    let texts = AttributeType::Plain(Type::list(Type::String));
    let names = Attribute::new("x", texts).with(Optionality::OptionalComputed);
    let names = names.with_default(tfplug::schema::Default::Value(no_scalar()));
    let (mut schemas, info) = (schemas(), info());
    add(&mut schemas, vec![names]);
    let package = package(&schemas, &info).unwrap();
    let property = &package.resources["card:index:New"].input_properties["x"];
    assert_eq!(property.default, None);
    assert_eq!(property.description, "Default: `[\"a\"]`.");
}
