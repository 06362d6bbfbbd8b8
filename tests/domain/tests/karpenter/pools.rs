//! Two pools with different layouts of the same instance type.

use super::cluster::{apply, claims, join_cut, pods, running, shared, stack};
use super::product::{Wishes, layout};

#[test]
fn each_pod_gets_a_node_of_the_layout_that_has_its_slice() {
    let _cluster = shared();
    let wishes = || Wishes {
        label: Some("two"),
        ..Wishes::default()
    };
    let small = layout("mixed", &[("1g.10gb", 7)]);
    let large = layout("mixed", &[("3g.40gb", 2)]);
    apply("two-small", &small, &wishes());
    apply("two-large", &large, &wishes());
    // Neither pod names a pool: only the resource decides.
    pods("two", "two-one", "nvidia.com/mig-1g.10gb", 1);
    pods("two", "two-three", "nvidia.com/mig-3g.40gb", 1);
    let small_claim = claims("two-small", 1).remove(0);
    let large_claim = claims("two-large", 1).remove(0);
    assert_eq!(small_claim["status"]["capacity"]["nvidia.com/mig-1g.10gb"], "56");
    assert_eq!(large_claim["status"]["capacity"]["nvidia.com/mig-3g.40gb"], "16");
    let small_node = join_cut(&small_claim, &small);
    let large_node = join_cut(&large_claim, &large);
    assert_eq!(running("two-one", 1), [small_node]);
    assert_eq!(running("two-three", 1), [large_node]);
    // A whole GPU is in neither: the overlays hide them.
    pods("two", "two-whole", "nvidia.com/gpu", 1);
    super::cluster::stays(|| {
        for pool in ["two-small", "two-large"] {
            assert_eq!(stack().kube.node_claims(pool).unwrap().len(), 1);
        }
    });
    running("two-whole", 0);
}
