//! What follows from a layout.

use std::collections::BTreeMap;

use mig::layout::{NodeLayout, Taint};
use mig::model_fit::ModelNeed;
use mig::placement::Placed;
use mig::{Catalog, Layout};

use super::advice;
use super::model::{GpusData, LayoutData, NodeData, PlacementData, TaintData};

/// The configuration with everything that follows from it.
pub(super) fn describe(
    config: LayoutData,
    layout: &Layout,
    catalog: &Catalog,
    need: Option<&ModelNeed>,
) -> LayoutData {
    let nodes: BTreeMap<_, _> = layout
        .nodes()
        .map(|node| {
            (
                node.instance_type().to_owned(),
                node_data(layout, node, catalog, need),
            )
        })
        .collect();
    LayoutData {
        layout: config.given.clone().into(),
        id: layout.id().into(),
        nodes: nodes.into(),
        node_labels: layout.labels().into(),
        node_taints: layout.taints().into_iter().map(taint).collect::<Vec<_>>().into(),
        picture: layout.picture().into(),
        mig_parted_config: layout.mig_parted(&format!("mig-{}", layout.id())).into(),
        model_memory: need.map(advice::memory).into(),
        ..config
    }
}

fn node_data(layout: &Layout, node: &NodeLayout, catalog: &Catalog, need: Option<&ModelNeed>) -> NodeData {
    let resources = layout.resources(node.instance_type()).unwrap_or_default();
    let slices = node
        .slices()
        .into_iter()
        .map(|(profile, count)| (profile.to_string(), i64::from(count)));
    let stranded = node.stranded();
    NodeData {
        gpu: node.gpu().model.clone().into(),
        gpu_count: i64::try_from(node.gpus().len()).unwrap_or(i64::MAX).into(),
        whole_gpus: i64::from(node.whole_gpus()).into(),
        resources: resources
            .into_iter()
            .map(|(name, count)| (name, i64::try_from(count).unwrap_or(i64::MAX)))
            .collect::<BTreeMap<_, _>>()
            .into(),
        slices: slices.collect::<BTreeMap<_, _>>().into(),
        gpus: gpus(node).into(),
        stranded_compute_slices: i64::from(stranded.compute_slices).into(),
        stranded_memory_slices: i64::from(stranded.memory_slices).into(),
        min_driver: node.gpu().min_driver.clone().into(),
        node_template_tags: layout.node_template_tags(node.instance_type()).into(),
        model_fit: need.and_then(|need| advice::fit(node, catalog, need)).into(),
    }
}

/// GPUs by what they are cut into, in the order of their first index.
fn gpus(node: &NodeLayout) -> Vec<GpusData> {
    let mut alike: Vec<(&[Placed], Vec<i64>)> = Vec::new();
    for (index, slices) in (0..).zip(node.gpus()) {
        match alike.iter_mut().find(|(of, _)| of == slices) {
            Some((_, devices)) => devices.push(index),
            None => alike.push((slices, vec![index])),
        }
    }
    let group = |(slices, devices): (&[Placed], Vec<i64>)| GpusData {
        devices: devices.into(),
        placements: slices.iter().map(placement).collect::<Vec<_>>().into(),
    };
    alike.into_iter().map(group).collect()
}

fn placement(slice: &Placed) -> PlacementData {
    PlacementData {
        profile: slice.profile.to_string().into(),
        gpu_instance_profile_id: i64::from(slice.gpu_instance_profile_id).into(),
        start: i64::from(slice.start).into(),
        size: i64::from(slice.size).into(),
        compute_slices: i64::from(slice.compute_slices).into(),
    }
}

fn taint(taint: Taint) -> TaintData {
    TaintData {
        key: taint.key.into(),
        value: taint.value.into(),
        effect: taint.effect.into(),
    }
}
