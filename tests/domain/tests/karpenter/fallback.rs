//! Layouts in the order of preference: the next one is taken when the first has reached its limit.

use std::collections::BTreeMap;

use mig::manifests::karpenter::preference::preference;

use super::cluster::{apply, claims, join_cut, pods, running, shared, stack};
use super::product::{Wishes, layout};

#[test]
fn the_second_layout_serves_what_the_first_may_not() {
    let _cluster = shared();
    let layouts = [
        layout("mixed", &[("1g.10gb", 7)]),
        layout("mixed", &[("3g.40gb", 1), ("1g.10gb", 4)]),
    ];
    let order = preference("fall", &layouts).unwrap();
    for (place, choice) in order.iter().enumerate() {
        let limit = if place == 0 { 56 } else { 1_000 };
        let wishes = Wishes {
            label: Some("fall"),
            weight: Some(choice.weight),
            slice_limits: BTreeMap::from([("1g.10gb".to_owned(), limit)]),
            ..Wishes::default()
        };
        apply(&choice.name, choice.layout, &wishes);
    }
    let [first, second] = order.as_slice() else {
        panic!("{order:?}")
    };
    pods("fall", "fall", "nvidia.com/mig-1g.10gb", 56);
    let claim = claims(&first.name, 1).remove(0);
    assert!(stack().kube.node_claims(&second.name).unwrap().is_empty());
    join_cut(&claim, first.layout);
    running("fall", 56);
    pods("fall", "fall", "nvidia.com/mig-1g.10gb", 57);
    let claim = claims(&second.name, 1).remove(0);
    let node = join_cut(&claim, second.layout);
    let nodes = running("fall", 57);
    assert_eq!(nodes.iter().filter(|used| **used == node).count(), 1);
    assert_eq!(stack().kube.node_claims(&first.name).unwrap().len(), 1);
}
