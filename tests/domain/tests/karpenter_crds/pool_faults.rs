//! Pools that are wrong in one way, each with what the server says.

use std::collections::BTreeMap;

use mig::manifests::karpenter::node_pool::{Budget, NodeTaint};
use mig::manifests::karpenter::{NodePoolOptions, Requirement};

use super::karpenter_options::pool;
use super::server::apply_all;
use super::verdicts::{generate, place, pool_of};

/// Bases that each fault is put into.
const BASES: usize = 3;

/// Where our fault is, whether the server refuses too, what is wrong.
type Fault = (&'static str, bool, fn(&mut NodePoolOptions));

fn requirement(key: &str, operator: &str, values: &[&str], min_values: Option<i64>) -> Vec<Requirement> {
    vec![Requirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        min_values,
    }]
}

fn taint(key: &str, value: Option<&str>, effect: &str) -> Vec<NodeTaint> {
    vec![NodeTaint {
        key: key.to_owned(),
        value: value.map(str::to_owned),
        effect: effect.to_owned(),
    }]
}

fn budget(nodes: &str, reasons: &[&str], schedule: Option<&str>, duration: Option<&str>) -> Vec<Budget> {
    vec![Budget {
        nodes: nodes.to_owned(),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        schedule: schedule.map(str::to_owned),
        duration: duration.map(str::to_owned),
    }]
}

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

fn limit(options: &mut NodePoolOptions, key: &str, value: &str) {
    options.limits = Some(map(key, value));
    (options.weight, options.replicas) = (None, None);
}

const REQUIREMENTS: &[Fault] = &[
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("karpenter.sh/nodepool", "In", &["x"], None)
    }),
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("karpenter.sh/x", "Exists", &[], None)
    }),
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("xkarpenter.sh/x", "Exists", &[], None)
    }),
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("karpenter.k8s.aws/gpu", "Exists", &[], None)
    }),
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("kubernetes.io/hostname", "In", &["x"], None)
    }),
    ("requirements[0].key", true, |o| {
        o.requirements = requirement("a b", "Exists", &[], None)
    }),
    ("requirements[0].operator", true, |o| {
        o.requirements = requirement("team", "Is", &["x"], None)
    }),
    ("requirements[0].values", true, |o| {
        o.requirements = requirement("team", "In", &[], None)
    }),
    ("requirements[0].values", true, |o| {
        o.requirements = requirement("team", "Gt", &[], None)
    }),
    ("requirements[0].values", true, |o| {
        o.requirements = requirement("team", "Lt", &["1", "2"], None)
    }),
    ("requirements[0].values", true, |o| {
        o.requirements = requirement("team", "Gte", &["x"], None)
    }),
    ("requirements[0].values", true, |o| {
        o.requirements = requirement("team", "Lte", &["1.5"], None)
    }),
    ("requirements[0].min_values", true, |o| {
        o.requirements = requirement("team", "In", &["a"], Some(2))
    }),
    ("requirements[0].min_values", true, |o| {
        o.requirements = requirement("team", "Exists", &[], Some(51))
    }),
    // Karpenter's CRD has these, its controller does not.
    ("requirements[0].key", false, |o| {
        o.requirements = requirement("karpenter.k8s.aws/ec2nodeclass", "Exists", &[], None)
    }),
    ("requirements[0].values", false, |o| {
        o.requirements = requirement("team", "NotIn", &[], None)
    }),
    ("requirements[0].values", false, |o| {
        o.requirements = requirement("team", "Exists", &["x"], None)
    }),
    ("requirements[0].values[0]", false, |o| {
        o.requirements = requirement("team", "In", &["a b"], None)
    }),
    ("requirements[0].min_values", false, |o| {
        o.requirements = requirement("team", "In", &["a", "a"], Some(2))
    }),
    // What no node of the layouts can meet.
    ("requirements[0].values[0]", false, |o| {
        o.requirements = requirement(
            "karpenter.k8s.aws/instance-gpu-manufacturer",
            "In",
            &["NVIDIA"],
            None,
        )
    }),
    ("requirements[0].values", false, |o| {
        o.requirements = requirement("node.kubernetes.io/instance-type", "In", &["p99.48xlarge"], None)
    }),
    ("requirements[0].values", false, |o| {
        o.requirements = requirement("karpenter.k8s.aws/instance-gpu-count", "Gt", &["8"], None)
    }),
];

const OTHERS: &[Fault] = &[
    ("name", true, |o| o.name = "a_b".to_owned()),
    ("name", false, |o| o.name = "x".repeat(64)),
    ("nodeclass.group", true, |o| o.nodeclass.group = String::new()),
    ("nodeclass.group", false, |o| {
        o.nodeclass.group = "eks.amazonaws.com".to_owned()
    }),
    ("nodeclass.name", true, |o| o.nodeclass.name = String::new()),
    ("nodeclass.kind", true, |o| o.nodeclass.kind = String::new()),
    ("nodeclass.kind", false, |o| {
        o.nodeclass.kind = "NodeClass".to_owned()
    }),
    ("capacity_types[0]", false, |o| {
        o.capacity_types = vec!["ON_DEMAND".to_owned()]
    }),
    ("node_labels[\"karpenter.sh/x\"]", true, |o| {
        o.node_labels = map("karpenter.sh/x", "y")
    }),
    ("node_labels[\"karpenter.k8s.aws/x\"]", true, |o| {
        o.node_labels = map("karpenter.k8s.aws/x", "y")
    }),
    ("node_labels[\"kubernetes.io/hostname\"]", true, |o| {
        o.node_labels = map("kubernetes.io/hostname", "y")
    }),
    ("node_labels[\"team\"]", true, |o| {
        o.node_labels = map("team", "a b")
    }),
    ("node_labels[\"mig.eks/layout\"]", false, |o| {
        o.node_labels = map("mig.eks/layout", "y")
    }),
    ("taints[0].effect", true, |o| {
        o.taints = taint("x", None, "NO_SCHEDULE")
    }),
    ("taints[0].key", true, |o| {
        o.taints = taint("a b", None, "NoSchedule")
    }),
    ("taints[0].value", true, |o| {
        o.taints = taint("x", Some(""), "NoSchedule")
    }),
    ("taints[0]", false, |o| {
        o.taints = taint("nvidia.com/gpu", None, "NoSchedule")
    }),
    ("startup_taints[0]", false, |o| {
        o.taints = taint("x", None, "NoSchedule");
        o.startup_taints = o.taints.clone();
    }),
    ("expire_after", true, |o| o.expire_after = "30d".to_owned()),
    ("expire_after", false, |o| o.expire_after = "0s".to_owned()),
    ("termination_grace_period", true, |o| {
        o.termination_grace_period = Some("Never".to_owned())
    }),
    ("disruption.consolidate_after", true, |o| {
        o.disruption.consolidate_after = "5".to_owned()
    }),
    ("disruption.consolidation_policy", true, |o| {
        o.disruption.consolidation_policy = "Always".to_owned()
    }),
    ("disruption.budgets[0].nodes", true, |o| {
        o.disruption.budgets = budget("101%", &[], None, None)
    }),
    ("disruption.budgets[0].reasons[0]", true, |o| {
        o.disruption.budgets = budget("1", &["Expired"], None, None)
    }),
    ("disruption.budgets[0].reasons[1]", true, |o| {
        o.disruption.budgets = budget("1", &["Empty", "Empty"], None, None)
    }),
    ("disruption.budgets[0]", true, |o| {
        o.disruption.budgets = budget("1", &[], Some("@daily"), None)
    }),
    ("disruption.budgets[0].schedule", true, |o| {
        o.disruption.budgets = budget("1", &[], Some("daily"), Some("1h"))
    }),
    ("disruption.budgets[0].schedule", false, |o| {
        o.disruption.budgets = budget("1", &[], Some("0 25 * * *"), Some("1h"))
    }),
    ("disruption.budgets[0].duration", true, |o| {
        o.disruption.budgets = budget("1", &[], Some("@daily"), Some("30s"))
    }),
    ("disruption.budgets", true, |o| {
        o.disruption.budgets = vec![budget("1", &[], None, None).remove(0); 51]
    }),
    ("limits[\"cpu\"]", true, |o| limit(o, "cpu", "many")),
    ("limits[\"cpu\"]", false, |o| limit(o, "cpu", "-5")),
    ("limits[\"Nvidia MIG\"]", false, |o| limit(o, "Nvidia MIG", "5")),
    ("limits[\"nvidia.com/mig-7g.79gb\"]", false, |o| {
        limit(o, "nvidia.com/mig-7g.79gb", "5")
    }),
    ("limits[\"cpu\"]", true, |o| {
        limit(o, "cpu", "5");
        o.replicas = Some(1);
    }),
    ("weight", true, |o| {
        (o.weight, o.replicas, o.limits) = (Some(101), None, None)
    }),
    ("weight", true, |o| {
        (o.weight, o.replicas, o.limits) = (Some(1), Some(1), None)
    }),
    ("replicas", true, |o| {
        (o.weight, o.replicas, o.limits) = (None, Some(-1), None)
    }),
];

#[test]
fn pools_that_are_wrong_in_one_way() {
    let bases = generate(&pool::options(0), BASES);
    for (path, server_refuses, spoil) in REQUIREMENTS.iter().chain(OTHERS) {
        for (layout, options) in &bases {
            let mut options = options.clone();
            spoil(&mut options);
            let ours = pool_of(&(layout.clone(), options));
            let paths: Vec<String> = ours.faults.iter().map(place).collect();
            assert_eq!(paths, [*path], "{:?}", ours.faults);
            let server = apply_all(&ours.objects);
            assert_eq!(
                server.is_err(),
                *server_refuses,
                "{path}: {server:?} {:?}",
                ours.faults
            );
        }
    }
}
