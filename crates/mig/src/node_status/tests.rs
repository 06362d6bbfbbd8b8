use std::collections::BTreeMap;

use super::*;
use crate::catalog::Catalog;
use crate::layout::{DEVICE_PLUGIN_LABEL, LAYOUT_LABEL, Layout, LayoutSpec, PARTITION_FAILED_TAINT, Taint};

const NOW: i64 = 1_800_000_000;
const SLICE: &str = "nvidia.com/mig-1g.10gb";
const HALF: &str = "nvidia.com/mig-3g.40gb";
const GPU: &str = "nvidia.com/gpu";

fn layout(spec: &str) -> Layout {
    let spec: LayoutSpec = serde_json::from_str(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn mixed() -> Layout {
    layout(r#"{"instance_types": ["p5.48xlarge", "p5.4xlarge"], "slices": {"3g": 1, "1g": 3}}"#)
}

fn single() -> Layout {
    layout(r#"{"instance_types": ["p5.48xlarge"], "slices": {"1g": 7}, "strategy": "single"}"#)
}

fn shared() -> Layout {
    layout(
        r#"{"instance_types": ["p5.48xlarge"], "slices": {"1g": 7},
            "sharing": {"strategy": "time-slicing", "replicas": 2}}"#,
    )
}

/// A Ready node of an hour with exactly these resources.
fn node(layout: &Layout, resources: &[(&str, u64)]) -> NodeFacts {
    let resources: BTreeMap<String, u64> = resources
        .iter()
        .map(|(name, n)| ((*name).to_owned(), *n))
        .collect();
    let mut labels = layout.labels();
    labels.insert(
        "node.kubernetes.io/instance-type".to_owned(),
        "p5.48xlarge".to_owned(),
    );
    NodeFacts {
        name: "ip-10-0-0-1".to_owned(),
        labels,
        taints: layout.taints(),
        created: NOW - 3600,
        ready: ready(Tristate::True, NOW - 3500),
        capacity: resources.clone(),
        allocatable: resources,
        ..NodeFacts::default()
    }
}

fn ready(status: Tristate, since: i64) -> Ready {
    Ready {
        status,
        since: Some(since),
        ..Ready::default()
    }
}

fn right() -> NodeFacts {
    node(&mixed(), &[(SLICE, 24), (HALF, 8)])
}

fn verdict(node: &NodeFacts, layout: &Layout) -> (NodeState, Vec<&'static str>) {
    let layouts = BTreeMap::from([(layout.id(), layout.clone())]);
    let status = judge(node, &Expected::new(&layouts, NOW));
    assert!(status.sentence.ends_with('.'), "{}", status.sentence);
    (status.state, status.reasons.iter().map(Reason::code).collect())
}

fn of_mixed(change: impl FnOnce(&mut NodeFacts)) -> (NodeState, Vec<&'static str>) {
    let mut node = right();
    change(&mut node);
    verdict(&node, &mixed())
}

fn set(node: &mut NodeFacts, resource: &str, count: u64) {
    node.capacity.insert(resource.to_owned(), count);
    node.allocatable.insert(resource.to_owned(), count);
}

fn label(node: &mut NodeFacts, key: &str, value: &str) {
    node.labels.insert(key.to_owned(), value.to_owned());
}

fn taint(node: &mut NodeFacts, key: &str) {
    node.taints.push(Taint {
        key: key.to_owned(),
        value: "true".to_owned(),
        effect: "NoSchedule".to_owned(),
    });
}

#[test]
fn what_the_layout_says_is_right_whatever_else_is_there() {
    use NodeState::Right;
    assert_eq!(of_mixed(|_| ()), (Right, vec![]));
    let others = |node: &mut NodeFacts| {
        set(node, "vpc.amazonaws.com/efa", 32);
        set(node, "nvidia.com/gpu-memory", 3);
        set(node, GPU, 0);
        label(node, "team", "ml");
        label(node, "nvidia.com/gpu.deploy.mig-manager", "true");
        taint(node, "team");
    };
    assert_eq!(of_mixed(others), (Right, vec![]));
    assert_eq!(
        of_mixed(|node| set(node, "nvidia.com/mig-7g.80gb", 0)),
        (Right, vec!["stale"])
    );
    // A node that is young and has everything already.
    assert_eq!(of_mixed(|node| node.created = NOW - 60), (Right, vec![]));
    // Karpenter's claim says the same.
    let initialized = |node: &mut NodeFacts| {
        node.node_claim = Some(NodeClaimFacts {
            name: "slices-1".to_owned(),
            initialized: Some(ready(Tristate::True, NOW)),
            ..NodeClaimFacts::default()
        });
    };
    assert_eq!(of_mixed(initialized), (Right, vec![]));
    assert_eq!(
        verdict(&node(&single(), &[(GPU, 56)]), &single()),
        (Right, vec![])
    );
    assert_eq!(
        verdict(&node(&shared(), &[(SLICE, 112)]), &shared()),
        (Right, vec![])
    );
}

/// What is done to a node, and the reasons that follow.
type Row<'a> = (&'a str, &'a dyn Fn(&mut NodeFacts), &'a [&'a str]);

#[test]
fn another_cut_is_wrong() {
    use NodeState::Wrong;
    let rows: [Row; 10] = [
        ("fewer slices", &|node| set(node, SLICE, 23), &["other-count"]),
        ("a kind missing", &|node| set(node, HALF, 0), &["other-count"]),
        (
            "a kind more",
            &|node| set(node, "nvidia.com/mig-2g.20gb", 1),
            &["unexpected"],
        ),
        ("one GPU whole", &|node| set(node, GPU, 1), &["unexpected"]),
        (
            "sick slices",
            &|node| _ = node.allocatable.insert(SLICE.to_owned(), 21),
            &["unhealthy"],
        ),
        (
            "another name",
            &|node| set(node, "nvidia.com/mig-1g.10gb.shared", 48),
            &["shared-name"],
        ),
        (
            "the taint",
            &|node| taint(node, PARTITION_FAILED_TAINT),
            &["partition-failed"],
        ),
        (
            "the type",
            &|node| node.instance_type = Some("p4d.24xlarge".to_owned()),
            &["other-instance-type"],
        ),
        (
            "the label",
            &|node| _ = node.labels.remove(LAYOUT_LABEL),
            &["layout-label-missing"],
        ),
        (
            "cut beneath the plugin",
            &|node| label(node, "nvidia.com/mig-1g.10gb.count", "17"),
            &["discovery-disagrees"],
        ),
    ];
    for (what, change, reasons) in rows {
        assert_eq!(of_mixed(change), (Wrong, reasons.to_vec()), "{what}");
    }
    let whole = node(&mixed(), &[(GPU, 8)]);
    assert_eq!(
        verdict(&whole, &mixed()),
        (Wrong, vec!["other-count", "other-count", "unexpected"])
    );
}

#[test]
fn names_and_counts_follow_strategy_and_sharing() {
    use NodeState::Wrong;
    let by_name = node(&single(), &[(GPU, 0), (SLICE, 56)]);
    assert_eq!(
        verdict(&by_name, &single()),
        (Wrong, vec!["other-strategy", "other-count"])
    );
    let unshared = node(&shared(), &[(SLICE, 56)]);
    assert_eq!(verdict(&unshared, &shared()), (Wrong, vec!["other-sharing"]));
    let mut by_four = node(&mixed(), &[(SLICE, 96), (HALF, 32)]);
    assert_eq!(
        verdict(&by_four, &mixed()),
        (Wrong, vec!["other-count", "other-count"])
    );
    label(&mut by_four, "nvidia.com/mig-1g.10gb.replicas", "4");
    assert_eq!(verdict(&by_four, &mixed()), (Wrong, vec!["other-sharing"]));
}

#[test]
fn a_node_without_slices_has_its_time() {
    use NodeState::{Booting, Unknown, Wrong};
    let bare = |age: i64, status: Tristate, since: i64| {
        let mut node = node(&mixed(), &[]);
        node.created = NOW - age;
        node.ready = ready(status, NOW - since);
        verdict(&node, &mixed())
    };
    assert_eq!(bare(899, Tristate::True, 800), (Booting, vec!["starting"]));
    assert_eq!(
        bare(5000, Tristate::True, 900),
        (Wrong, vec!["nothing-registered"])
    );
    // A reboot begins a new run.
    assert_eq!(bare(5000, Tristate::True, 30), (Booting, vec!["starting"]));
    assert_eq!(bare(60, Tristate::False, 60), (Booting, vec!["starting"]));
    assert_eq!(bare(5000, Tristate::False, 60), (Unknown, vec!["not-ready"]));
    assert_eq!(bare(5000, Tristate::Unknown, 900), (Wrong, vec!["not-ready"]));
    // A clock that goes ahead of the cluster's.
    assert_eq!(bare(-100, Tristate::True, -100), (Booting, vec!["starting"]));
    let layouts = BTreeMap::from([(mixed().id(), mixed())]);
    let rolls = Expected {
        plugin_rolls: true,
        ..Expected::new(&layouts, NOW)
    };
    assert_eq!(judge(&node(&mixed(), &[(SLICE, 0)]), &rolls).state, Unknown);
    let quick = Expected {
        boot_seconds: 60,
        ..Expected::new(&layouts, NOW)
    };
    let mut young = node(&mixed(), &[]);
    young.created = NOW - 61;
    young.ready.since = Some(NOW - 60);
    assert_eq!(judge(&young, &quick).state, Wrong);
}

#[test]
fn a_claim_that_is_never_initialized_is_stuck() {
    let waiting = |node: &mut NodeFacts| {
        node.node_claim = Some(NodeClaimFacts {
            name: "slices-1".to_owned(),
            initialized: Some(Condition {
                message: "StartupTaint still exists".to_owned(),
                ..Condition::default()
            }),
            ..NodeClaimFacts::default()
        });
    };
    assert_eq!(of_mixed(waiting), (NodeState::Wrong, vec!["not-initialized"]));
}

#[test]
fn a_node_that_goes_is_not_judged() {
    let rows: [&dyn Fn(&mut NodeFacts); 4] = [
        &|node| node.deleted = Some(NOW - 1),
        &|node| node.unschedulable = true,
        &|node| taint(node, "karpenter.sh/disrupted"),
        &|node| taint(node, "ToBeDeletedByClusterAutoscaler"),
    ];
    for change in rows {
        let (state, reasons) = of_mixed(|node| {
            change(node);
            set(node, SLICE, 0);
            label(node, "nvidia.com/mig.config", "all-1g.10gb");
        });
        assert_eq!((state, reasons.len()), (NodeState::Draining, 1));
    }
}

#[test]
fn what_is_not_ours_is_unknown() {
    use NodeState::Unknown;
    let theirs = |node: &mut NodeFacts| {
        node.labels.remove(LAYOUT_LABEL);
        node.labels.remove(DEVICE_PLUGIN_LABEL);
        label(node, "nvidia.com/mig.config", "all-1g.10gb");
        set(node, GPU, 8);
    };
    assert_eq!(of_mixed(theirs), (Unknown, vec!["not-ours"]));
    assert_eq!(
        of_mixed(|node| label(node, LAYOUT_LABEL, "0123456789ab")),
        (Unknown, vec!["old-layout"])
    );
    // The types of this layout have other numbers of GPUs, so a type is needed.
    let untyped = |node: &mut NodeFacts| _ = node.labels.remove("node.kubernetes.io/instance-type");
    assert_eq!(of_mixed(untyped), (Unknown, vec!["instance-type-unknown"]));
    let mut only_type = node(&single(), &[(GPU, 56)]);
    untyped(&mut only_type);
    assert_eq!(verdict(&only_type, &single()).0, NodeState::Right);
}

#[test]
fn two_owners_are_said_beside_the_state() {
    let managed = |node: &mut NodeFacts| {
        label(node, "nvidia.com/mig.config", "all-balanced");
        label(node, "nvidia.com/mig.config.state", "success");
    };
    assert_eq!(of_mixed(managed), (NodeState::Right, vec!["foreign-mig-manager"]));
}

fn device(name: &str, profile: Option<&str>) -> DraDevice {
    DraDevice {
        name: name.to_owned(),
        profile: profile.map(str::to_owned),
        ..DraDevice::default()
    }
}

/// The devices of every GPU of the layout, in the driver's names.
fn devices(layout: &Layout) -> Vec<DraDevice> {
    let gpus = layout.node("p5.48xlarge").unwrap().gpus();
    let slices = gpus
        .iter()
        .enumerate()
        .flat_map(|(gpu, slices)| slices.iter().map(move |placed| (gpu, placed)));
    let named = slices.map(|(gpu, placed)| {
        let profile = placed.profile.to_string();
        let plain = profile.replace('.', "");
        let name = format!(
            "gpu-{gpu}-mig-{plain}-{}-{}",
            placed.gpu_instance_profile_id, placed.start
        );
        device(&name, Some(&profile))
    });
    named.collect()
}

#[test]
fn places_are_read_from_the_names_of_devices() {
    let layout = mixed();
    let layouts = BTreeMap::from([(layout.id(), layout.clone())]);
    let with = |devices: Vec<DraDevice>| {
        let mut node = right();
        node.dra_devices = Some(devices);
        judge(&node, &Expected::new(&layouts, NOW))
    };
    let status = with(devices(&layout));
    assert_eq!(status.placements.as_ref().map(Vec::len), Some(32));
    let codes = |status: &NodeStatus| status.reasons.iter().map(Reason::code).collect::<Vec<_>>();
    assert_eq!(codes(&status), ["foreign-dra-driver"]);
    // The last GPU has its slices the other way round.
    let mut turned = devices(&layout);
    turned.retain(|device| !device.name.starts_with("gpu-7-"));
    turned.push(device("gpu-7-mig-3g40gb-9-0", Some("3g.40gb")));
    turned.extend([4, 5, 7].map(|start| device(&format!("gpu-7-mig-1g10gb-19-{start}"), Some("1g.10gb"))));
    let found = with(turned);
    assert_eq!(codes(&found), ["placements-differ", "foreign-dra-driver"]);
    // A form that is not known says nothing.
    let mut other = devices(&layout);
    other.push(device("gpu-1-mig-19-4-1", Some("1g.10gb")));
    assert_eq!(with(other).placements, None);
    let odd = with(vec![device("mig-1", Some("1g.10gb"))]);
    assert_eq!((odd.placements, odd.state), (None, NodeState::Right));
}

#[test]
fn feature_discovery_says_product_and_driver() {
    let mut node = right();
    label(&mut node, "nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3");
    for (part, value) in [("major", "580"), ("minor", "126"), ("rev", "20")] {
        label(&mut node, &format!("nvidia.com/cuda.driver.{part}"), value);
    }
    // Another release's rounding of a profile's memory, and a profile that is not there.
    label(&mut node, "nvidia.com/mig-3g.41gb.count", "8");
    label(&mut node, "nvidia.com/mig-7g.80gb.count", "0");
    let layouts = BTreeMap::from([(mixed().id(), mixed())]);
    let status = judge(&node, &Expected::new(&layouts, NOW));
    assert_eq!(status.gpu_product.as_deref(), Some("NVIDIA-H100-80GB-HBM3"));
    assert_eq!(status.driver.as_deref(), Some("580.126.20"));
    assert_eq!(status.state, NodeState::Right);
    label(&mut node, "nvidia.com/cuda.driver-version.full", "590.1");
    label(&mut node, "nvidia.com/mig-7g.80gb.count", "1");
    let status = judge(&node, &Expected::new(&layouts, NOW));
    assert_eq!(
        (status.driver.as_deref(), status.state),
        (Some("590.1"), NodeState::Wrong)
    );
}

/// Programs read the tag, ignore rules and baselines the code.
#[test]
fn a_reason_has_one_code_and_a_sentence() {
    let text = || "x".to_owned();
    let (expected, found) = (1, 2);
    let (resource, list) = (text(), Vec::new);
    let reasons = [
        Reason::NotOurs,
        Reason::LayoutLabelMissing,
        Reason::OldLayout { layout: text() },
        Reason::OtherInstanceType {
            instance_type: text(),
        },
        Reason::InstanceTypeUnknown,
        Reason::Deleted,
        Reason::Cordoned { by: text() },
        Reason::NotReady {
            why: text(),
            seconds: 1,
        },
        Reason::Starting { seconds: 1 },
        Reason::PluginRolls,
        Reason::PartitionFailed { value: text() },
        Reason::NothingRegistered,
        Reason::NotInitialized {
            claim: text(),
            why: text(),
        },
        Reason::OtherCount {
            resource: text(),
            expected,
            found,
        },
        Reason::Unexpected {
            resource: text(),
            found,
        },
        Reason::Unhealthy {
            resource: text(),
            capacity: 2,
            allocatable: 1,
        },
        Reason::OtherStrategy {
            resource: text(),
            found,
        },
        Reason::OtherSharing { expected, found },
        Reason::SharedName {
            resource: text(),
            found,
        },
        Reason::Stale { resource },
        Reason::DiscoveryDisagrees {
            label: text(),
            expected,
            found,
        },
        Reason::PlacementsDiffer {
            expected: list(),
            found: list(),
        },
        Reason::ForeignMigManager {
            config: text(),
            state: text(),
        },
        Reason::ForeignDraDriver { devices: 1 },
    ];
    let mut sentences = std::collections::BTreeSet::new();
    for reason in reasons {
        assert_eq!(serde_json::to_value(&reason).unwrap()["reason"], reason.code());
        let sentence = reason.sentence();
        assert!(sentence.ends_with('.'), "{sentence}");
        assert!(sentences.insert(sentence.clone()), "{sentence} is said twice");
    }
}
