//! Models in the form of the API that they describe.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde_json::json;
use tfplug::{Attr, Model, Path};

/// An object of an API.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(json_in = "spec")]
struct Class {
    /// Name.
    #[attr(required, json = "metadata.name")]
    name: Attr<String>,
    /// Terms.
    selector_terms: Attr<Vec<Term>>,
    /// Kubelet.
    kubelet: Attr<Kubelet>,
    /// Options.
    options: Attr<Term>,
    /// Count.
    prefix_count: Attr<i64>,
    /// How long an apply waits.
    #[attr(default = "2m", no_json)]
    timeout: Attr<String>,
    /// Text.
    #[attr(computed)]
    user_data: Attr<String>,
}

/// A term.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct Term {
    /// Key.
    #[attr(json = "kmsKeyID")]
    kms_key_id: Attr<String>,
    /// Tags.
    tags: Attr<BTreeMap<String, String>>,
}

/// Kubelet.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct Kubelet {
    /// Most pods.
    max_pods: Attr<i64>,
    /// Others.
    #[attr(no_json)]
    extra: Attr<String>,
}

fn class() -> Class {
    let term = Term {
        kms_key_id: "alias/disks".into(),
        tags: BTreeMap::from([("karpenter.sh/discovery".to_owned(), "prod".to_owned())]).into(),
    };
    let kubelet = Kubelet {
        max_pods: 110.into(),
        extra: Attr::Null,
    };
    Class {
        name: "small".into(),
        selector_terms: vec![term, Term::default()].into(),
        kubelet: kubelet.into(),
        ..Class::default()
    }
}

#[test]
fn fields_have_the_apis_names_and_null_is_left_out() {
    let written = Class {
        timeout: "2m".into(),
        user_data: Attr::Unknown,
        ..class()
    };
    let expected = json!({
        "metadata": {"name": "small"},
        "spec": {
            "kubelet": {"maxPods": 110},
            "selectorTerms": [{"kmsKeyID": "alias/disks", "tags": {"karpenter.sh/discovery": "prod"}}, {}],
        },
    });
    assert_eq!(written.to_api_form(), Some(expected));
}

#[test]
fn an_unknown_field_defers_the_whole() {
    let kubelet = Kubelet {
        max_pods: Attr::Unknown,
        ..Kubelet::default()
    };
    let of = |kubelet: Attr<Kubelet>| Class { kubelet, ..class() }.to_api_form();
    assert_eq!(of(Attr::Unknown), None);
    assert_eq!(of(kubelet.into()), None);
}

#[test]
fn what_is_written_is_read_back_and_what_is_of_another_type_is_not() {
    assert_eq!(Class::from_api_form(&class().to_api_form().unwrap()), class());
    let other = json!({"metadata": {"name": true}, "spec": {"prefixCount": 4, "kubelet": [], "userData": "x", "later": true}});
    let expected = Class {
        prefix_count: 4.into(),
        ..Class::default()
    };
    assert_eq!(Class::from_api_form(&other), expected);
    // APIs take a number where they define a text, such as a quantity.
    let number = Class::from_api_form(&json!({"metadata": {"name": 1}}));
    assert_eq!(number.name.as_str(), Some("1"));
}

#[test]
fn paths_of_the_api_lead_to_attributes() {
    let to = |path: Path| Class::attribute_path(&path).to_string();
    assert_eq!(to(Path::from("metadata.name")), "name");
    let terms = Path::from("spec.selectorTerms");
    assert_eq!(to(terms.clone()), "selector_terms");
    assert_eq!(
        to(terms.index(1).attribute("kmsKeyID")),
        "selector_terms[1].kms_key_id"
    );
    assert_eq!(
        to(terms.index(0).attribute("tags").key("a")),
        r#"selector_terms[0].tags["a"]"#
    );
    assert_eq!(to(Path::from("spec.kubelet").key("maxPods")), "kubelet.max_pods");
    assert_eq!(to(Path::from("spec.kubelet").key("later")), "kubelet");
    assert!(Class::attribute_path(&Path::from("spec.later.field")).is_root());
    assert!(Class::attribute_path(&Path::from("spec")).is_root());
}

#[test]
fn fields_that_have_an_attribute() {
    let fields = [
        "metadata.name",
        "spec.selectorTerms",
        "spec.kubelet",
        "spec.options.kmsKeyID",
        "spec.options.tags",
        "spec.prefixCount",
    ];
    assert_eq!(Class::api_fields(), fields);
}
