//! Boots in which cloud-init runs nothing of the user data, and nodeadm reads its part all the same.

use counterparts::node_box::Boot;
use mig::Layout;
use mig::boot::{BootOptions, ClusterDetails, NodeConfig};
use serde_json::json;

use crate::node::{Node, layout, runs_here, starts, uniform};

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

/// What Karpenter and managed groups have: our part has no cluster. On every boot, mixed.
#[test]
fn a_node_that_cloud_init_never_reached_stays_out() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    without_cloud_init(&node);
    for _ in 0..2 {
        assert_held_back(&node.boot_once());
    }
}

/// Under `single` such a node would announce whole GPUs, and Karpenter buy the next one.
#[test]
fn so_does_one_with_a_node_config_of_its_own() {
    if !runs_here() {
        return;
    }
    let single = layout(json!({
        "instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single",
    }));
    for options in [own(&single), BootOptions::default()] {
        let mut node = Node::new(&single, &options);
        without_cloud_init(&node);
        assert_held_back(&node.boot_once());
    }
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
