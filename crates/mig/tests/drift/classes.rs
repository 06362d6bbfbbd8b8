//! One fault of each class: one finding, of that class, with everything said.

use std::collections::BTreeMap;

use mig::drift::detect::{
    DevicePluginFacts, FieldEdit, ForeignActor, GroupFacts, InstanceFacts, KarpenterFacts, Pin, Presence,
    TagFacts, autoscaler_tags, device_plugin, foreign_actors, group_template, instance_ids, instances,
    karpenter, overlay_gate, pins,
};
use mig::drift::{DriftClass, Section, Severity};
use mig::layout::LAYOUT_LABEL;
use mig::manifests::gpu_actor::GpuActor;
use mig::node_status::{Condition, DraDevice, NodeFacts, Tristate};

use super::{NOW, SLICE, layout, nodes, prod, report, right, set};

fn of_node(change: impl FnOnce(&mut NodeFacts)) -> Section {
    let mut node = right("a");
    change(&mut node);
    nodes(&[node, right("b")])
}

fn label(node: &mut NodeFacts, key: &str, value: &str) {
    node.labels.insert(key.to_owned(), value.to_owned());
}

fn edit(path: &str) -> FieldEdit {
    FieldEdit {
        path: path.to_owned(),
        expected: Some("1".to_owned()),
        found: None,
    }
}

fn plugin(facts: DevicePluginFacts) -> Section {
    let name = "gpu/plugin".to_owned();
    device_plugin(&prod(), &DevicePluginFacts { name, ..facts }, NOW)
}

fn group(version: i64, boots: &str) -> Section {
    let facts = GroupFacts {
        kind: "NodeGroup".to_owned(),
        name: "slices".to_owned(),
        layout: Some("a".to_owned()),
        template: "lt-0a".to_owned(),
        version,
        declared: Some(4),
        boots: Some(boots.to_owned()),
        rolls: false,
    };
    group_template(&prod(), &facts)
}

fn overlay(facts: KarpenterFacts) -> Section {
    let (kind, name) = ("NodeOverlay".to_owned(), "slices".to_owned());
    karpenter(&prod(), &KarpenterFacts { kind, name, ..facts }, NOW)
}

fn instance(launched: i64, partition_failed: Option<&str>) -> Section {
    let facts = InstanceFacts {
        id: "i-0a".to_owned(),
        launched,
        partition_failed: partition_failed.map(str::to_owned),
    };
    instances(&prod(), &[facts], &instance_ids(&[right("a")]), NOW, 900)
}

fn tags(change: impl FnOnce(&mut BTreeMap<String, String>)) -> Section {
    let wanted = layout().node_template_tags("p5.48xlarge").unwrap();
    let mut found = wanted.clone();
    change(&mut found);
    let kind = "AutoScalingGroup".to_owned();
    let name = "slices".to_owned();
    autoscaler_tags(
        &prod(),
        &TagFacts {
            kind,
            name,
            wanted,
            found,
        },
    )
}

const TAG: &str = "k8s.io/cluster-autoscaler/node-template/";

fn of_nodes() -> Vec<(&'static str, DriftClass, Section)> {
    use DriftClass::{D1, D2, D7, D9, D10};
    vec![
        ("fewer slices", D1, of_node(|node| set(node, SLICE, 55))),
        (
            "whole GPUs",
            D1,
            of_node(|node| {
                set(node, SLICE, 0);
                set(node, "nvidia.com/gpu", 8);
            }),
        ),
        (
            "sick slices",
            D1,
            of_node(|node| _ = node.allocatable.insert(SLICE.to_owned(), 49)),
        ),
        ("no slices", D2, of_node(|node| set(node, SLICE, 0))),
        (
            "an old name",
            D7,
            of_node(|node| set(node, "nvidia.com/mig-7g.80gb", 0)),
        ),
        (
            "a MIG manager",
            D9,
            of_node(|node| label(node, "nvidia.com/mig.config", "all-balanced")),
        ),
        (
            "a DRA driver",
            D9,
            of_node(|node| node.dra_devices = Some(vec![DraDevice::default()])),
        ),
        (
            "an old layout",
            D10,
            of_node(|node| label(node, LAYOUT_LABEL, "0123456789ab")),
        ),
    ]
}

fn of_plugin() -> Vec<(&'static str, DriftClass, Section)> {
    use DriftClass::D3;
    let absent = DevicePluginFacts {
        presence: Presence::Absent,
        ..DevicePluginFacts::default()
    };
    let edited = DevicePluginFacts {
        edits: vec![edit("spec.b"), edit("spec.a"), edit("spec.a")],
        ..DevicePluginFacts::default()
    };
    let fails = DevicePluginFacts {
        desired: 3,
        updated: 3,
        ready: 1,
        unsettled_nodes: 1,
        ..DevicePluginFacts::default()
    };
    let away = DevicePluginFacts {
        nodes: Some(2),
        ..DevicePluginFacts::default()
    };
    let stuck = DevicePluginFacts {
        desired: 3,
        updated: 1,
        ready: 2,
        changed: Some(NOW - 3600),
        ..DevicePluginFacts::default()
    };
    vec![
        ("a rollout that hangs", D3, plugin(stuck)),
        ("no plugin", D3, plugin(absent)),
        ("edited fields", D3, plugin(edited)),
        ("a pod that fails", D3, plugin(fails)),
        ("nodes without a pod", D3, plugin(away)),
    ]
}

fn of_objects() -> Vec<(&'static str, DriftClass, Section)> {
    use DriftClass::{D2, D4, D5, D6, D8, D9};
    let refused = KarpenterFacts {
        condition: Some(Condition {
            status: Tristate::False,
            reason: "Conflict".to_owned(),
            message: "conflict with overlay b".to_owned(),
            since: Some(NOW - 300),
        }),
        ..KarpenterFacts::default()
    };
    let edited = KarpenterFacts {
        edits: vec![edit("spec.capacity")],
        ..KarpenterFacts::default()
    };
    let pin = Pin {
        kind: "EC2NodeClass".to_owned(),
        name: "slices".to_owned(),
        pinned: ["ami-1".to_owned()].into(),
        found: Some("ami-2".to_owned()),
        ..Pin::default()
    };
    let foreign = ForeignActor {
        name: "gpu-operator/nvidia-mig-manager".to_owned(),
        actor: GpuActor::MigManager,
        takes_our_nodes: true,
    };
    let old = format!("{TAG}resources/nvidia.com/mig-7g.80gb");
    vec![
        ("a group set back", D4, group(3, "a")),
        ("a group with a template of another layout", D4, group(4, "b")),
        ("a refused overlay", D5, overlay(refused)),
        ("an edited overlay", D5, overlay(edited)),
        ("the gate", D5, overlay_gate(&prod(), 2, Some(false))),
        ("another image", D6, pins(&prod(), &[pin])),
        ("no tags", D8, tags(BTreeMap::clear)),
        (
            "a tag of an earlier layout",
            D8,
            tags(|found| _ = found.insert(old, "8".to_owned())),
        ),
        (
            "the label that stops all groups",
            D8,
            tags(|found| {
                found.insert(
                    format!("{TAG}label/k8s.amazonaws.com/accelerator"),
                    "h100".to_owned(),
                );
            }),
        ),
        ("an instance that never joined", D2, instance(NOW - 900, None)),
        (
            "an instance that halted",
            D2,
            instance(NOW - 60, Some("GPU 1: MIG mode")),
        ),
        ("a foreign program", D9, foreign_actors(&prod(), &[foreign])),
    ]
}

#[test]
fn one_fault_is_one_finding_of_its_class() {
    for (what, class, section) in of_nodes().into_iter().chain(of_plugin()).chain(of_objects()) {
        let report = report([section]);
        let [finding] = report.findings() else {
            panic!("{what}: {:?}", report.findings());
        };
        let drift = &finding.drift;
        assert_eq!(drift.class, class, "{what}");
        assert!(
            report.checked().contains(&drift.object) || class == DriftClass::D10,
            "{what}"
        );
        for text in [
            &drift.expected,
            &drift.found,
            &drift.cause,
            &drift.next_step,
            &drift.aspect,
        ] {
            assert!(!text.is_empty(), "{what}: {drift:?}");
        }
        for sentences in [&drift.cause, &drift.next_step] {
            assert!(sentences.ends_with('.'), "{what}: {sentences}");
        }
        let code = if drift.severity == Severity::Info { 0 } else { 2 };
        assert_eq!(report.exit_code(true), code, "{what}");
    }
}

/// A node whose label and slices are both of the earlier layout is only old; two owners and a wrong cut are two findings.
#[test]
fn faults_of_several_classes_are_several_findings() {
    let section = of_node(|node| {
        set(node, SLICE, 0);
        set(node, "nvidia.com/mig-7g.80gb", 8);
        label(node, "nvidia.com/mig.config", "all-7g.80gb");
    });
    let report = report([section]);
    let classes: Vec<DriftClass> = report
        .findings()
        .iter()
        .map(|finding| finding.drift.class)
        .collect();
    assert_eq!(classes, [DriftClass::D1, DriftClass::D9]);
}
