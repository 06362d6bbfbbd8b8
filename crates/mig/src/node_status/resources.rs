//! A node's resources beside those of its layout.

use std::collections::BTreeMap;

use super::facts::NodeFacts;
use super::{Count, Reason};
use crate::layout::{Layout, Strategy};
use crate::profile::RESOURCE_PREFIX;

/// What the device plugin adds to the names of shared devices where it is told to rename them; a layout never tells it.
pub(super) const SHARED: &str = ".shared";

/// What differs. Resources at 0 are no difference, but may be stale.
pub(super) fn differences(
    node: &NodeFacts,
    layout: &Layout,
    expected: &BTreeMap<String, u64>,
    found: &BTreeMap<String, Count>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let count = |name: &String| found.get(name).copied().unwrap_or_default();
    if let Some(sharing) = other_sharing(node, layout, expected, found) {
        reasons.push(sharing);
    } else {
        for (name, wanted) in expected {
            let has = count(name);
            if has.capacity != *wanted {
                reasons.push(Reason::OtherCount {
                    resource: name.clone(),
                    expected: *wanted,
                    found: has.capacity,
                });
            } else if has.allocatable < has.capacity {
                reasons.push(unhealthy(name, has));
            }
        }
    }
    reasons.extend(surplus(layout, expected, found));
    // What names its cause comes first.
    reasons.sort_by_key(|reason| !tells_cause(reason));
    reasons
}

fn tells_cause(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::OtherSharing { .. } | Reason::OtherStrategy { .. } | Reason::SharedName { .. }
    )
}

/// Whether none of the layout's resources has a device.
pub(super) fn nothing_of(expected: &BTreeMap<String, u64>, found: &BTreeMap<String, Count>) -> bool {
    let has = |name: &String| found.get(name).is_some_and(|count| count.capacity > 0);
    expected.iter().any(|(_, wanted)| *wanted > 0) && !expected.keys().any(has)
}

/// Resources of slices that are listed with nothing in them. `nvidia.com/gpu` at 0 tells an autoscaler the truth.
pub(super) fn stale(expected: &BTreeMap<String, u64>, found: &BTreeMap<String, Count>) -> Vec<Reason> {
    found
        .iter()
        .filter(|(name, count)| {
            count.allocatable == 0 && !expected.contains_key(*name) && name.starts_with(RESOURCE_PREFIX)
        })
        .map(|(name, _)| Reason::Stale {
            resource: name.clone(),
        })
        .collect()
}

fn unhealthy(name: &str, has: Count) -> Reason {
    Reason::Unhealthy {
        resource: name.to_owned(),
        capacity: has.capacity,
        allocatable: has.allocatable,
    }
}

/// Devices that the layout does not have. One whose devices are all gone is on its way out: kubelet keeps its capacity
/// for some minutes.
fn surplus(
    layout: &Layout,
    expected: &BTreeMap<String, u64>,
    found: &BTreeMap<String, Count>,
) -> Vec<Reason> {
    found
        .iter()
        .filter(|(name, count)| count.allocatable > 0 && !expected.contains_key(*name))
        .map(|(name, count)| {
            let (resource, found) = (name.clone(), count.capacity);
            let other = match layout.strategy() {
                Strategy::Single => name.starts_with(RESOURCE_PREFIX),
                Strategy::Mixed => false,
            };
            match name {
                _ if name.ends_with(SHARED) => Reason::SharedName { resource, found },
                _ if other && layout.is_cut() => Reason::OtherStrategy { resource, found },
                _ => Reason::Unexpected { resource, found },
            }
        })
        .collect()
}

/// The other number of pods for each device, where all counts are that of one other number: a sharing that is not there, is
/// there in addition, or has another size. Where none is declared, feature discovery has to say so: twice the slices could
/// as well be another cut.
fn other_sharing(
    node: &NodeFacts,
    layout: &Layout,
    expected: &BTreeMap<String, u64>,
    found: &BTreeMap<String, Count>,
) -> Option<Reason> {
    let declared = layout.sharing().map_or(1, |sharing| u64::from(sharing.replicas));
    let wanted = expected.iter().filter(|(_, wanted)| **wanted >= declared);
    let mut numbers = wanted.map(|(name, wanted)| {
        let devices = wanted / declared;
        let has = found.get(name).map_or(0, |count| count.capacity);
        has.is_multiple_of(devices).then_some((name, has / devices))
    });
    let (name, first) = numbers.next()??;
    let same = first > 0 && first != declared && numbers.all(|number| number.is_some_and(|n| n.1 == first));
    let label = node.label(&format!("{name}.replicas"));
    let said = label.is_some_and(|replicas| replicas == first.to_string());
    (same && (declared > 1 || said)).then_some(Reason::OtherSharing {
        expected: declared,
        found: first,
    })
}
