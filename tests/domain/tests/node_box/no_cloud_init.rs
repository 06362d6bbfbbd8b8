//! Boots in which cloud-init runs nothing of the user data, and nodeadm reads its part all the same.

use counterparts::node_box::{Boot, Image};
use mig::Layout;
use mig::boot::{BootOptions, ClusterDetails, NodeConfig, OnFailure, user_data};
use serde_json::json;

use super::node::{Node, kubelet, layout, runs_here, starts, uniform};

fn without_cloud_init(node: &Node) {
    node.machine
        .put("etc/cloud/cloud-init.disabled", "", 0o644)
        .unwrap();
}

/// nodeadm went all its way, and kubelet never got to the cluster.
fn assert_held_back(boot: &Boot) {
    assert_eq!(starts(boot, "nodeadm-run"), 1, "{}", boot.console);
    assert_eq!(starts(boot, "kubelet"), 0, "{}", boot.console);
    let said = boot.said_by("kubelet");
    let reason = "ends: stat /run/mig/kubeconfig: no such file or directory";
    assert!(said.first() == Some(&reason), "{said:?}");
    assert_eq!(
        boot.said_by("mig-partition"),
        ["inactive success"],
        "nothing was installed"
    );
}

fn own(layout: &Layout) -> BootOptions {
    let cluster = ClusterDetails {
        name: "prod".into(),
        api_server_endpoint: "https://example.eks.amazonaws.com".into(),
        certificate_authority: "LS0tLS1CRUdJTg==".into(),
        cidr: "10.100.0.0/16".into(),
    };
    BootOptions {
        node_config: Some(NodeConfig::full(layout, cluster)),
        ..BootOptions::default()
    }
}

fn p5(strategy: &str) -> Layout {
    layout(json!({"instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}, "strategy": strategy}))
}

/// What EKS adds to the user data of a managed group, and Karpenter to that of its nodes: a part after ours.
fn merged(layout: &Layout, flags: &str) -> Node {
    let end = "--==MIG-USER-DATA==--";
    let part = format!(
        "--==MIG-USER-DATA==\nContent-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\n\
         kind: NodeConfig\nspec:\n  cluster: {{name: prod}}\n  kubelet:\n    flags:\n      - \"{flags}\"\n\n"
    );
    let text = user_data(layout, &BootOptions::default()).unwrap().text;
    Node::with_user_data(
        layout,
        &text.replace(end, &format!("{part}{end}")),
        Image::default(),
    )
}

/// Under `mixed` such a node would be a zombie; under `single` it would announce whole GPUs, and Karpenter buy the next one.
#[test]
fn a_node_that_cloud_init_never_reached_stays_out() {
    if !runs_here() {
        return;
    }
    for (strategy, flags) in [
        ("mixed", "--node-labels=eks.amazonaws.com/nodegroup=slices"),
        ("single", "--node-labels=karpenter.sh/nodepool=slices"),
    ] {
        let mut node = merged(&p5(strategy), flags);
        without_cloud_init(&node);
        for _ in 0..2 {
            assert_held_back(&node.boot_once());
        }
    }
}

/// A choice of what follows a failure is not one of joining without the script.
#[test]
fn so_does_one_with_a_node_config_of_its_own() {
    if !runs_here() {
        return;
    }
    for (strategy, on_failure) in [("mixed", OnFailure::JoinTainted), ("single", OnFailure::Halt)] {
        let layout = p5(strategy);
        let options = BootOptions {
            on_failure,
            ..own(&layout)
        };
        let mut node = Node::new(&layout, &options);
        without_cloud_init(&node);
        for _ in 0..2 {
            assert_held_back(&node.boot_once());
        }
    }
}

/// Of cloud-init only the stage is missing that runs the user data, as where systemd drops a unit from an ordering cycle. The
/// next boot runs it.
#[test]
fn user_data_that_runs_at_the_second_boot() {
    if !runs_here() {
        return;
    }
    let mut node = merged(&p5("mixed"), "--node-labels=karpenter.sh/nodepool=slices");
    let stage = "etc/systemd/system/cloud-final.service";
    let unit = node.machine.read(stage).unwrap();
    node.machine.put(stage, "", 0o644).unwrap(); // An empty unit is a masked one.
    assert_held_back(&node.boot_once());
    node.machine.put(stage, &unit, 0o644).unwrap();
    let second = node.boot_once();
    assert_eq!(starts(&second, "kubelet"), 1, "{}", second.console);
    let found = kubelet(&second).unwrap();
    assert_eq!(found.slices, node.declared(), "{}", second.console);
    assert_eq!(found.flags, "--node-labels=karpenter.sh/nodepool=slices");
}

/// The unit is there since the first boot: it needs no cloud-init.
#[test]
fn a_later_boot_needs_no_cloud_init() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    let first = node.boot_once();
    node.assert_joined(&first);
    without_cloud_init(&node);
    let second = node.boot_once();
    node.assert_joined(&second);
}
