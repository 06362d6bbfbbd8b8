//! Random options of Karpenter's objects. Each value is taken from those that are right or, so often out of a thousand as
//! `spoilt` says, from those that are wrong for someone: for the API server, for Karpenter, or for a node.

pub(crate) mod class;
pub(crate) mod overlay;
pub(crate) mod pool;

use std::collections::BTreeMap;

use mig::manifests::karpenter::Requirement;
use mig::{Catalog, Layout, LayoutSpec};
use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Value, json};

pub(crate) fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

/// Mixed, single, partly whole, shared; one type and several.
pub(crate) fn layouts() -> Vec<Layout> {
    [
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}),
        json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge", "p5.4xlarge"], "slices": {"1g": 7}}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}),
        json!({"instance_types": ["p4d.24xlarge"], "gpus": [
            {"devices": [0, 1, 2, 3], "slices": {"3g": 2}}, {"devices": [4, 5, 6, 7], "slices": {}}]}),
        json!({"instance_types": ["g5.xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4}}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"3g": 2}, "sharing": {"strategy": "time-slicing", "replicas": 2}}),
    ]
    .map(layout)
    .to_vec()
}

/// One of the right values, or of the wrong ones.
pub(crate) fn pick<T: Clone + std::fmt::Debug + 'static>(
    right: Vec<T>,
    wrong: Vec<T>,
    spoilt: u32,
) -> BoxedStrategy<T> {
    let mut choices = vec![(1_000 - spoilt, prop::sample::select(right).boxed())];
    if spoilt > 0 && !wrong.is_empty() {
        choices.push((spoilt, prop::sample::select(wrong).boxed()));
    }
    Union::new_weighted(choices).boxed()
}

pub(crate) fn word(right: &[&str], wrong: &[&str], spoilt: u32) -> BoxedStrategy<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    pick(owned(right), owned(wrong), spoilt)
}

pub(crate) fn maybe<T: std::fmt::Debug + Clone + 'static>(
    strategy: BoxedStrategy<T>,
) -> BoxedStrategy<Option<T>> {
    prop::option::weighted(0.4, strategy).boxed()
}

pub(crate) fn number(right: &[i64], wrong: &[i64], spoilt: u32) -> BoxedStrategy<i64> {
    pick(right.to_vec(), wrong.to_vec(), spoilt)
}

pub(crate) fn map(
    keys: BoxedStrategy<String>,
    values: BoxedStrategy<String>,
    most: usize,
) -> BoxedStrategy<BTreeMap<String, String>> {
    prop::collection::btree_map(keys, values, 0..=most).boxed()
}

/// The fields of an object that are not null.
pub(crate) fn given(mut fields: Value) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    fields
}

pub(crate) fn name(spoilt: u32) -> BoxedStrategy<String> {
    let long = "x".repeat(64);
    let wrong = ["Upper", "a_b", "-a", "a-", "a..b", long.as_str()];
    word(&["mig", "mig-small", "a.b-c", "0"], &wrong, spoilt)
}

pub(crate) fn labels(spoilt: u32) -> BoxedStrategy<BTreeMap<String, String>> {
    let keys = word(
        &["team", "example.com/team"],
        &["a b", "/x", "x/", "X/y", "a/b/c"],
        spoilt,
    );
    map(keys, word(&["", "ml", "A_1.x"], &["a b", "-a", "ü"], spoilt), 2)
}

pub(crate) fn annotations(spoilt: u32) -> BoxedStrategy<BTreeMap<String, String>> {
    let keys = word(&["note", "example.com/note"], &["a b", "/x", "ü"], spoilt);
    map(keys, word(&["", "any text: #1\nof lines"], &[], spoilt), 2)
}

fn requirement(key: &str, operator: &str, values: &[&str], min_values: Option<i64>) -> Requirement {
    Requirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        min_values,
    }
}

/// Requirements that every node of [`layouts`] meets, and others.
pub(crate) fn requirements(spoilt: u32, min_values: bool) -> BoxedStrategy<Vec<Requirement>> {
    let r = requirement;
    let mut right = vec![
        r("karpenter.k8s.aws/instance-category", "In", &["p", "g"], None),
        r("karpenter.k8s.aws/instance-generation", "Gt", &["3"], None),
        r("karpenter.k8s.aws/instance-gpu-count", "Lte", &["8"], None),
        r("karpenter.k8s.aws/instance-size", "NotIn", &["metal"], None),
        r("karpenter.k8s.aws/instance-gpu-name", "Exists", &[], None),
        r("kubernetes.io/os", "In", &["linux"], None),
        r("team", "In", &["ml", "web"], None),
        r("team", "DoesNotExist", &[], None),
        r("topology.kubernetes.io/zone", "In", &["us-east-1a"], None),
    ];
    if min_values {
        right.push(r("team", "In", &["ml", "web"], Some(2)));
        right.push(r("team", "Exists", &[], Some(50)));
    }
    let wrong = vec![
        r(
            "karpenter.k8s.aws/instance-gpu-name",
            "In",
            &["H100", "A100", "A10G"],
            None,
        ),
        r("karpenter.k8s.aws/instance-gpu-model", "Exists", &[], None),
        r("karpenter.k8s.aws/ec2nodeclass", "Exists", &[], None),
        r("karpenter.k8s.aws/instance-family", "In", &["m7i"], None),
        r("karpenter.k8s.aws/instance-gpu-count", "Gt", &["8"], None),
        r("sub.karpenter.k8s.aws/x", "Exists", &[], None),
        r("karpenter.sh/nodepool", "In", &["x"], None),
        r("karpenter.sh/initialized", "Exists", &[], None),
        r("notkarpenter.sh/x", "Exists", &[], None),
        r("karpenter.sh", "Exists", &[], None),
        r("kubernetes.io/hostname", "In", &["x"], None),
        r("not a key", "Exists", &[], None),
        r("Example.com/x", "Exists", &[], None),
        r("", "Exists", &[], None),
        r("team", "Is", &["x"], None),
        r("team", "In", &[], None),
        r("team", "NotIn", &[], None),
        r("team", "Exists", &["x"], None),
        r("team", "Gt", &[], None),
        r("team", "Gt", &["-1"], None),
        r("team", "Lt", &["x"], None),
        r("team", "Gte", &["1", "2"], None),
        r("team", "In", &["a b"], None),
        r("team", "In", &["a"], Some(2)),
        r("team", "In", &["a"], Some(0)),
        r("team", "Exists", &[], Some(51)),
    ];
    prop::collection::vec(pick(right, wrong, spoilt), 0..3).boxed()
}
