//! Healthy clusters at random have no finding; one fault gives one.

use std::collections::BTreeMap;

use mig::drift::detect;
use mig::drift::{DriftClass, Section};
use mig::layout::{Layout, PARTITION_FAILED_TAINT, SharingSpec, Taint};
use mig::node_status::{Expected, NodeFacts, Tristate};

use super::{NOW, node, prod, report};
use crate::arbitrary::{COUNTS, Random, catalog, known_gpus, seed, spec, type_of, valid_sets};

struct Cluster {
    layouts: BTreeMap<String, Layout>,
    nodes: Vec<NodeFacts>,
}

/// A layout of a random model. Some share their slices; the rules may refuse that, so it is tried with and without.
fn layout(random: &mut Random) -> Layout {
    let gpus = known_gpus();
    let gpu = *random.pick(&gpus);
    let count = *random.pick(&COUNTS);
    let sets = valid_sets(gpu);
    let mut spec = spec(random, type_of(gpu, count), count, |random| {
        random.pick(&sets).clone()
    });
    if random.one_in(4) {
        spec.sharing = Some(SharingSpec {
            strategy: "time-slicing".to_owned(),
            replicas: 2 + i64::try_from(random.below(4)).unwrap(),
        });
    }
    if random.one_in(4) {
        spec.strategy = Some("single".to_owned());
    }
    let resolved = Layout::resolve(&spec, catalog());
    resolved.unwrap_or_else(|_| {
        (spec.sharing, spec.strategy) = (None, None);
        Layout::resolve(&spec, catalog()).unwrap()
    })
}

fn cluster(random: &mut Random) -> Cluster {
    let number = 1 + random.below(3);
    let layouts: BTreeMap<String, Layout> = (0..number)
        .map(|_| layout(random))
        .map(|layout| (layout.id(), layout))
        .collect();
    let all: Vec<&Layout> = layouts.values().collect();
    let nodes = (0..1 + random.below(12)).map(|at| {
        let layout = *random.pick(&all);
        let instance_type = layout.nodes().next().unwrap().instance_type();
        let mut node = node(layout, instance_type, &format!("ip-10-0-0-{at}"));
        irrelevant(random, &mut node);
        // The first is always settled: it is the one that a test breaks.
        match random.below(6) {
            0 if at > 0 => boots(random, &mut node),
            1 if at > 0 => goes(random, &mut node),
            _ => (),
        }
        node
    });
    let nodes = nodes.collect();
    Cluster { layouts, nodes }
}

fn irrelevant(random: &mut Random, node: &mut NodeFacts) {
    for at in 0..random.below(4) {
        let keys = [
            "team",
            "nvidia.com/gpu.product",
            "nvidia.com/gpu.deploy.mig-manager",
            "a|b",
        ];
        node.labels
            .insert((*random.pick(&keys)).to_owned(), format!("value-{at}"));
        node.taints.push(Taint {
            key: format!("example.com/{at}"),
            value: String::new(),
            effect: "NoExecute".to_owned(),
        });
        let names = ["vpc.amazonaws.com/efa", "cpu", "nvidia.com/gpu-memory"];
        node.capacity.insert((*random.pick(&names)).to_owned(), 3);
    }
}

fn boots(random: &mut Random, node: &mut NodeFacts) {
    node.created = NOW - i64::try_from(random.below(900)).unwrap();
    node.ready.since = Some(node.created);
    if random.one_in(2) {
        node.ready.status = Tristate::False;
    }
    if random.one_in(2) {
        (node.capacity, node.allocatable) = (BTreeMap::new(), BTreeMap::new());
    }
}

fn goes(random: &mut Random, node: &mut NodeFacts) {
    if random.one_in(2) {
        node.deleted = Some(NOW);
    } else {
        node.unschedulable = true;
    }
    node.allocatable = BTreeMap::new();
}

fn judged(cluster: &Cluster) -> Section {
    detect::nodes(&prod(), &cluster.nodes, &Expected::new(&cluster.layouts, NOW))
}

/// Breaks the first node, which is settled; says of which class that is.
fn break_one(random: &mut Random, node: &mut NodeFacts) -> DriftClass {
    let resource = node
        .allocatable
        .keys()
        .find(|name| name.starts_with("nvidia.com/"))
        .unwrap()
        .clone();
    let sick = node.allocatable[&resource] - 1;
    let mut set = |name: &str, count: u64| {
        node.capacity.insert(name.to_owned(), count);
        node.allocatable.insert(name.to_owned(), count);
    };
    match random.below(7) {
        0 => {
            set("nvidia.com/mig-5g.999gb", 3);
            DriftClass::D1
        }
        1 => {
            node.allocatable.insert(resource, sick);
            DriftClass::D1
        }
        2 => {
            let (key, value) = (PARTITION_FAILED_TAINT.to_owned(), "true".to_owned());
            let effect = "NoSchedule".to_owned();
            node.taints.push(Taint { key, value, effect });
            DriftClass::D1
        }
        3 => {
            (node.capacity, node.allocatable) = (BTreeMap::new(), BTreeMap::new());
            DriftClass::D2
        }
        4 => {
            set("nvidia.com/mig-5g.999gb", 0);
            DriftClass::D7
        }
        5 => {
            node.labels
                .insert("nvidia.com/mig.config".to_owned(), "all-disabled".to_owned());
            DriftClass::D9
        }
        _ => {
            node.labels
                .insert("mig.eks/layout".to_owned(), "no-such".to_owned());
            DriftClass::D10
        }
    }
}

#[test]
fn healthy_clusters_have_no_finding_and_one_fault_gives_one() {
    let seed = seed();
    let mut random = Random::from_seed(seed);
    for case in 0..100 {
        let mut cluster = cluster(&mut random);
        let healthy = report([judged(&cluster)]);
        assert_eq!(healthy.findings(), [], "MIG_SEED={seed} case {case}");
        assert_eq!(
            healthy.exit_code(true),
            0,
            "MIG_SEED={seed} case {case}: {:?}",
            healthy.not_checked()
        );
        let class = break_one(&mut random, &mut cluster.nodes[0]);
        let broken = report([judged(&cluster)]);
        let found: Vec<_> = broken
            .findings()
            .iter()
            .map(|finding| (finding.drift.class, &finding.drift.object.name))
            .collect();
        let expected = [(class, &cluster.nodes[0].name)];
        assert_eq!(
            found,
            expected,
            "MIG_SEED={seed} case {case}: {:?}",
            broken.findings()
        );
        // Nothing depends on the order in which nodes are read.
        random.shuffle(&mut cluster.nodes);
        assert_eq!(report([judged(&cluster)]), broken, "MIG_SEED={seed} case {case}");
    }
}
