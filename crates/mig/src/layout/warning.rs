//! What is not certain about a layout that is otherwise right.

use std::collections::BTreeSet;

use super::node::NodeLayout;
use crate::catalog::{Catalog, Confidence, Gpu, InstanceType, MigSupport, ProfileFact};
use crate::finding::{FieldPath, Finding, FindingKind};
use crate::placement::Placed;

/// All warnings for one node of a layout; `index` is the place of its type in `instance_types`.
pub(super) fn warnings(
    catalog: &Catalog,
    index: usize,
    instance_type: &InstanceType,
    node: &NodeLayout,
) -> Vec<Finding> {
    let Some(gpu) = catalog.mig_gpu(instance_type).filter(|_| node.is_cut()) else {
        return Vec::new();
    };
    let path = FieldPath::of("instance_types").index(index);
    let found = [
        unverified(catalog, instance_type),
        unsure_profiles(catalog, gpu, node),
        unknown_driver(instance_type),
        shared_engines(catalog, gpu, node),
    ];
    let warnings = found.into_iter().flatten();
    warnings
        .map(|(summary, detail)| Finding::warning(FindingKind::LayoutDoubt, summary, detail).at(&path))
        .collect()
}

fn unverified(catalog: &Catalog, instance_type: &InstanceType) -> Option<(String, String)> {
    if instance_type.mig.support != MigSupport::Unverified {
        return None;
    }
    let summary = format!("MIG on {} is not verified", instance_type.name);
    let detail = format!(
        "Its GPU has MIG, but nothing shows that it works on this instance type. {}. Source: {}. Try one node before \
         relying on it; a node that cannot be cut does not join.",
        instance_type.notes.join(". "),
        sources(catalog, &instance_type.sources)
    );
    Some((summary, detail))
}

fn unsure_profiles(catalog: &Catalog, gpu: &Gpu, node: &NodeLayout) -> Option<(String, String)> {
    let profiles: BTreeSet<_> = node.gpus.iter().flatten().map(|placed| placed.profile).collect();
    let unsure: Vec<&ProfileFact> = profiles
        .iter()
        .filter_map(|profile| gpu.profile(*profile))
        .filter(|fact| fact.confidence < Confidence::High)
        .collect();
    let first = unsure.first()?;
    let names: Vec<String> = unsure.iter().map(|fact| fact.profile.to_string()).collect();
    let summary = format!(
        "{} on {} is not in NVIDIA's published tables",
        names.join(", "),
        gpu.product
    );
    let detail = format!(
        "Name, profile ID and placements come from: {}. Names follow the memory that the driver shows, so pin the \
         image; a node where they differ does not join.",
        sources(catalog, &first.sources)
    );
    Some((summary, detail))
}

fn unknown_driver(instance_type: &InstanceType) -> Option<(String, String)> {
    if instance_type.mig.min_driver.is_some() {
        return None;
    }
    let summary = format!("The first driver with MIG on {} is not known", instance_type.name);
    let detail =
        "The boot script cannot check the driver's version here; pin an image whose driver was seen to work.";
    Some((summary, detail.to_owned()))
}

/// On boards whose slices share a budget of media engines, a set may exceed it although it fits otherwise.
fn shared_engines(catalog: &Catalog, gpu: &Gpu, node: &NodeLayout) -> Option<(String, String)> {
    let totals = gpu.engine_totals?;
    let sum = |slices: &[Placed], of: fn(&ProfileFact) -> Option<u8>| -> u32 {
        slices
            .iter()
            .filter_map(|placed| of(gpu.profile(placed.profile)?))
            .map(u32::from)
            .sum()
    };
    let exceeds = |slices: &Vec<Placed>| {
        sum(slices, |fact| fact.nvdec) > u32::from(totals.nvdec)
            || sum(slices, |fact| fact.nvenc) > u32::from(totals.nvenc)
            || sum(slices, |fact| fact.jpeg) > u32::from(totals.jpeg)
            || sum(slices, |fact| fact.ofa) > u32::from(totals.ofa)
    };
    if !node.gpus.iter().any(exceeds) {
        return None;
    }
    let summary = format!("These slices want more media engines than {} has", gpu.product);
    let detail = format!(
        "The board has {} decoders, {} encoders, {} JPEG and {} OFA engines in all, and whether the driver then \
         refuses is not published (source: {}). Beside +me.all use -me slices.",
        totals.nvdec,
        totals.nvenc,
        totals.jpeg,
        totals.ofa,
        sources(catalog, &gpu.sources)
    );
    Some((summary, detail))
}

fn sources(catalog: &Catalog, keys: &[String]) -> String {
    let texts: Vec<&str> = keys.iter().map(|key| catalog.source(key)).collect();
    texts.join("; ")
}
