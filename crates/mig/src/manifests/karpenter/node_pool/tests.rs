//! What a pool renders, warns of and refuses.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::layout::DEVICE_PLUGIN_LABEL;
use crate::manifests::karpenter::testing::{fault_paths, layout, warning_paths};
use crate::manifests::karpenter::{AmiFamily, Rendered, Requirement};

fn sliced() -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge"], "slices": {"1g": 7}}))
}

fn options() -> NodePoolOptions {
    NodePoolOptions {
        name: "mig-small".to_owned(),
        nodeclass: NodeClassRef::named("mig-small"),
        ..NodePoolOptions::default()
    }
}

fn changed(change: impl FnOnce(&mut NodePoolOptions)) -> Result<Rendered, Vec<Finding>> {
    let mut options = options();
    change(&mut options);
    NodePool::render(&sliced(), &options, Catalog::builtin())
}

fn spec(change: impl FnOnce(&mut NodePoolOptions)) -> Value {
    let rendered = changed(change).unwrap_or_else(|faults| panic!("{faults:?}"));
    rendered.objects[0]["spec"].clone()
}

#[track_caller]
fn refused(path: &str, change: impl FnOnce(&mut NodePoolOptions)) -> Finding {
    let faults = changed(change).unwrap_err();
    assert_eq!(fault_paths(&faults), [path], "{faults:?}");
    faults[0].clone()
}

fn require(key: &str, operator: &str, values: &[&str]) -> Requirement {
    Requirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        min_values: None,
    }
}

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

fn taint(key: &str, effect: &str) -> NodeTaint {
    NodeTaint {
        key: key.to_owned(),
        value: None,
        effect: effect.to_owned(),
    }
}

#[test]
fn everything_follows_from_the_layout() {
    let rendered = changed(|_| ()).unwrap();
    assert_eq!(rendered.warnings, []);
    let [object] = rendered.objects.as_slice() else {
        panic!("{rendered:?}")
    };
    assert_eq!(object["apiVersion"], "karpenter.sh/v1");
    assert_eq!(object["kind"], "NodePool");
    let mut labels = sliced().labels();
    labels.insert("mig.eks/device-manager".to_owned(), "device-plugin".to_owned());
    assert_eq!(
        object["spec"],
        json!({
            "disruption": {
                "budgets": [{"nodes": "1"}], "consolidateAfter": "10m", "consolidationPolicy": "WhenEmptyOrUnderutilized",
            },
            "limits": {"nodes": "10"},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "expireAfter": "720h",
                    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "mig-small"},
                    "requirements": [
                        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p5.48xlarge", "p5en.48xlarge"]},
                        {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]},
                        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand", "reserved"]},
                    ],
                    "taints": [{"effect": "NoSchedule", "key": "nvidia.com/gpu", "value": "present"}],
                },
            },
        })
    );
}

#[test]
fn every_field_can_be_set() {
    let spec = spec(|options| {
        options.capacity_types = vec!["spot".to_owned()];
        options.zones = vec!["us-east-1b".to_owned(), "us-east-1a".to_owned()];
        options.require_gpu_name = true;
        options.requirements = vec![require("karpenter.k8s.aws/instance-gpu-count", "Gte", &["8"])];
        options.node_labels = map("team", "ml");
        options.node_annotations = map("example.com/note", "any text");
        options.taints = vec![taint("team", "NoExecute")];
        options.startup_taints = vec![taint("example.com/agent", "NoSchedule")];
        options.expire_after = "Never".to_owned();
        options.termination_grace_period = Some("1h30m".to_owned());
        options.limits = Some(map("cpu", "1k"));
        options.slice_limits = BTreeMap::from([("1g.10gb".to_owned(), 112)]);
        options.weight = Some(10);
        options.disruption = Disruption {
            consolidation_policy: "WhenEmpty".to_owned(),
            consolidate_after: "Never".to_owned(),
            budgets: vec![Budget {
                nodes: "20%".to_owned(),
                reasons: vec!["Drifted".to_owned()],
                schedule: Some("0 9 * * mon-fri".to_owned()),
                duration: Some("8h".to_owned()),
            }],
        };
    });
    assert_eq!(spec["weight"], 10);
    assert_eq!(
        spec["limits"],
        json!({"cpu": "1k", "nvidia.com/mig-1g.10gb": "112"})
    );
    assert_eq!(
        spec["disruption"],
        json!({
            "consolidationPolicy": "WhenEmpty", "consolidateAfter": "Never",
            "budgets": [{"nodes": "20%", "reasons": ["Drifted"], "schedule": "0 9 * * mon-fri", "duration": "8h"}],
        })
    );
    let template = &spec["template"];
    assert_eq!(template["metadata"]["labels"]["team"], "ml");
    assert_eq!(
        template["metadata"]["annotations"],
        json!({"example.com/note": "any text"})
    );
    let spec = &template["spec"];
    assert_eq!(spec["expireAfter"], "Never");
    assert_eq!(spec["terminationGracePeriod"], "1h30m");
    assert_eq!(spec["taints"][1], json!({"key": "team", "effect": "NoExecute"}));
    assert_eq!(
        spec["startupTaints"],
        json!([{"key": "example.com/agent", "effect": "NoSchedule"}])
    );
    assert_eq!(
        spec["requirements"].as_array().unwrap()[2..],
        [
            json!({"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}),
            json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["us-east-1a", "us-east-1b"]}),
            json!({"key": "karpenter.k8s.aws/instance-gpu-name", "operator": "In", "values": ["h100", "h200"]}),
            json!({"key": "karpenter.k8s.aws/instance-gpu-count", "operator": "Gte", "values": ["8"]}),
        ]
    );
}

#[test]
fn a_field_without_a_rule_is_rendered_as_it_is_given() {
    let given = json!({
        "later": {"a": 1}, "weight": 7, "template": {"spec": {"later": ["x"], "taints": [{"key": "a", "effect": "b"}]}},
    });
    let spec = spec(|options| options.given = given);
    assert_eq!(
        (&spec["later"], &spec["template"]["spec"]["later"]),
        (&json!({"a": 1}), &json!(["x"]))
    );
    assert_eq!(spec["template"]["spec"]["taints"].as_array().unwrap().len(), 1);
}

#[test]
fn a_static_pool() {
    let spec = spec(|options| {
        options.replicas = Some(3);
        options.limits = Some(map("nodes", "4"));
    });
    assert_eq!(
        (&spec["replicas"], &spec["limits"]),
        (&json!(3), &json!({"nodes": "4"}))
    );
    assert_eq!(
        self::spec(|options| options.replicas = Some(3)).get("limits"),
        None
    );
    refused(r#"limits["cpu"]"#, |options| {
        options.replicas = Some(3);
        options.limits = Some(map("cpu", "100"));
    });
    refused("weight", |options| {
        (options.replicas, options.weight) = (Some(3), Some(1))
    });
    refused("replicas", |options| options.replicas = Some(-1));
}

#[test]
fn bottlerocket_nodes_keep_their_own_device_plugin() {
    let spec = spec(|options| options.ami_family = AmiFamily::Bottlerocket);
    let labels = spec["template"]["metadata"]["labels"].as_object().unwrap();
    assert!(!labels.contains_key(DEVICE_PLUGIN_LABEL));
    assert!(labels.contains_key("mig.eks/layout"));
}

#[test]
fn auto_mode_is_refused_with_the_reason() {
    let fault = refused("nodeclass.group", |options| {
        options.nodeclass = NodeClassRef {
            group: "eks.amazonaws.com".to_owned(),
            kind: "NodeClass".to_owned(),
            name: "default".to_owned(),
        };
    });
    assert!(fault.detail().contains("no NodeOverlay"), "{fault}");
    refused("nodeclass.group", |options| {
        options.nodeclass.group = "example.com".to_owned()
    });
    refused("nodeclass.kind", |options| {
        options.nodeclass.kind = "NodeClass".to_owned()
    });
    refused("nodeclass.name", |options| options.nodeclass.name = String::new());
}

#[test]
fn requirements_that_karpenter_would_take_and_never_meet() {
    let case = refused("requirements[0].values[0]", |options| {
        options.requirements = vec![require(
            "karpenter.k8s.aws/instance-gpu-name",
            "In",
            &["H100", "h200"],
        )];
    });
    assert!(case.detail().contains("\"h100\""), "{case}");
    for (key, operator, values, path) in [
        (
            "karpenter.k8s.aws/instance-gpu-name",
            "In",
            &["a100"][..],
            "requirements[0].values",
        ),
        (
            "beta.kubernetes.io/instance-type",
            "In",
            &["p5.4xlarge"],
            "requirements[0].values",
        ),
        (
            "karpenter.k8s.aws/instance-gpu-count",
            "Gt",
            &["8"],
            "requirements[0].values",
        ),
        (
            "karpenter.k8s.aws/instance-family",
            "NotIn",
            &["p5", "p5en"],
            "requirements[0].values",
        ),
        (
            "karpenter.k8s.aws/instance-generation",
            "DoesNotExist",
            &[],
            "requirements[0].operator",
        ),
        ("kubernetes.io/arch", "In", &["arm64"], "requirements[0].values"),
        ("kubernetes.io/os", "In", &["windows"], "requirements[0].values"),
        (
            "karpenter.sh/capacity-type",
            "In",
            &["spot"],
            "requirements[0].values",
        ),
    ] {
        let fault = refused(path, |options| {
            options.requirements = vec![require(key, operator, values)]
        });
        assert!(fault.detail().contains("p5"), "{fault}");
    }
    refused("requirements", |options| {
        options.requirements = vec![
            require("karpenter.k8s.aws/instance-gpu-name", "In", &["h100"]),
            require("karpenter.k8s.aws/instance-family", "In", &["p5en"]),
        ];
    });
    refused("requirements[0].min_values", |options| {
        options.requirements = vec![Requirement {
            min_values: Some(3),
            ..require("node.kubernetes.io/instance-type", "Exists", &[])
        }];
    });
}

#[test]
fn requirements_of_the_wrong_form() {
    for (key, operator, values, path) in [
        (
            "karpenter.k8s.aws/instance-gpu-model",
            "Exists",
            &[][..],
            "requirements[0].key",
        ),
        (
            "karpenter.k8s.aws/ec2nodeclass",
            "Exists",
            &[],
            "requirements[0].key",
        ),
        ("karpenter.sh/nodepool", "Exists", &[], "requirements[0].key"),
        ("karpenter.sh/other", "Exists", &[], "requirements[0].key"),
        ("my-karpenter.sh/other", "Exists", &[], "requirements[0].key"),
        ("kubernetes.io/hostname", "Exists", &[], "requirements[0].key"),
        ("not a key", "Exists", &[], "requirements[0].key"),
        ("team", "Is", &[], "requirements[0].operator"),
        ("team", "In", &[], "requirements[0].values"),
        ("team", "NotIn", &[], "requirements[0].values"),
        ("team", "Exists", &["x"], "requirements[0].values"),
        ("team", "Gt", &["one"], "requirements[0].values"),
        ("team", "Lte", &["1", "2"], "requirements[0].values"),
        ("team", "In", &["a b"], "requirements[0].values[0]"),
    ] {
        refused(path, |options| {
            options.requirements = vec![require(key, operator, values)]
        });
    }
    refused("requirements[0].min_values", |options| {
        options.requirements = vec![Requirement {
            min_values: Some(2),
            ..require("team", "In", &["a", "a"])
        }];
    });
}

#[test]
fn labels_and_taints_of_nodes() {
    refused(r#"node_labels["mig.eks/layout"]"#, |options| {
        options.node_labels = map("mig.eks/layout", "other")
    });
    refused(r#"node_labels["karpenter.sh/nodepool"]"#, |options| {
        options.node_labels = map("karpenter.sh/nodepool", "other");
    });
    refused(r#"node_labels["team"]"#, |options| {
        options.node_labels = map("team", "a b")
    });
    refused("taints[0]", |options| {
        options.taints = vec![taint("nvidia.com/gpu", "NoSchedule")]
    });
    refused("startup_taints[0]", |options| {
        options.taints = vec![taint("team", "NoSchedule")];
        options.startup_taints = vec![taint("team", "NoSchedule")];
    });
    refused("taints[0].effect", |options| {
        options.taints = vec![taint("team", "NO_SCHEDULE")]
    });
    refused("taints[0].value", |options| {
        options.taints = vec![NodeTaint {
            value: Some(String::new()),
            ..taint("team", "NoSchedule")
        }];
    });
}

#[test]
fn times() {
    let days = refused("expire_after", |options| options.expire_after = "30d".to_owned());
    assert!(days.detail().contains("720h"), "{days}");
    refused("expire_after", |options| options.expire_after = "0s".to_owned());
    refused("termination_grace_period", |options| {
        options.termination_grace_period = Some("Never".to_owned())
    });
    refused("disruption.consolidate_after", |options| {
        options.disruption.consolidate_after = "5".to_owned()
    });
    let short = changed(|options| options.expire_after = "10m".to_owned()).unwrap();
    assert_eq!(warning_paths(&short.warnings), ["expire_after"]);
}

#[test]
fn budgets() {
    let budget = |change: fn(&mut Budget)| {
        move |options: &mut NodePoolOptions| change(&mut options.disruption.budgets[0])
    };
    refused(
        "disruption.budgets[0].nodes",
        budget(|budget| budget.nodes = "101%".to_owned()),
    );
    refused(
        "disruption.budgets[0]",
        budget(|budget| budget.duration = Some("8h".to_owned())),
    );
    refused(
        "disruption.budgets[0].reasons[0]",
        budget(|budget| budget.reasons = vec!["Expired".to_owned()]),
    );
    refused(
        "disruption.budgets[0].reasons[1]",
        budget(|budget| budget.reasons = vec!["Empty".to_owned(); 2]),
    );
    refused(
        "disruption.budgets[0].schedule",
        budget(|budget| {
            (budget.schedule, budget.duration) = (Some("0 9 * * 8".to_owned()), Some("8h".to_owned()));
        }),
    );
    refused(
        "disruption.budgets[0].duration",
        budget(|budget| {
            (budget.schedule, budget.duration) = (Some("@daily".to_owned()), Some("30s".to_owned()));
        }),
    );
    refused("disruption.consolidation_policy", |options| {
        options.disruption.consolidation_policy = "Always".to_owned();
    });
}

#[test]
fn a_pool_is_always_limited_unless_it_shall_not_be() {
    let unlimited = changed(|options| options.limits = Some(BTreeMap::new())).unwrap();
    assert_eq!(unlimited.objects[0]["spec"].get("limits"), None);
    assert_eq!(warning_paths(&unlimited.warnings), ["limits"]);
    let count = |profile: &str| (profile.to_owned(), 560);
    let partly = changed(|options| options.slice_limits = BTreeMap::from([count("1g.18gb")])).unwrap();
    let limits = &partly.objects[0]["spec"]["limits"];
    assert_eq!(limits, &json!({"nvidia.com/mig-1g.18gb": "560"}));
    assert_eq!(
        partly.warnings[0].summary(),
        "Nothing limits nodes of p5.48xlarge"
    );
    let both = changed(|options| options.slice_limits = BTreeMap::from([count("1g.10gb"), count("1g.18gb")]));
    assert_eq!(both.unwrap().warnings, []);
}

#[test]
fn limits_that_limit_nothing_or_everything() {
    for (name, quantity) in [
        ("cpu", "-5"),
        ("cpu", "many"),
        ("nodes", "1.5"),
        ("Nvidia MIG", "5"),
        ("nvidia.com/gpu", "8"),
        ("nvidia.com/mig-1g.10gb", "55"),
        ("nvidia.com/mig-1g.10gb", "1k"),
    ] {
        refused(&format!("limits[{name:?}]"), |options| {
            options.limits = Some(map(name, quantity))
        });
    }
    for (name, count) in [
        ("1g.10gb", -1),
        ("1g.5gb", 100),
        ("2g.20gb", 100),
        ("x", 100),
        ("1g", 1_000),
        ("1g.10gb", 55),
    ] {
        refused(&format!("slice_limits[{name:?}]"), |options| {
            options.slice_limits = BTreeMap::from([(name.to_owned(), count)]);
        });
    }
    let both = |options: &mut NodePoolOptions| {
        options.limits = Some(map("nvidia.com/mig-1g.10gb", "112"));
        options.slice_limits = BTreeMap::from([("1g.10gb".to_owned(), 112)]);
    };
    refused(r#"slice_limits["1g.10gb"]"#, both);
}

#[test]
fn further_fields_are_merged_and_refused_where_there_is_an_option() {
    let extra = |value: Value| value.as_object().unwrap().clone();
    let later = json!({"later": 1, "template": {"spec": {"later": true}}});
    let merged = spec(|options| options.extra = extra(later));
    assert_eq!(merged["later"], 1);
    assert_eq!(merged["template"]["spec"]["later"], true);
    assert_eq!(merged["template"]["spec"]["expireAfter"], "720h");
    for own in [
        json!({"limits": {"nodes": "100"}}),
        json!({"replicas": 3}),
        json!({"template": {"spec": {"taints": []}}}),
        json!({"template": {"metadata": {"labels": {"a": "b"}}}}),
        json!({"disruption": {"budgets": []}}),
    ] {
        refused("extra", |options| {
            options.extra = extra(own);
            options.own_fields = [
                "replicas",
                "template.spec.taints",
                "template.metadata.labels",
                "disruption.budgets",
            ]
            .map(|field| format!("spec.{field}"))
            .to_vec();
        });
    }
}
