//! What becomes of a node that is not cut as declared: shown for nodes that join all the same, and for ours.

use counterparts::kube::{condition, is_true};
use serde_json::Value;

use super::cluster::{apply, claim_now, claims, join, join_cut, pods, running, shared, stack, stays};
use super::product::{Wishes, layout, uncut};

/// How many NodeClaims a pool has.
fn bought(pool: &str) -> usize {
    stack().kube.node_claims(pool).unwrap().len()
}

#[test]
fn a_mixed_node_that_joins_uncut_is_a_zombie() {
    let _cluster = shared();
    let sliced = layout("mixed", &[("1g.10gb", 7)]);
    apply("zombie", &sliced, &Wishes::default());
    pods("zombie", "zombie", "nvidia.com/mig-1g.10gb", 1);
    let claim = claims("zombie", 1).remove(0);
    let node = join(&claim, &uncut());
    let path = format!("/api/v1/nodes/{node}");
    let ready = stack()
        .kube
        .wait_until(&path, super::cluster::LIMIT, |node| is_true(node, "Ready"));
    ready.unwrap();
    // Ready and billed, never initialized, never removed, never replaced.
    stays(|| {
        let found = claim_now(&claim);
        assert!(is_true(&found, "Initialized").is_err(), "{found}");
        assert_eq!(bought("zombie"), 1);
    });
    let found = claim_now(&claim);
    assert_eq!(
        condition(&found, "Initialized")["reason"],
        "ResourceNotRegistered"
    );
    running("zombie", 0);
}

#[test]
fn a_single_node_that_joins_uncut_makes_karpenter_buy_the_next() {
    let _cluster = shared();
    let sliced = layout("single", &[("1g.10gb", 7)]);
    apply("runaway", &sliced, &Wishes::default());
    pods("runaway", "runaway", "nvidia.com/gpu", 20);
    let claim = claims("runaway", 1).remove(0);
    assert_eq!(claim["status"]["capacity"]["nvidia.com/gpu"], "56");
    join(&claim, &uncut());
    running("runaway", 8);
    claims("runaway", 2);
}

/// The boot script lets no kubelet start before the GPUs are cut, so a node that fails to cut itself never joins.
fn never_joins(pool: &str, strategy: &str, resource: &str) {
    let _cluster = shared();
    let sliced = layout(strategy, &[("1g.10gb", 7)]);
    apply(pool, &sliced, &Wishes::default());
    pods(pool, pool, resource, 20);
    let claim = claims(pool, 1).remove(0);
    stays(|| {
        let found = claim_now(&claim);
        assert!(is_true(&found, "Registered").is_err(), "{found}");
        assert_ne!(found, Value::Null);
        assert_eq!(bought(pool), 1);
    });
    // As soon as it is cut, it joins and serves all.
    let node = join_cut(&claim, &sliced);
    assert!(running(pool, 20).iter().all(|used| *used == node));
    assert_eq!(bought(pool), 1);
}

#[test]
fn our_mixed_node_is_no_zombie() {
    never_joins("ours-mixed", "mixed", "nvidia.com/mig-1g.10gb");
}

#[test]
fn our_single_node_is_no_runaway() {
    never_joins("ours-single", "single", "nvidia.com/gpu");
}
