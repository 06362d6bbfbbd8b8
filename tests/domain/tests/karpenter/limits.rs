//! A limit counted in slices bounds what is bought.

use std::collections::BTreeMap;

use super::cluster::{
    apply, claim_path, claims, event, gone, join_cut, no_pods, pods, running, shared, stack, stays,
};
use super::product::{Wishes, layout};

#[test]
fn a_limit_of_one_nodes_slices_buys_one_node_for_more_pods() {
    let _cluster = shared();
    let wishes = Wishes {
        slice_limits: BTreeMap::from([("1g.10gb".to_owned(), 56)]),
        ..Wishes::default()
    };
    let layout = layout("mixed", &[("1g.10gb", 7)]);
    apply("limited", &layout, &wishes);
    pods("limited", "limited", "nvidia.com/mig-1g.10gb", 60);
    let claim = claims("limited", 1).remove(0);
    event("limited", "limits");
    join_cut(&claim, &layout);
    running("limited", 56);
    stays(|| assert_eq!(stack().kube.node_claims("limited").unwrap().len(), 1));
}

/// What a pool has that says nothing of limits, with fewer nodes: a node that never joins is replaced by one, not by two.
/// Karpenter counts nodes between its rounds alone, so no round here wants more than one.
#[test]
fn a_limit_of_nodes_bounds_what_replacements_cost() {
    let _cluster = shared();
    let wishes = Wishes {
        nodes: Some(1),
        ..Wishes::default()
    };
    apply("bounded", &layout("mixed", &[("1g.10gb", 7)]), &wishes);
    pods("bounded", "bounded", "nvidia.com/mig-1g.10gb", 4);
    let first = claims("bounded", 1).remove(0);
    // Too many for the node that is under way.
    pods("bounded", "further", "nvidia.com/mig-1g.10gb", 60);
    event("further", "limits");
    stays(|| assert_eq!(stack().kube.node_claims("bounded").unwrap().len(), 1));
    pods("bounded", "further", "nvidia.com/mig-1g.10gb", 0);
    no_pods("further");
    // As Karpenter itself does when a node has not registered in time.
    stack().kube.delete(&claim_path(&first)).unwrap();
    gone(&first);
    let second = claims("bounded", 1).remove(0);
    assert_ne!(claim_path(&first), claim_path(&second));
    stays(|| assert_eq!(stack().kube.node_claims("bounded").unwrap().len(), 1));
}
