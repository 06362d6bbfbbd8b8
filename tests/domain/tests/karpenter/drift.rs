//! A change that rolls nodes.

use counterparts::kube::{condition, is_true};
use serde_json::Value;

use super::cluster::{
    LIMIT, alone, apply, apply_overlays_first, claim_is, claim_now, claim_path, claims, join_cut, pods,
    running, stack,
};
use super::product::{Wishes, layout};

#[test]
fn a_change_of_the_user_data_alone_drifts_the_nodes_of_the_class() {
    let _cluster = alone();
    let sliced = layout("mixed", &[("1g.10gb", 7)]);
    apply("drift", &sliced, &Wishes::default());
    pods("drift", "drift", "nvidia.com/mig-1g.10gb", 1);
    let claim = claims("drift", 1).remove(0);
    join_cut(&claim, &sliced);
    running("drift", 1);
    assert!(is_true(&claim_now(&claim), "Drifted").is_err());
    // The same bytes again roll nothing.
    apply("drift", &sliced, &Wishes::default());
    super::cluster::stays(|| assert_eq!(condition(&claim_now(&claim), "Drifted"), &Value::Null));
    let longer = Wishes {
        deadline_seconds: Some(700),
        ..Wishes::default()
    };
    apply("drift", &sliced, &longer);
    claim_is(&claim, "Drifted");
    assert_eq!(
        condition(&claim_now(&claim), "Drifted")["reason"],
        "NodeClassDrift"
    );
    claims("drift", 2);
}

#[test]
fn a_changed_layout_replaces_the_node_once_the_new_one_has_its_slices() {
    let _cluster = alone();
    let before = layout("mixed", &[("1g.10gb", 7)]);
    let after = layout("mixed", &[("3g.40gb", 1), ("1g.10gb", 4)]);
    apply("rolled", &before, &Wishes::default());
    pods("rolled", "rolled", "nvidia.com/mig-1g.10gb", 1);
    let old = claims("rolled", 1).remove(0);
    let old_node = join_cut(&old, &before);
    assert_eq!(running("rolled", 1), [old_node]);

    apply_overlays_first("rolled", &after, &Wishes::default());
    claim_is(&old, "Drifted");
    let both = claims("rolled", 2);
    let name = |claim: &Value| claim["metadata"]["name"].clone();
    let new = both.iter().find(|claim| name(claim) != name(&old)).unwrap();
    assert_eq!(new["status"]["capacity"]["nvidia.com/mig-1g.10gb"], "32");
    assert_ne!(claim_now(&old), Value::Null);
    let new_node = join_cut(new, &after);
    stack()
        .kube
        .wait_until(&claim_path(&old), LIMIT, |found| {
            found
                .is_null()
                .then_some(())
                .ok_or_else(|| found["status"].to_string())
        })
        .unwrap();
    assert_eq!(running("rolled", 1), [new_node]);
}
