//! Which GPUs of a node belong to which group.

use std::collections::BTreeSet;

use super::slices::Group;
use super::{Faults, Node};
use crate::finding::FieldPath;
use crate::layout::fault::Problem;

/// Each GPU of each node must be in exactly one group.
pub(super) fn check(nodes: &[Node<'_>], groups: &[Group], faults: &mut Faults) {
    if groups.iter().all(|group| group.devices.is_none()) {
        return;
    }
    check_repeats(groups, faults);
    for node in nodes {
        check_bounds(node, groups, faults);
        check_coverage(node, groups, faults);
    }
}

fn devices(groups: &[Group]) -> impl Iterator<Item = (FieldPath, i64)> {
    groups.iter().flat_map(|group| {
        let devices = group.devices.as_deref().unwrap_or_default();
        devices
            .iter()
            .enumerate()
            .map(|(index, device)| (group.device_at(index), *device))
    })
}

fn check_repeats(groups: &[Group], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (path, device) in devices(groups) {
        if !seen.insert(device) {
            faults.add(path, Problem::DeviceTwice(device));
        }
    }
}

fn check_bounds(node: &Node<'_>, groups: &[Group], faults: &mut Faults) {
    let count = node.instance_type.gpu.count;
    for (path, index) in devices(groups) {
        if !(0..i64::from(count)).contains(&index) {
            let instance_type = node.instance_type.name.clone();
            faults.add(
                path,
                Problem::DeviceOutside {
                    index,
                    instance_type,
                    count,
                },
            );
        }
    }
}

fn check_coverage(node: &Node<'_>, groups: &[Group], faults: &mut Faults) {
    let count = node.instance_type.gpu.count;
    let listed: BTreeSet<i64> = devices(groups).map(|(_, device)| device).collect();
    let missing: Vec<u8> = (0..count)
        .filter(|index| !listed.contains(&i64::from(*index)))
        .collect();
    if !missing.is_empty() {
        let instance_type = node.instance_type.name.clone();
        faults.add(
            "gpus",
            Problem::DevicesMissing {
                missing,
                instance_type,
                count,
            },
        );
    }
}
