//! The layout in the file format of NVIDIA's mig-parted.

use std::collections::BTreeMap;

use super::{Layout, NodeLayout};
use crate::placement::Placed;

/// One entry per group of equal GPUs; nodes whose GPUs are of one model and cut alike share entries. A device filter
/// distinguishes models where there are several, since equal profile names mean different things on different GPUs.
pub(super) fn config(layout: &Layout, name: &str) -> String {
    let mut by_model: BTreeMap<&str, &NodeLayout> = BTreeMap::new();
    for node in layout.nodes() {
        let known = by_model.entry(&node.gpu.model).or_insert(node);
        // The largest node covers the device indexes of the smaller ones.
        if node.gpus.len() > known.gpus.len() {
            *known = node;
        }
    }
    let filtered = by_model.len() > 1;
    let mut text = format!("version: v1\nmig-configs:\n  {name}:\n");
    for node in by_model.values() {
        for (devices, slices) in entries(node) {
            text.push_str(&entry(node, filtered, &devices, slices));
        }
    }
    text
}

fn entry(node: &NodeLayout, filtered: bool, devices: &str, slices: &[Placed]) -> String {
    let mut text = match node.gpu.pci_device_id.as_ref().filter(|_| filtered) {
        Some(device) => format!("    - device-filter: [\"{device}10DE\"]\n      devices: {devices}\n"),
        None => format!("    - devices: {devices}\n"),
    };
    text.push_str(&format!("      mig-enabled: {}\n", !slices.is_empty()));
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for slice in slices {
        *counts.entry(slice.profile.to_string()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(profile, count)| format!("\"{profile}\": {count}"))
        .collect();
    text.push_str(&format!("      mig-devices: {{{}}}\n", counts.join(", ")));
    text
}

/// Equal GPUs as mig-parted lists them: `all`, or indexes, the lowest first.
fn entries(node: &NodeLayout) -> Vec<(String, &[Placed])> {
    let mut groups: Vec<(Vec<usize>, &[Placed])> = Vec::new();
    for (index, slices) in node.gpus.iter().enumerate() {
        match groups.iter_mut().find(|(_, known)| *known == slices.as_slice()) {
            Some((devices, _)) => devices.push(index),
            None => groups.push((vec![index], slices)),
        }
    }
    let all = groups.len() == 1;
    let text = |devices: &[usize]| {
        let list: Vec<String> = devices.iter().map(usize::to_string).collect();
        if all {
            "all".to_owned()
        } else {
            format!("[{}]", list.join(", "))
        }
    };
    groups
        .iter()
        .map(|(devices, slices)| (text(devices), *slices))
        .collect()
}
