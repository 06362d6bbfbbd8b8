use super::*;
use crate::models::LayoutModel;

fn layout(value: &Value) -> Result<LayoutModel, Vec<String>> {
    let mut diags = Diagnostics::new();
    decode::<LayoutModel>(value, &Path::attr("layout"), &mut diags)
        .map_err(|_| diags.iter().map(ToString::to_string).collect())
}

fn types(names: &[&str]) -> Value {
    Value::List(names.iter().map(|&name| Value::from(name)).collect())
}

/// As Terraform sends it: with the type that the expression has, here that of an object with some attributes.
fn dynamic(value: Value) -> Value {
    let ty = Type::object([("instance_types", Type::Dynamic), ("slices", Type::Dynamic)]);
    Value::Dynamic(Box::new((ty, value)))
}

#[test]
fn what_is_left_out_is_null() {
    let written = dynamic(Value::object([
        ("instance_types", types(&["p5.48xlarge"])),
        ("slices", Value::object([("1g.10gb", Value::from(7))])),
    ]));
    let expected = LayoutModel {
        instance_types: vec!["p5.48xlarge".to_owned()].into(),
        slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
        ..LayoutModel::default()
    };
    assert_eq!(layout(&written).as_ref(), Ok(&expected));
    assert_eq!(
        layout(&dynamic(expected.to_value())).as_ref(),
        Ok(&expected),
        "handed on whole"
    );
}

#[test]
fn values_are_converted_as_terraform_does() {
    let written = Value::object([
        ("instance_types", Value::set([Value::from("p5.48xlarge")])),
        (
            "gpus",
            Value::List(vec![Value::object([
                ("devices", Value::List(vec![Value::from("0"), Value::from(1)])),
                ("slices", Value::object([("3g", Value::from("2"))])),
            ])]),
        ),
    ]);
    let read = layout(&written).unwrap();
    let groups = read.gpus.known().unwrap();
    assert_eq!(groups[0].devices, vec![0, 1].into());
    assert_eq!(groups[0].slices, BTreeMap::from([("3g".to_owned(), 2)]).into());
}

#[test]
fn all_faults_at_once_each_with_its_place() {
    let written = Value::object([
        ("instance_type", Value::from("p5.48xlarge")),
        ("slices", Value::object([("1g.10gb", Value::from("seven"))])),
        ("strategy", Value::from("mix")),
        ("sharing", types(&["time-slicing"])),
        (
            "gpus",
            Value::List(vec![Value::object([("device", Value::Null)])]),
        ),
    ]);
    let faults = layout(&written).unwrap_err();
    for expected in [
        r#"layout.instance_type: There is no attribute "instance_type""#,
        "did you mean instance_types?",
        "layout.instance_types: instance_types is required",
        r#"layout.slices["1g.10gb"]: Invalid value of layout.slices["1g.10gb"]: Found a string"#,
        "layout.strategy: ",
        "layout.sharing: Invalid value of layout.sharing: Found a list; layout.sharing is an object.",
        "layout.gpus[0].device: There is no attribute",
        "layout.gpus[0].devices: devices is required",
        "layout.gpus[0].slices: slices is required",
    ] {
        assert!(
            faults.iter().any(|fault| fault.contains(expected)),
            "no {expected:?} in {faults:#?}"
        );
    }
}

#[test]
fn no_object_at_all() {
    for value in [Value::Null, Value::from("p5.48xlarge"), types(&["p5.48xlarge"])] {
        let faults = layout(&dynamic(value)).unwrap_err();
        assert!(faults[0].starts_with("layout: "), "{faults:?}");
    }
}

/// Terraform does not call with unknown values; what if it does.
#[test]
fn what_is_unknown_stays_so() {
    let written = Value::object([
        ("instance_types", Value::unknown()),
        ("slices", Value::object([("1g.10gb", Value::unknown())])),
    ]);
    let read = layout(&written).unwrap();
    assert!(read.instance_types.is_unknown() && read.slices.is_unknown());
}
