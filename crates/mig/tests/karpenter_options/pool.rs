//! Random pools.

use mig::Layout;
use mig::manifests::karpenter::node_pool::{Budget, Disruption, NodeClassRef, NodeTaint};
use mig::manifests::karpenter::{AmiFamily, NodePoolOptions};
use proptest::prelude::*;

use super::{annotations, labels, layouts, map, maybe, name, number, pick, requirements, word};

const WRONG_TIMES: [&str; 6] = ["30d", "", "-1h", "1.5h", "h", "soon"];

fn duration(spoilt: u32, right: &[&str]) -> BoxedStrategy<String> {
    word(right, &WRONG_TIMES, spoilt)
}

fn taint(keys: &'static [&'static str], spoilt: u32) -> impl Strategy<Value = NodeTaint> {
    let effect = word(
        &["NoSchedule", "NoExecute", "PreferNoSchedule"],
        &["", "NO_SCHEDULE"],
        spoilt,
    );
    let value = maybe(word(&["x", "A_1"], &["", "a b", "-"], spoilt));
    (word(keys, &["a b", "", "nvidia.com/gpu"], spoilt), value, effect)
        .prop_map(|(key, value, effect)| NodeTaint { key, value, effect })
}

fn budget(spoilt: u32) -> impl Strategy<Value = Budget> {
    let nodes = word(
        &["1", "0", "10%", "100%"],
        &["", "101%", "-1", "1.5", "ten"],
        spoilt,
    );
    let reasons = pick(
        vec![vec![], vec!["Drifted"], vec!["Empty", "Underutilized"]],
        vec![vec!["Expired"], vec!["Empty", "Empty"]],
        spoilt,
    );
    let schedule = word(
        &["@daily", "0 9 * * mon-fri", "*/15 8-17 1 1-6 *"],
        &["", "daily", "* * *", "61 * * * *", "0 9 * * mon fri sat"],
        spoilt,
    );
    let window = word(&["8h", "45m", "1h30m"], &["", "30s", "1d", "8h30s"], spoilt);
    let times = prop_oneof![
        3 => Just((None, None)),
        2 => (schedule, window).prop_map(|(schedule, window)| (Some(schedule), Some(window))),
    ];
    let half = if spoilt > 0 { 1 } else { 0 };
    let times = prop_oneof![40 => times, half => Just((Some("@daily".to_owned()), None))];
    (nodes, reasons, times).prop_map(|(nodes, reasons, (schedule, duration))| Budget {
        nodes,
        reasons: reasons.into_iter().map(str::to_owned).collect(),
        schedule,
        duration,
    })
}

fn disruption(spoilt: u32) -> impl Strategy<Value = Disruption> {
    let policy = word(
        &["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"],
        &["", "Always"],
        spoilt,
    );
    let after = duration(spoilt, &["0s", "10m", "1h30m", "Never"]);
    (policy, after, prop::collection::vec(budget(spoilt), 0..3)).prop_map(
        |(consolidation_policy, consolidate_after, budgets)| Disruption {
            consolidation_policy,
            consolidate_after,
            budgets,
        },
    )
}

fn node_class(spoilt: u32) -> impl Strategy<Value = NodeClassRef> {
    let group = word(&["karpenter.k8s.aws"], &["", "eks.amazonaws.com", "a/b"], spoilt);
    let kind = word(&["EC2NodeClass"], &["", "NodeClass"], spoilt);
    (group, kind, name(spoilt)).prop_map(|(group, kind, name)| NodeClassRef { group, kind, name })
}

/// Limits, weight and replicas, which exclude one another.
type Scale = (
    Option<std::collections::BTreeMap<String, String>>,
    Option<i64>,
    Option<i64>,
);

fn scale(spoilt: u32) -> BoxedStrategy<Scale> {
    let limits = map(
        word(
            &["cpu", "memory", "nodes"],
            &["a b", "", "nvidia.com/mig-2g.10gb"],
            spoilt,
        ),
        word(
            &["1000", "20"],
            &["-5", "many", "", "1.5.2", "1 Gi", "1Kb"],
            spoilt,
        ),
        2,
    );
    let weight = maybe(number(&[1, 50, 100], &[0, -1, 101], spoilt));
    let dynamic = (maybe(limits), weight).prop_map(|(limits, weight)| (limits, weight, None));
    let few = number(&[0, 1, 50], &[-1], spoilt);
    let nodes = map(
        word(&["nodes"], &["cpu"], spoilt),
        word(&["5"], &["-5", "x"], spoilt),
        1,
    );
    let fixed_weight = if spoilt > 0 {
        maybe(number(&[1], &[], 0))
    } else {
        Just(None).boxed()
    };
    let fixed = (maybe(nodes), fixed_weight, few)
        .prop_map(|(limits, weight, replicas)| (limits, weight, Some(replicas)));
    prop_oneof![4 => dynamic, 1 => fixed].boxed()
}

pub(crate) fn options(spoilt: u32) -> BoxedStrategy<(Layout, NodePoolOptions)> {
    let capacity_types = pick(
        vec![vec!["on-demand"], vec!["spot", "on-demand"], vec!["reserved"]],
        vec![vec![], vec!["Spot"], vec!["ondemand", "spot"]],
        spoilt,
    );
    let zones = pick(
        vec![vec![], vec!["us-east-1a", "us-east-1b"]],
        vec![vec![""], vec!["us east"]],
        spoilt,
    );
    let wrong_labels = word(
        &["tier", "karpenter.k8s.aws/instance-category"],
        &[
            "karpenter.sh/nodepool",
            "karpenter.sh/x",
            "karpenter.k8s.aws/x",
            "kubernetes.io/hostname",
            "mig.eks/layout",
            "a b",
        ],
        spoilt,
    );
    let parts = (
        prop::sample::select(layouts()),
        (
            name(spoilt),
            labels(spoilt),
            annotations(spoilt),
            node_class(spoilt),
        ),
        (capacity_types, zones, requirements(spoilt, true)),
        (
            map(wrong_labels, word(&["p", ""], &["a b", "-"], spoilt), 2),
            annotations(spoilt),
            prop::collection::vec(taint(&["team"], spoilt), 0..2),
            prop::collection::vec(taint(&["example.com/agent"], spoilt), 0..2),
        ),
        (
            duration(spoilt, &["720h", "Never", "48h30m"]),
            maybe(duration(spoilt, &["30s", "1h"])),
        ),
        (disruption(spoilt), scale(spoilt)),
        prop::sample::select(vec![
            AmiFamily::Al2023,
            AmiFamily::Bottlerocket,
            AmiFamily::Custom,
        ]),
    );
    parts
        .prop_map(
            |(layout, metadata, choice, node, times, (disruption, scale), ami_family)| {
                let words = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
                let options = NodePoolOptions {
                    name: metadata.0,
                    labels: metadata.1,
                    annotations: metadata.2,
                    nodeclass: metadata.3,
                    ami_family,
                    capacity_types: words(choice.0),
                    zones: words(choice.1),
                    requirements: choice.2,
                    node_labels: node.0,
                    node_annotations: node.1,
                    taints: node.2,
                    startup_taints: node.3,
                    expire_after: times.0,
                    termination_grace_period: times.1,
                    disruption,
                    limits: scale.0,
                    weight: scale.1,
                    replicas: scale.2,
                    ..NodePoolOptions::default()
                };
                (layout, options)
            },
        )
        .boxed()
}
