//! Images, subnets, security groups and placement groups, and what selects them.

use serde_json::{Value, json};

use super::*;

#[test]
fn images_by_alias() {
    let with_alias = |text: &str| json!({"amiSelectorTerms": alias(text)});
    let latest = rendered_with(with_alias("al2023@latest")).unwrap();
    assert_eq!(
        warning_paths(&latest.warnings),
        ["spec.amiSelectorTerms[0].alias"]
    );
    assert!(
        latest.warnings[0]
            .detail()
            .contains("Pin a release, for example al2023@v20261003")
    );
    let long = format!("al2023@v{}", "1".repeat(23));
    for wrong in [
        "al2023",
        "al2023@",
        "@latest",
        "al2023@v1 2",
        "al2@v20250101",
        "windows2022@latest",
        "ubuntu@latest",
        &long,
    ] {
        refused("amiSelectorTerms[0].alias", with_alias(wrong));
    }
    let alias = "al2023@v20261003";
    refused(
        "amiSelectorTerms",
        json!({"amiSelectorTerms": [{"alias": alias}, {"id": "ami-1"}]}),
    );
    let fault = refused(
        "amiSelectorTerms[0]",
        json!({"amiSelectorTerms": [{"alias": alias, "id": "ami-1"}]}),
    );
    assert_eq!(fault.summary(), "alias selects alone");
    refused("amiFamily", json!({"amiFamily": "Bottlerocket"}));
    refused("amiFamily", json!({"amiFamily": "AL2"}));
}

#[test]
fn images_by_other_means_are_not_known_to_have_a_driver() {
    let id = json!({"id": "ami-1"});
    let parameter = json!({"ssmParameter": "/mig/ami"});
    let name = json!({"name": "gpu-*", "owner": "self", "tags": {"driver": "580"}});
    let terms = json!([id, parameter, name]);
    let rendered = rendered_with(json!({"amiSelectorTerms": terms, "amiFamily": "AL2023"})).unwrap();
    assert_eq!(warning_paths(&rendered.warnings), ["spec.amiSelectorTerms"]);
    refused("amiFamily", json!({"amiSelectorTerms": terms}));
    for (path, term) in [
        ("amiSelectorTerms[0].id", json!({"id": "i-1"})),
        ("amiSelectorTerms[0]", json!({"id": "ami-1", "owner": "self"})),
        (
            "amiSelectorTerms[0]",
            json!({"ssmParameter": "/mig/ami", "name": "x"}),
        ),
        (
            "amiSelectorTerms[0].tags[\"\"]",
            json!({"name": "gpu-*", "owner": "self", "tags": {"": "x"}}),
        ),
        ("amiSelectorTerms[0]", json!({"owner": "self"})),
        ("amiSelectorTerms[0]", json!({"tags": {}})),
    ] {
        refused(path, json!({"amiSelectorTerms": [term], "amiFamily": "AL2023"}));
    }
}

#[test]
fn selectors_by_id_or_by_others() {
    let subnets = |terms: Value| json!({"subnetSelectorTerms": terms});
    refused(
        "subnetSelectorTerms[0]",
        subnets(json!([{"id": "subnet-1", "tags": {"a": "b"}}])),
    );
    refused("subnetSelectorTerms[0].id", subnets(json!([{"id": "sg-1"}])));
    refused(
        "subnetSelectorTerms[1]",
        subnets(json!([{"tags": {"a": "b"}}, {}])),
    );
    for term in [
        json!({"id": "sg-1", "name": "nodes"}),
        json!({"name": "nodes", "tags": {"a": "b"}}),
        json!({}),
    ] {
        refused(
            "securityGroupSelectorTerms[0]",
            json!({"securityGroupSelectorTerms": [term]}),
        );
    }
    refused(
        "subnetSelectorTerms",
        subnets(Value::Array(vec![json!({"id": "subnet-1"}); 31])),
    );
}

#[test]
fn a_pinned_image_whose_driver_is_too_old_is_warned_of() {
    let sliced = layout(json!({"instance_types": ["p6-b300.48xlarge"], "slices": {"1g": 7}}));
    let old = with(json!({"amiSelectorTerms": alias("al2023@v20251007")}));
    let warnings = NodeClass::render(&sliced, &old, Catalog::builtin())
        .unwrap()
        .warnings;
    assert_eq!(warning_paths(&warnings), ["spec.amiSelectorTerms[0].alias"]);
    assert!(warnings[0].detail().contains("Pin al2023@v20260917 or later"));
}
