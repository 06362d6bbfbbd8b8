//! What overlays say of the nodes of each type, and what is refused.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::manifests::karpenter::testing::{fault_paths, layout, warning_paths};
use crate::manifests::karpenter::{Rendered, Requirement};

fn options() -> NodeOverlayOptions {
    NodeOverlayOptions {
        nodepool: "mig-small".to_owned(),
        ..NodeOverlayOptions::default()
    }
}

fn objects(spec: Value) -> Vec<Value> {
    let rendered = NodeOverlay::render(&layout(spec), &options(), Catalog::builtin());
    rendered.unwrap_or_else(|faults| panic!("{faults:?}")).objects
}

fn changed(change: impl FnOnce(&mut NodeOverlayOptions)) -> Result<Rendered, Vec<Finding>> {
    let mut options = options();
    change(&mut options);
    let layout = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}));
    NodeOverlay::render(&layout, &options, Catalog::builtin())
}

#[track_caller]
fn refused(path: &str, change: impl FnOnce(&mut NodeOverlayOptions)) {
    let faults = changed(change).unwrap_err();
    assert_eq!(fault_paths(&faults), [path], "{faults:?}");
}

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

#[test]
fn one_object_per_capacity_with_whole_gpus_hidden() {
    let objects = objects(json!({
        "instance_types": ["p5en.48xlarge", "p5.48xlarge", "p5e.48xlarge", "p5.4xlarge"], "slices": {"1g": 7},
    }));
    let capacity: Vec<&Value> = objects.iter().map(|object| &object["spec"]["capacity"]).collect();
    assert_eq!(
        capacity,
        [
            &json!({"nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "56"}),
            &json!({"nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "7"}),
            &json!({"nvidia.com/gpu": "0", "nvidia.com/mig-1g.18gb": "56"}),
        ]
    );
    let names: Vec<&Value> = objects.iter().map(|object| &object["metadata"]["name"]).collect();
    assert_eq!(
        names,
        [
            "mig-small-p5-48xlarge",
            "mig-small-p5-4xlarge",
            "mig-small-p5e-48xlarge"
        ]
    );
    assert_eq!(
        objects[2]["spec"]["requirements"],
        json!([
            {"key": "karpenter.sh/nodepool", "operator": "In", "values": ["mig-small"]},
            {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p5e.48xlarge", "p5en.48xlarge"]},
        ])
    );
    let weights: Vec<i64> = objects
        .iter()
        .map(|object| object["spec"]["weight"].as_i64().unwrap())
        .collect();
    assert_eq!(weights, [weights[0], weights[0] + 1, weights[0] + 2]);
}

#[test]
fn partly_whole_single_and_shared_nodes() {
    let capacity = |spec: Value| objects(spec)[0]["spec"]["capacity"].clone();
    let partly = json!({"instance_types": ["p5.48xlarge"], "gpus": [
        {"devices": [0, 1, 2, 3, 4, 5], "slices": {"3g.40gb": 2}}, {"devices": [6, 7], "slices": {}},
    ]});
    assert_eq!(
        capacity(partly),
        json!({"nvidia.com/gpu": "2", "nvidia.com/mig-3g.40gb": "12"})
    );
    let single = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"});
    assert_eq!(capacity(single), json!({"nvidia.com/gpu": "56"}));
    let shared = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7},
        "sharing": {"strategy": "time-slicing", "replicas": 3}});
    assert_eq!(
        capacity(shared),
        json!({"nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "168"})
    );
    let whole = json!({"instance_types": ["g5.xlarge"], "sharing": {"strategy": "mps", "replicas": 4}});
    assert_eq!(capacity(whole), json!({"nvidia.com/gpu": "4"}));
}

#[test]
fn pools_begin_at_weights_of_their_own() {
    let weight = |pool: &str| {
        let rendered = changed(|options| options.nodepool = pool.to_owned()).unwrap();
        rendered.objects[0]["spec"]["weight"].as_i64().unwrap()
    };
    assert_eq!(weight("mig-small"), weight("mig-small"));
    assert_ne!(weight("mig-small"), weight("mig-large"));
    assert!(
        (0..200)
            .map(|index| weight(&format!("pool-{index}")))
            .all(|weight| (1..=9_801).contains(&weight))
    );
    let rendered = changed(|options| options.weight = Some(10_000)).unwrap();
    assert_eq!(rendered.objects[0]["spec"]["weight"], 10_000);
}

#[test]
fn further_capacity_prices_and_requirements() {
    let rendered = changed(|options| {
        options.name_prefix = Some("slices".to_owned());
        options.capacity = map("example.com/licence", "4");
        options.price_adjustment = Some("-15%".to_owned());
        options.requirements = vec![Requirement::is_in("karpenter.sh/capacity-type", ["spot"])];
        options.labels = map("team", "ml");
    })
    .unwrap();
    let object = &rendered.objects[0];
    assert_eq!(object["metadata"]["name"], "slices-p5-48xlarge");
    assert_eq!(object["metadata"]["labels"]["team"], "ml");
    assert_eq!(object["spec"]["capacity"]["example.com/licence"], "4");
    assert_eq!(object["spec"]["priceAdjustment"], "-15%");
    assert_eq!(object["spec"]["requirements"].as_array().unwrap().len(), 3);
    assert_eq!(warning_paths(&rendered.warnings), ["price_adjustment"]);
}

#[test]
fn a_field_without_a_rule_is_rendered_as_it_is_given() {
    let given = json!({"later": true, "capacity": {}});
    let rendered = changed(|options| options.given = given).unwrap();
    assert_eq!(rendered.objects[0]["spec"]["later"], true);
}

#[test]
fn what_karpenter_refuses_or_takes_and_never_uses() {
    for name in [
        "cpu",
        "vpc.amazonaws.com/efa",
        "Nvidia MIG",
        "nvidia.com/gpu",
        "nvidia.com/mig-2g.20gb",
        "licence",
        "node.kubernetes.io/x",
    ] {
        refused(&format!("capacity[{name:?}]"), |options| {
            options.capacity = map(name, "1")
        });
    }
    for quantity in ["-1", "1.5", "many", "", "+1", "1k", "99999999999999999999"] {
        refused(r#"capacity["example.com/x"]"#, |options| {
            options.capacity = map("example.com/x", quantity)
        });
    }
    refused("nodepool", |options| options.nodepool = String::new());
    refused("name_prefix", |options| {
        options.name_prefix = Some("Slices".to_owned())
    });
    refused("weight", |options| options.weight = Some(0));
    refused("price", |options| options.price = Some("-1".to_owned()));
    refused("price_adjustment", |options| {
        (options.price, options.price_adjustment) = (Some("1".to_owned()), Some("+1".to_owned()));
    });
    for key in [
        "karpenter.sh/nodepool",
        "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/instance-type",
    ] {
        refused("requirements[0].key", |options| {
            options.requirements = vec![Requirement::is_in(key, ["p5.48xlarge"])]
        });
    }
    for key in [
        "karpenter.k8s.aws/instance-tenancy",
        "karpenter.k8s.aws/ec2nodeclass",
    ] {
        refused("requirements[0].key", |options| {
            options.requirements = vec![Requirement::is_in(key, ["x"])]
        });
    }
    refused("requirements[0].min_values", |options| {
        options.requirements = vec![Requirement {
            min_values: Some(1),
            ..Requirement::is_in("team", ["x"])
        }];
    });
}

#[test]
fn weights_must_suffice_for_all() {
    let two = layout(json!({"instance_types": ["p5.48xlarge", "p5.4xlarge"], "slices": {"1g": 7}}));
    let mut last = options();
    last.weight = Some(10_000);
    let faults = NodeOverlay::render(&two, &last, Catalog::builtin()).unwrap_err();
    assert_eq!(fault_paths(&faults), ["weight"]);
}
