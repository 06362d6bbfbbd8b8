//! A limit counted in slices bounds what is bought.

use std::collections::BTreeMap;

use crate::cluster::{apply, claims, event, join_cut, pods, running, shared, stack, stays};
use crate::product::{Wishes, layout};

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
