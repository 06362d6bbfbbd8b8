//! From the table of a boot script to a layout in a user's words.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Gpu};
use crate::layout::{GpuGroup, Layout, LayoutSpec};
use crate::profile::Profile;

type Slices<K> = BTreeMap<K, i64>;

/// One instance type and the slices of each of its GPUs.
pub(super) struct Row {
    pub(super) instance_type: String,
    pub(super) gpus: Vec<Slices<Profile>>,
}

/// The rows of [`super::super::layout_table`]; none where a line is not of its form, or a profile not in the catalog.
pub(super) fn rows(table: &str, catalog: &Catalog) -> Option<Vec<Row>> {
    let mut rows: Vec<(Row, Option<&Gpu>)> = Vec::new();
    for line in table.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["node", name, ..] => {
                let row = Row {
                    instance_type: name.to_owned(),
                    gpus: Vec::new(),
                };
                rows.push((row, catalog.mig_gpu(catalog.instance_type(name)?)));
            }
            ["gpus", devices, instances] => {
                let (row, gpu) = rows.last_mut()?;
                let (first, last) = devices.split_once('-').unwrap_or((devices, devices));
                let (first, last): (u8, u8) = (first.parse().ok()?, last.parse().ok()?);
                let slices = slices(instances, *gpu)?;
                (first..=last).for_each(|_| row.gpus.push(slices.clone()));
            }
            _ => return None,
        }
    }
    Some(rows.into_iter().map(|(row, _)| row).collect())
}

/// `19:0,19:1` or `whole`.
fn slices(instances: &str, gpu: Option<&Gpu>) -> Option<Slices<Profile>> {
    let mut slices = Slices::new();
    for item in instances.split(',').filter(|item| *item != "whole") {
        let id: u16 = item.split_once(':')?.0.parse().ok()?;
        let of_id = |fact: &&crate::catalog::ProfileFact| fact.gpu_instance_profile_id == Some(id);
        *slices
            .entry(gpu?.profiles.iter().find(of_id)?.profile)
            .or_default() += 1;
    }
    Some(slices)
}

/// The layout of these rows without strategy and sharing; none where no one layout gives them all.
pub(super) fn spec(rows: &[Row]) -> Option<LayoutSpec> {
    let mut spec = LayoutSpec {
        instance_types: rows.iter().map(|row| row.instance_type.clone()).collect(),
        ..LayoutSpec::default()
    };
    let uniform = |row: &Row| row.gpus.windows(2).all(|pair| pair[0] == pair[1]);
    if rows.iter().all(uniform) {
        spec.slices = Some(named(rows, 0)?);
    } else {
        let devices = rows.iter().map(|row| row.gpus.len()).max()?;
        let gpus: Option<Vec<_>> = (0..devices).map(|index| named(rows, index)).collect();
        spec.gpus = Some(groups(&gpus?));
    }
    Some(spec)
}

/// The slices of one GPU under names that serve all instance types: a profile that all have there by its exact name, others
/// by the generic one.
fn named(rows: &[Row], index: usize) -> Option<Slices<String>> {
    let mut of_types = rows.iter().filter_map(|row| row.gpus.get(index));
    let everywhere = |profile: &Profile, count: &i64| {
        let mut all = rows.iter().filter_map(|row| row.gpus.get(index));
        all.all(|slices| slices.get(profile) == Some(count))
    };
    let name = |slices: &Slices<Profile>| -> Slices<String> {
        let named = slices.iter().map(|(profile, count)| {
            let exact = everywhere(profile, count);
            (
                if exact {
                    profile.to_string()
                } else {
                    profile.generic()
                },
                *count,
            )
        });
        named.collect()
    };
    let first = name(of_types.next()?);
    of_types.all(|slices| name(slices) == first).then_some(first)
}

/// GPUs with equal slices, in the order of their first one.
fn groups(gpus: &[Slices<String>]) -> Vec<GpuGroup> {
    let mut groups: Vec<GpuGroup> = Vec::new();
    for (device, slices) in (0_i64..).zip(gpus) {
        match groups.iter_mut().find(|group| group.slices == *slices) {
            Some(group) => group.devices.push(device),
            None => groups.push(GpuGroup {
                devices: vec![device],
                slices: slices.clone(),
            }),
        }
    }
    groups
}

/// The layout with the strategy and sharing that its label names, where it has one.
pub(super) fn layout(spec: LayoutSpec, label: Option<&str>, catalog: &Catalog) -> Option<Layout> {
    let plain = Layout::resolve(&spec, catalog).ok()?;
    match label {
        None => Some(plain),
        Some(id) => plain.of_id(id, catalog),
    }
}
