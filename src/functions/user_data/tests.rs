use std::collections::BTreeMap;

use super::*;
use crate::functions::{NODE_LABELS, NODE_TAINTS, NODE_TEMPLATE_TAGS, SLICES_PER_NODE};
use crate::models::LayoutModel;

fn small() -> Value {
    let layout = LayoutModel {
        instance_types: vec!["p5.48xlarge".to_owned()].into(),
        slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
        ..LayoutModel::default()
    };
    layout.to_value()
}

fn with(options: Value) -> Result<String, FunctionError> {
    let result = UserDataFunction.call(&[small(), options])?;
    Ok(result.as_str().unwrap().to_owned())
}

fn option(name: &str, value: &str) -> Value {
    Value::object([(name, Value::from(value))])
}

fn node_config() -> Value {
    Value::object(
        [
            ("cluster_name", "prod"),
            ("api_server_endpoint", "https://example.com"),
            (
                "certificate_authority",
                "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=",
            ),
            ("service_cidr", "10.100.0.0/16"),
        ]
        .map(|(name, text)| (name, Value::from(text))),
    )
}

#[test]
fn karpenter_sets_labels_itself() {
    let plain = UserDataFunction.call(&[small()]).unwrap();
    let plain = plain.as_str().unwrap();
    assert!(plain.contains("--node-labels=mig.eks/"), "{plain}");
    assert_eq!(with(option("target", "node_group")).unwrap(), plain);
    let karpenter = with(option("target", "karpenter")).unwrap();
    assert!(!karpenter.contains("mig.eks/layout") && karpenter.contains("gpus 0-7 19:0"));
}

#[test]
fn nobody_adds_to_custom_user_data() {
    let full = Value::object([("target", Value::from("custom")), ("node_config", node_config())]);
    let text = with(full).unwrap();
    for part in ["registerWithTaints", "https://example.com", "--node-labels="] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn options_that_do_not_go_together() {
    let refused = |options: Value, argument: usize, text: &str| {
        let error = with(options).unwrap_err();
        assert_eq!(error.argument, Some(argument), "{error:?}");
        assert!(error.text.starts_with("options"), "{error:?}");
        assert!(error.text.contains(text), "no {text:?} in {error:?}");
    };
    let join = [("target", KARPENTER), ("on_failure", "join_tainted")];
    refused(
        Value::object(join.map(|(name, word)| (name, Value::from(word)))),
        1,
        "buys node after node",
    );
    refused(option("target", "custom"), 1, "needs node_config");
    refused(
        Value::object([("node_config", node_config())]),
        1,
        "node_config is for",
    );
    refused(option("target", "karpentr"), 1, "allowed are node_group");
    refused(option("on_failre", "halt"), 1, "did you mean on_failure?");
    refused(option("partition_timeout", "1h"), 1, "allowed are 60 to 840");
    refused(
        Value::object([("render_version", Value::from(99))]),
        1,
        "Unknown render_version",
    );
    let part = Value::object([
        ("content_type", Value::from("text/x-shellscript")),
        ("content", Value::from("a\r\n")),
    ]);
    let extra = Value::object([("after", Value::List(vec![part]))]);
    refused(
        Value::object([("extra_user_data", extra)]),
        1,
        "options.extra_user_data.after[0].content",
    );
    let twice = UserDataFunction.call(&[
        small(),
        option("target", "karpenter"),
        option("target", "karpenter"),
    ]);
    assert_eq!(twice.unwrap_err().argument, Some(2));
}

#[test]
fn a_layout_that_does_not_fit_is_told_as_everywhere() {
    let layout = LayoutModel {
        instance_types: vec!["p5.48xlarge".to_owned()].into(),
        slices: BTreeMap::from([("3g.40gb".to_owned(), 3)]).into(),
        ..LayoutModel::default()
    };
    for call in [
        UserDataFunction.call(&[layout.to_value()]),
        NODE_LABELS.call(&[layout.to_value()]),
        NODE_TAINTS.call(&[layout.to_value()]),
        NODE_TEMPLATE_TAGS.call(&[layout.to_value()]),
        SLICES_PER_NODE.call(&[layout.to_value()]),
    ] {
        let error = call.unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(
            error
                .text
                .starts_with(r#"layout.slices["3g.40gb"]: 3 x 3g.40gb does not fit"#),
            "{error:?}"
        );
        assert!(error.text.contains("leaves 2 x 3g.40gb"), "{error:?}");
    }
}
