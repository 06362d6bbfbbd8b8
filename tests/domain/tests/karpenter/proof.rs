//! The product's proof: a pod asks for a slice, Karpenter launches an instance for it, and what EC2 hands to that instance,
//! booted under real systemd and cloud-init, cuts the GPUs into what the pod asked for.

use std::collections::BTreeMap;

use counterparts::node_box::Image;
use mig::Profile;

use super::cluster::{apply, claim_is, claims, pods, running, shared, stack};
use super::product::{Wishes, devices, layout};
use crate::node_box::node::{Kubelet, Node, kubelet, runs_here};

#[test]
fn a_pod_runs_on_a_slice_that_its_node_has_cut_itself() {
    let _cluster = shared();
    if !runs_here() {
        return;
    }
    let sliced = layout("mixed", &[("1g.10gb", 4), ("3g.40gb", 1)]);
    apply("proof", &sliced, &Wishes::default());
    pods("proof", "proof", "nvidia.com/mig-3g.40gb", 8);
    let claim = claims("proof", 1).remove(0);

    let handed = stack().merged_user_data("proof").unwrap();
    assert!(handed.contains("# Karpenter Generated NodeConfig"), "{handed}");
    let mut node = Node::with_user_data(&sliced, &handed, Image::default());
    let boot = node.boot_once();
    node.assert_joined(&boot);

    // The device plugin tells kubelet of the slices that are there.
    let seen = resources(&kubelet(&boot).unwrap());
    assert_eq!(seen, devices(&sliced));
    let name = stack().kube.join(&claim, &seen).unwrap();
    claim_is(&claim, "Initialized");
    assert!(running("proof", 8).iter().all(|used| *used == name));
}

/// What pods can ask for on a node whose kubelet saw these slices.
fn resources(found: &Kubelet) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in found.slices.values().flatten() {
        let profile: Profile = name.parse().unwrap();
        *counts.entry(profile.resource_name()).or_insert(0) += 1;
    }
    counts
}
