//! What is no drift, one row each.

use std::collections::BTreeMap;

use mig::drift::detect::{
    DevicePluginFacts, FieldEdit, ForeignActor, GroupFacts, InstanceFacts, KarpenterFacts, Pin, TagFacts,
    autoscaler_tags, device_plugin, foreign_actors, group_template, instance_ids, instances, karpenter,
    overlay_gate, pins,
};
use mig::drift::{Object, Section, WhyNot};
use mig::node_status::{Condition, Expected, NodeFacts, Tristate};

use super::{NOW, SLICE, by_id, layout, nodes, prod, report, right, set};

fn changed(change: impl FnOnce(&mut NodeFacts)) -> Section {
    let mut node = right("a");
    change(&mut node);
    nodes(&[node, right("b")])
}

fn plugin(change: impl FnOnce(&mut DevicePluginFacts)) -> Section {
    let mut facts = DevicePluginFacts {
        name: "gpu/plugin".to_owned(),
        generation: 2,
        observed_generation: 2,
        desired: 3,
        updated: 3,
        ready: 3,
        nodes: Some(3),
        ..DevicePluginFacts::default()
    };
    change(&mut facts);
    device_plugin(&prod(), &facts, NOW)
}

fn group(change: impl FnOnce(&mut GroupFacts)) -> Section {
    let mut facts = GroupFacts {
        kind: "NodeGroup".to_owned(),
        name: "slices".to_owned(),
        layout: Some("a".to_owned()),
        template: "lt-0a".to_owned(),
        version: 4,
        declared: Some(4),
        boots: Some("a".to_owned()),
        rolls: false,
    };
    change(&mut facts);
    group_template(&prod(), &facts)
}

fn overlay(status: Option<Tristate>, since: i64) -> Section {
    let facts = KarpenterFacts {
        kind: "NodeOverlay".to_owned(),
        name: "slices".to_owned(),
        condition: status.map(|status| Condition {
            status,
            since: Some(since),
            ..Condition::default()
        }),
        ..KarpenterFacts::default()
    };
    karpenter(&prod(), &facts, NOW)
}

fn instance(launched: i64, provider_id: Option<&str>) -> Section {
    let facts = InstanceFacts {
        id: "i-0a".to_owned(),
        launched,
        partition_failed: None,
    };
    let mut node = right("a");
    node.provider_id = provider_id.map(str::to_owned);
    instances(&prod(), &[facts], &instance_ids(&[node]), NOW, 900)
}

fn tags(more: &[(&str, &str)]) -> Section {
    let wanted = layout().node_template_tags("p5.48xlarge").unwrap();
    let mut found = wanted.clone();
    found.extend(
        more.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
    );
    let facts = TagFacts {
        kind: "NodeGroup".to_owned(),
        name: "slices".to_owned(),
        wanted,
        found,
    };
    autoscaler_tags(&prod(), &facts)
}

fn image(found: &str, rolls: bool) -> Section {
    let pin = Pin {
        kind: "Node".to_owned(),
        name: "a".to_owned(),
        pinned: ["ami-1", "ami-2"].map(str::to_owned).into(),
        found: Some(found.to_owned()),
        rolls,
    };
    pins(&prod(), &[pin])
}

fn young(node: &mut NodeFacts) {
    node.created = NOW - 300;
    node.ready.since = Some(NOW - 200);
    set(node, SLICE, 0);
}

fn of_nodes() -> Vec<(&'static str, Section)> {
    vec![
        ("a node that boots", changed(young)),
        (
            "a node that is not Ready yet",
            changed(|node| {
                young(node);
                node.ready.status = Tristate::False;
            }),
        ),
        (
            "a node that was rebooted a minute ago",
            changed(|node| {
                node.ready.since = Some(NOW - 60);
                set(node, SLICE, 0);
            }),
        ),
        (
            "a node that lost its kubelet a minute ago",
            changed(|node| {
                node.ready.status = Tristate::Unknown;
                node.ready.since = Some(NOW - 60);
            }),
        ),
        (
            "a cordoned node",
            changed(|node| {
                node.unschedulable = true;
                set(node, SLICE, 0);
            }),
        ),
        (
            "a node that is being deleted",
            changed(|node| {
                node.deleted = Some(NOW);
                set(node, SLICE, 7);
            }),
        ),
        (
            "a node with resources of others",
            changed(|node| set(node, "vpc.amazonaws.com/efa", 32)),
        ),
        (
            "a node that says it has no whole GPU",
            changed(|node| set(node, "nvidia.com/gpu", 0)),
        ),
        (
            "a node that the operator labelled",
            changed(|node| {
                node.labels
                    .insert("nvidia.com/gpu.deploy.mig-manager".to_owned(), "true".to_owned());
            }),
        ),
        (
            "a node of somebody else's",
            changed(|node| {
                node.labels.clear();
                set(node, "nvidia.com/gpu", 8);
            }),
        ),
        (
            "a group that an autoscaler has made larger",
            nodes(&["a", "b", "c", "d"].map(right)),
        ),
        ("a group that it has made smaller", nodes(&[right("a")])),
        ("a group at zero", nodes(&[])),
    ]
}

fn of_objects() -> Vec<(&'static str, Section)> {
    vec![
        ("a plugin as declared", plugin(|_| ())),
        (
            "a plugin that rolls out",
            plugin(|facts| {
                facts.updated = 1;
                facts.ready = 2;
                facts.changed = Some(NOW - 3599);
            }),
        ),
        (
            "a plugin whose change is not seen yet",
            plugin(|facts| {
                facts.generation = 3;
                facts.ready = 0;
            }),
        ),
        (
            "a plugin on a node that boots",
            plugin(|facts| {
                facts.desired = 4;
                facts.updated = 4;
                facts.unsettled_nodes = 1;
            }),
        ),
        (
            "a plugin without nodes",
            plugin(|facts| {
                (facts.desired, facts.updated, facts.ready, facts.nodes) = (0, 0, 0, Some(0));
            }),
        ),
        (
            "a field that is as declared",
            plugin(|facts| {
                facts.edits.push(FieldEdit {
                    path: "spec".to_owned(),
                    expected: Some("a".to_owned()),
                    found: Some("a".to_owned()),
                });
            }),
        ),
        ("a group on the declared version", group(|_| ())),
        (
            "a group that no plan has",
            group(|facts| (facts.version, facts.declared) = (2, None)),
        ),
        ("user data without a label", group(|facts| facts.boots = None)),
        ("a group without a label", group(|facts| facts.layout = None)),
        (
            "a group whose nodes are being replaced",
            group(|facts| (facts.version, facts.boots, facts.rolls) = (3, Some("b".to_owned()), true)),
        ),
        ("an overlay that the controller has not seen", overlay(None, 0)),
        (
            "an overlay that it has not decided on",
            overlay(Some(Tristate::Unknown), 0),
        ),
        ("an overlay that it takes", overlay(Some(Tristate::True), 0)),
        (
            "an overlay that was refused a minute ago",
            overlay(Some(Tristate::False), NOW - 60),
        ),
        ("an instance that boots", instance(NOW - 899, None)),
        (
            "an instance that is a node",
            instance(0, Some("aws:///eu-west-1a/i-0a")),
        ),
        ("a gate that is on", overlay_gate(&prod(), 2, Some(true))),
        (
            "a gate that is off where nothing needs it",
            overlay_gate(&prod(), 0, Some(false)),
        ),
        ("a gate that cannot be read", overlay_gate(&prod(), 2, None)),
        ("tags as wanted", tags(&[])),
        (
            "tags of others",
            tags(&[("team", "ml"), ("eks:nodegroup-name", "slices")]),
        ),
        (
            "another resource at 0",
            tags(&[(
                "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/mig-7g.80gb",
                "0",
            )]),
        ),
        ("one of the pinned images", image("ami-2", false)),
        ("a node that is being replaced", image("ami-3", true)),
        ("no foreign program", foreign_actors(&prod(), &[])),
        (
            "a foreign program that stays away",
            foreign_actors(&prod(), &[ForeignActor::default()]),
        ),
    ]
}

#[test]
fn what_is_no_drift_has_no_finding() {
    for (what, section) in of_nodes().into_iter().chain(of_objects()) {
        let report = report([section]);
        assert_eq!(report.findings(), [], "{what}");
        assert_eq!(report.exit_code(false), 0, "{what}");
    }
}

/// A rollout of the plugin takes all slices away for some seconds.
#[test]
fn a_rollout_of_the_plugin_is_no_drift_of_nodes() {
    let layouts = by_id(&layout());
    let expected = Expected {
        plugin_rolls: true,
        ..Expected::new(&layouts, NOW)
    };
    let mut node = right("a");
    node.allocatable = BTreeMap::from([(SLICE.to_owned(), 0)]);
    let report = report([mig::drift::detect::nodes(&prod(), &[node], &expected)]);
    assert_eq!(report.findings(), []);
    assert_eq!(report.exit_code(true), 3);
}

/// What nobody could read is not in sync, and a strict run says so.
#[test]
fn what_could_not_be_read_is_not_in_sync() {
    let missed = |why| Section::not_checked(Object::new(&prod(), "Node", ""), why, "The list was refused.");
    for (why, strict) in [
        (WhyNot::Unreachable, 3),
        (WhyNot::NoRights, 3),
        (WhyNot::Unknown, 3),
        (WhyNot::None, 0),
    ] {
        let report = report([missed(why)]);
        assert_eq!(report.findings(), []);
        assert_eq!(
            (report.exit_code(false), report.exit_code(true)),
            (0, strict),
            "{why:?}"
        );
        assert_eq!(report.not_checked().len(), 1);
        let text = mig::drift::format::text(&report);
        assert!(
            text.starts_with("Nothing was checked. Besides: 1 not checked.\n"),
            "{text}"
        );
    }
}

/// Labels that one reads are a state; no label of a state is drift.
#[test]
fn booting_and_draining_nodes_are_counted() {
    let report = report(of_nodes().into_iter().map(|(_, section)| section));
    let counts: Vec<usize> = report.node_counts().into_values().collect();
    assert_eq!(counts.iter().sum::<usize>(), 10 * 2 + 4 + 1);
}
