//! Groups that scale from zero, judged by a model of the Cluster Autoscaler: its rules as a table, and random layouts whose
//! nodes it must expect exactly as they will be, however it learns of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use crate::arbitrary::{COUNTS, Random, Slices, cases, catalog, known_gpus, seed, spec, type_of, valid_sets};
use crate::autoscaler::{Group, NodeGroup, Pod, Template, Texts, template};
use mig::catalog::Gpu;
use mig::layout::{SharingSpec, Taint};
use mig::node_group::{
    EksTaint, GroupTags, SelfManagedGroup, auto_scaling_group_tags, labels, node_group_tags, taints,
};
use mig::{Layout, LayoutSpec};

const CLUSTER: &str = "prod";
const SLICE: &str = "nvidia.com/mig-1g.10gb";
const ACCELERATOR: &str = "k8s.amazonaws.com/accelerator";

/// `KEY=VALUE`; a key that begins with `~` is one of the autoscaler's about a node.
fn texts(pairs: &[&str]) -> Texts {
    let pair = |pair: &&str| {
        let (key, value) = pair.split_once('=').unwrap();
        (
            key.replace('~', "k8s.io/cluster-autoscaler/node-template/"),
            value.to_owned(),
        )
    };
    pairs.iter().map(pair).collect()
}

/// The tags by which the autoscaler finds a group, and others.
fn found(more: &[&str]) -> Texts {
    let mut tags = texts(&[
        "k8s.io/cluster-autoscaler/enabled=true",
        "k8s.io/cluster-autoscaler/prod=owned",
    ]);
    tags.extend(texts(more));
    tags
}

fn group(tags: Texts) -> Group {
    Group {
        physical_gpus: 8,
        tags,
        node_group: None,
    }
}

fn managed(node_group: NodeGroup, tags: &[&str]) -> Group {
    Group {
        node_group: Some(node_group),
        ..group(found(tags))
    }
}

fn wants(resource: &str, selector: &[&str], tolerates: &[&str]) -> Pod {
    Pod {
        requests: [(resource.to_owned(), 1.0)].into(),
        selector: texts(selector),
        tolerates: tolerates.iter().map(|key| (*key).to_owned()).collect(),
    }
}

fn eks_taint(value: Option<&str>, effect: &str) -> NodeGroup {
    NodeGroup {
        taints: vec![("a".into(), value.map(Into::into), effect.into())],
        tags: texts(&[&format!("~resources/{SLICE}=56")]),
        ..NodeGroup::default()
    }
}

/// How each way to tag a group ends for a pod that waits: nodes bought, or none because the group is ignored.
#[test]
fn the_autoscalers_rules() {
    let slice = format!("~resources/{SLICE}=56");
    let slice = slice.as_str();
    let pod = wants(SLICE, &[], &[]);
    let whole = wants("nvidia.com/gpu", &[], &[]);
    let chosen = wants(SLICE, &["team=a"], &[]);
    let mut disk = pod.clone();
    disk.requests.insert("ephemeral-storage".into(), 1024f64.powi(3));
    let with_tags = |tags: &[&str]| NodeGroup {
        tags: texts(tags),
        ..NodeGroup::default()
    };
    let labelled = NodeGroup {
        labels: texts(&["team=a"]),
        ..with_tags(&[slice])
    };
    let rows: Vec<(&str, Group, &Pod, Option<u64>)> = vec![
        (
            "one tag of the pair",
            group(texts(&["k8s.io/cluster-autoscaler/enabled=true", slice])),
            &pod,
            None,
        ),
        (
            "the other tag of the pair",
            group(texts(&["k8s.io/cluster-autoscaler/prod=owned", slice])),
            &pod,
            None,
        ),
        ("no tag of the slice", group(found(&[])), &pod, Some(0)),
        (
            "a value that is no quantity",
            group(found(&[&format!("~resources/{SLICE}=many")])),
            &pod,
            Some(0),
        ),
        ("all that is needed", group(found(&[slice])), &pod, Some(1)),
        (
            "whole GPUs, without a word about them",
            group(found(&[slice])),
            &whole,
            Some(1),
        ),
        (
            "whole GPUs, said to be 0",
            group(found(&[slice, "~resources/nvidia.com/gpu=0"])),
            &whole,
            Some(0),
        ),
        (
            "a taint",
            group(found(&[slice, "~taint/a=b:NoSchedule"])),
            &pod,
            Some(0),
        ),
        (
            "a taint without value",
            group(found(&[slice, "~taint/a=:NoSchedule"])),
            &pod,
            Some(0),
        ),
        (
            "a taint without effect",
            group(found(&[slice, "~taint/a=b"])),
            &pod,
            Some(1),
        ),
        (
            "a taint in EKS' spelling",
            group(found(&[slice, "~taint/a=b:NO_SCHEDULE"])),
            &pod,
            Some(1),
        ),
        ("a label without a tag", group(found(&[slice])), &chosen, Some(0)),
        (
            "a label with its tag",
            group(found(&[slice, "~label/team=a"])),
            &chosen,
            Some(1),
        ),
        ("disk without a tag", group(found(&[slice])), &disk, Some(0)),
        (
            "disk with its tag",
            group(found(&[slice, "~resources/ephemeral-storage=20Gi"])),
            &disk,
            Some(1),
        ),
        (
            "tags of the managed group alone",
            managed(with_tags(&[slice]), &[]),
            &pod,
            Some(1),
        ),
        (
            "they override",
            managed(with_tags(&[&format!("~resources/{SLICE}=0")]), &[slice]),
            &pod,
            Some(0),
        ),
        (
            "a label of the managed group",
            managed(labelled.clone(), &[]),
            &chosen,
            Some(1),
        ),
        ("it wins", managed(labelled, &["~label/team=b"]), &chosen, Some(1)),
        (
            "a label as its tag",
            managed(with_tags(&[slice, "~label/team=a"]), &[]),
            &chosen,
            Some(0),
        ),
        (
            "a taint as its tag",
            managed(with_tags(&[slice, "~taint/a=b:NoSchedule"]), &[]),
            &pod,
            Some(1),
        ),
        (
            "a taint of the managed group",
            managed(eks_taint(Some("b"), "NO_SCHEDULE"), &[]),
            &pod,
            Some(0),
        ),
        (
            "one without value",
            managed(eks_taint(None, "NO_SCHEDULE"), &[]),
            &pod,
            Some(1),
        ),
        (
            "a soft one",
            managed(eks_taint(Some("b"), "PREFER_NO_SCHEDULE"), &[]),
            &pod,
            Some(1),
        ),
        ("no right to describe it", group(found(&[slice])), &pod, Some(1)),
    ];
    for (name, group, pod, expected) in rows {
        let bought = template(&group, CLUSTER).map(|node| node.nodes_for(1, pod));
        assert_eq!(bought, expected, "{name}");
    }
    let node = template(&group(found(&[slice])), CLUSTER).unwrap();
    assert_eq!(
        [1, 56, 57, 200].map(|pods| node.nodes_for(pods, &pod)),
        [1, 1, 2, 4]
    );
    assert!(!node.stalls());
    let labelled = group(found(&[
        slice,
        "~resources/nvidia.com/gpu=0",
        &format!("~label/{ACCELERATOR}=x"),
    ]));
    assert!(template(&labelled, CLUSTER).unwrap().stalls());
}

/// A layout with what a user adds to its group, sensible or not.
struct Case {
    layout: Layout,
    labels: Texts,
    taints: Vec<EksTaint>,
    tags: Texts,
}

fn some<T: Clone>(random: &mut Random, of: &[T], one_in: usize) -> Vec<T> {
    let chosen: Vec<&T> = of.iter().filter(|_| random.one_in(one_in)).collect();
    chosen.into_iter().cloned().collect()
}

fn case(random: &mut Random, models: &[(&'static Gpu, Vec<Slices>)]) -> Case {
    let (gpu, sets) = random.pick(models);
    let count = *random.pick(&COUNTS);
    let mut layout = spec(random, type_of(gpu, count), count, |random| {
        random.pick(sets).clone()
    });
    layout.strategy = random.one_in(3).then(|| "single".to_owned());
    layout.sharing = random.one_in(3).then(|| SharingSpec {
        strategy: "time-slicing".into(),
        replicas: 3,
    });
    let Ok(layout) = Layout::resolve(&layout, catalog()) else {
        return case(random, models);
    };
    let own = [
        "team=a",
        "example.com/disk=nvme",
        "mig.eks/layout=other",
        "nvidia.com/gpu.present=true",
    ];
    let mut own = texts(&some(random, &own, 4));
    if random.one_in(8) {
        own.insert(ACCELERATOR.into(), "nvidia".into());
    }
    let taint = |(key, value, effect): &(&str, &str, &str)| EksTaint {
        key: (*key).into(),
        value: Some((*value).into()).filter(|_| !value.is_empty()),
        effect: (*effect).into(),
    };
    let own_taints = [
        ("team", "a", "NO_SCHEDULE"),
        ("example.com/b", "c", "PREFER_NO_SCHEDULE"),
        ("nvidia.com/gpu", "present", "NO_SCHEDULE"),
        ("nvidia.com/gpu", "true", "NO_SCHEDULE"),
        ("soft", "", "NO_EXECUTE"),
        ("spelled", "a", "NoExecute"),
    ];
    let tags = [
        "Name=slices",
        "~resources/nvidia.com/gpu=0",
        "~resources/nvidia.com/gpu=8",
        "~resources/nvidia.com/mig-1g.5gb=7",
        "~resources/nvidia.com/mig-1g.10gb=many",
        "~label/team=b",
        "~label/mig.eks/layout=x",
        "~label/k8s.amazonaws.com/accelerator=nvidia",
        "~taint/team=a:NoSchedule",
        "~taint/team=a:NO_SCHEDULE",
        "~taint/nvidia.com/gpu=x:NoSchedule",
    ];
    Case {
        layout,
        labels: own,
        taints: some(random, &own_taints, 8).iter().map(taint).collect(),
        tags: texts(&some(random, &tags, 12)),
    }
}

/// The node as it will be.
fn real(case: &Case) -> Template {
    let node = case.layout.nodes().next().unwrap();
    let mut resources = BTreeMap::from([("nvidia.com/gpu".to_owned(), 0.0)]);
    let counts = case.layout.resources(node.instance_type()).unwrap();
    resources.extend(counts.into_iter().map(|(name, count)| (name, count as f64)));
    let mut labels = case.layout.labels();
    labels.insert("mig.eks/device-manager".into(), "device-plugin".into());
    labels.extend(case.labels.clone());
    let own = case.taints.iter().filter_map(EksTaint::on_node);
    let taints = case.layout.taints().into_iter().chain(own);
    Template {
        resources,
        labels,
        taints: taints
            .map(|taint| (taint.key, taint.value, taint.effect))
            .collect(),
    }
}

fn physical(case: &Case) -> u64 {
    case.layout.nodes().next().unwrap().gpus().len() as u64
}

/// What the autoscaler reads of a managed group, where nothing of it is refused.
fn as_managed(case: &Case) -> Option<Group> {
    let tags = GroupTags {
        tags: case.tags.clone(),
        ..GroupTags::default()
    };
    let group = NodeGroup {
        labels: labels(&case.layout, &case.labels).ok()?.value,
        taints: taints(&case.layout, &case.taints)
            .ok()?
            .value
            .into_iter()
            .map(|taint| (taint.key, taint.value, taint.effect))
            .collect(),
        tags: node_group_tags(&case.layout, catalog(), &tags).ok()?.value,
    };
    Some(Group {
        physical_gpus: physical(case),
        ..managed(group, &["eks:cluster-name=prod", "eks:nodegroup-name=slices"])
    })
}

/// The same of a group of the user's own, by its tags alone.
fn as_self_managed(case: &Case) -> Option<Group> {
    let asked = SelfManagedGroup {
        group: GroupTags {
            tags: case.tags.clone(),
            ..GroupTags::default()
        },
        labels: case.labels.clone(),
        taints: case
            .taints
            .iter()
            .map(EksTaint::on_node)
            .collect::<Option<Vec<Taint>>>()?,
        cluster: Some(CLUSTER.into()),
    };
    let tags = auto_scaling_group_tags(&case.layout, catalog(), &asked)
        .ok()?
        .value;
    Some(Group {
        physical_gpus: physical(case),
        ..group(tags)
    })
}

fn models() -> Vec<(&'static Gpu, Vec<Slices>)> {
    known_gpus()
        .into_iter()
        .map(|gpu| (gpu, valid_sets(gpu)))
        .collect()
}

/// Whatever is accepted, the autoscaler expects the node as it will be; what a user's tag says of something that is not the
/// layout's does not count.
#[test]
fn the_autoscaler_expects_the_node_that_will_come() {
    let seed = seed();
    let mut random = Random::from_seed(seed);
    let models = models();
    let mut seen = [0; 3];
    for number in 0..cases("MIG_NODE_GROUPS", 3_000) {
        let case = case(&mut random, &models);
        let real = real(&case);
        let paths = [as_managed(&case), as_self_managed(&case)];
        for (at, group) in paths.into_iter().enumerate() {
            let Some(group) = group else {
                seen[2] += 1;
                continue;
            };
            seen[at] += 1;
            let mut node = template(&group, CLUSTER).unwrap();
            assert!(!node.stalls(), "MIG_SEED={seed}, case {number}");
            node.labels.retain(|key, _| real.labels.contains_key(key));
            let own: BTreeSet<&str> = real.taints.iter().map(|taint| taint.0.as_str()).collect();
            node.taints.retain(|taint| own.contains(taint.0.as_str()));
            assert_eq!(node, real, "MIG_SEED={seed}, case {number}, path {at}: {group:?}");
        }
    }
    assert!(
        seen.iter().all(|times| *times > 0) || cases("MIG_NODE_GROUPS", 3_000) < 3_000,
        "{seen:?}"
    );
}

/// A group of several instance types has tags if and only if a node of each offers the same.
#[test]
fn one_picture_for_all_instance_types_of_a_group() {
    let seed = seed();
    let mut random = Random::from_seed(seed);
    let names: Vec<String> = catalog()
        .instance_types()
        .filter(|found| found.mig.gpu.is_some())
        .map(|found| found.name.clone())
        .collect();
    let mut seen = [0; 2];
    for number in 0..cases("MIG_NODE_GROUPS", 3_000) {
        let types: BTreeSet<String> = (0..2).map(|_| random.pick(&names).clone()).collect();
        let asked = LayoutSpec {
            instance_types: types.into_iter().collect(),
            slices: Some([("1g".to_owned(), 1)].into()),
            strategy: random.one_in(2).then(|| "single".to_owned()),
            ..LayoutSpec::default()
        };
        let Ok(layout) = Layout::resolve(&asked, catalog()) else {
            continue;
        };
        let offers: BTreeSet<_> = layout
            .nodes()
            .map(|node| layout.resources(node.instance_type()))
            .collect();
        let made = node_group_tags(&layout, catalog(), &GroupTags::default());
        assert_eq!(
            made.is_ok(),
            offers.len() == 1,
            "MIG_SEED={seed}, case {number}: {offers:?}"
        );
        seen[usize::from(made.is_ok())] += 1;
    }
    assert!(
        seen.iter().all(|times| *times > 0) || cases("MIG_NODE_GROUPS", 3_000) < 3_000,
        "{seen:?}"
    );
}
