//! From what a user wrote to a layout, or to everything that is wrong with it.

mod devices;
mod slices;

use std::collections::BTreeMap;

use super::fault::{GpuUse, Problem};
use super::node::{NodeGpuModel, NodeLayout};
use super::spec::{LayoutSpec, Sharing, SharingStrategy, Strategy};
use super::{Layout, warning};
use crate::catalog::{Catalog, Gpu, InstanceType};
use crate::finding::{Collector as Faults, FieldPath, Finding};
use crate::placement::Placed;
use slices::Group;

const REPLICAS: std::ops::RangeInclusive<i64> = 2..=1000;

/// An instance type with its place in the list that the user wrote.
struct Node<'c> {
    index: usize,
    instance_type: &'c InstanceType,
    gpu: Option<&'c Gpu>,
}

impl Faults {
    /// A problem is said once, also where several models have it.
    fn add(&mut self, path: impl Into<FieldPath>, problem: Problem) {
        let fault = Finding::from(problem).at(path);
        if !self.faults.contains(&fault) {
            self.take(fault);
        }
    }
}

pub(super) fn resolve(spec: &LayoutSpec, catalog: &Catalog) -> Result<Layout, Vec<Finding>> {
    let mut faults = Faults::default();
    let nodes = instance_types(spec, catalog, &mut faults);
    let groups = slices::groups(spec, &mut faults);
    let strategy = strategy(spec, &mut faults);
    let sharing = sharing(spec, &groups, &mut faults);
    require_mig(catalog, &nodes, &groups, &mut faults);
    devices::check(&nodes, &groups, &mut faults);
    let placed = slices::place(&nodes, &groups, &mut faults);
    if strategy == Strategy::Single {
        slices::check_single(spec, &groups, &placed, &mut faults);
    }
    faults.finish(|| assemble(spec, catalog, strategy, sharing, &nodes, &groups, &placed))
}

fn instance_types<'c>(spec: &LayoutSpec, catalog: &'c Catalog, faults: &mut Faults) -> Vec<Node<'c>> {
    if spec.instance_types.is_empty() {
        faults.add("instance_types", Problem::NoInstanceTypes);
    }
    let mut nodes: Vec<Node<'c>> = Vec::with_capacity(spec.instance_types.len());
    for (index, name) in spec.instance_types.iter().enumerate() {
        let path = FieldPath::of("instance_types").index(index);
        let Some(instance_type) = catalog.instance_type(name) else {
            let nearest = catalog
                .nearest_instance_types(name)
                .into_iter()
                .map(str::to_owned)
                .collect();
            faults.add(
                path,
                Problem::UnknownInstanceType {
                    name: name.clone(),
                    nearest,
                },
            );
            continue;
        };
        if nodes.iter().any(|known| known.instance_type.name == *name) {
            faults.add(path, Problem::InstanceTypeTwice(name.clone()));
            continue;
        }
        nodes.push(Node {
            index,
            instance_type,
            gpu: catalog.mig_gpu(instance_type),
        });
    }
    nodes
}

fn strategy(spec: &LayoutSpec, faults: &mut Faults) -> Strategy {
    let Some(word) = &spec.strategy else {
        return Strategy::Mixed;
    };
    Strategy::parse(word).unwrap_or_else(|| {
        faults.add("strategy", Problem::UnknownStrategy(word.clone()));
        Strategy::Mixed
    })
}

fn sharing(spec: &LayoutSpec, groups: &[Group], faults: &mut Faults) -> Option<Sharing> {
    let asked = spec.sharing.as_ref()?;
    let path = |name: &str| FieldPath::of("sharing").attr(name);
    let strategy = SharingStrategy::parse(&asked.strategy);
    if strategy.is_none() {
        faults.add(path("strategy"), Problem::UnknownSharing(asked.strategy.clone()));
    }
    if strategy == Some(SharingStrategy::Mps) && groups.iter().any(Group::is_cut) {
        faults.add(path("strategy"), Problem::MpsOnMig);
    }
    if !REPLICAS.contains(&asked.replicas) {
        faults.add(path("replicas"), Problem::Replicas(asked.replicas));
    }
    Some(Sharing {
        strategy: strategy?,
        replicas: u32::try_from(asked.replicas).ok()?,
    })
}

/// Every sharing that there can be.
pub(super) fn sharings() -> impl Iterator<Item = Sharing> {
    let strategies = [SharingStrategy::TimeSlicing, SharingStrategy::Mps];
    REPLICAS.flat_map(move |replicas| {
        strategies.map(|strategy| Sharing {
            strategy,
            replicas: u32::try_from(replicas).unwrap_or(u32::MAX),
        })
    })
}

/// Slices need a GPU that MIG can cut, at places that somebody published.
fn require_mig(catalog: &Catalog, nodes: &[Node<'_>], groups: &[Group], faults: &mut Faults) {
    if !groups.iter().any(Group::is_cut) {
        return;
    }
    for node in nodes {
        let path = FieldPath::of("instance_types").index(node.index);
        let instance_type = node.instance_type.name.clone();
        match node.gpu {
            None => faults.add(
                path,
                Problem::NoMig {
                    instance_type,
                    model: node.instance_type.gpu.model.clone(),
                    families: catalog.mig_families(),
                },
            ),
            Some(gpu) if !gpu.placements_known() => {
                let product = gpu.product.clone();
                faults.add(
                    path,
                    Problem::PlacementsUnknown {
                        instance_type,
                        product,
                        notes: gpu.notes.clone(),
                    },
                );
            }
            Some(_) => {}
        }
    }
}

/// The GPU models of the layout that can be cut, each with the instance types that carry it.
fn models<'c>(nodes: &[Node<'c>]) -> BTreeMap<&'c str, (&'c Gpu, GpuUse)> {
    let mut models: BTreeMap<&str, (&Gpu, GpuUse)> = BTreeMap::new();
    for node in nodes {
        let Some(gpu) = node.gpu.filter(|gpu| gpu.placements_known()) else {
            continue;
        };
        let new = || {
            (
                gpu,
                GpuUse {
                    product: gpu.product.clone(),
                    instance_types: Vec::new(),
                },
            )
        };
        let (_, uses) = models.entry(gpu.id.as_str()).or_insert_with(new);
        uses.instance_types.push(node.instance_type.name.clone());
        uses.instance_types.sort_unstable();
    }
    models
}

/// The instances of each group on each GPU model, by the model's identity; without those that do not fit.
type PlacedGroups<'c> = BTreeMap<&'c str, Vec<Option<Vec<Placed>>>>;

fn assemble(
    spec: &LayoutSpec,
    catalog: &Catalog,
    strategy: Strategy,
    sharing: Option<Sharing>,
    nodes: &[Node<'_>],
    groups: &[Group],
    placed: &PlacedGroups<'_>,
) -> Layout {
    let mut layout = Layout {
        spec: spec.clone(),
        strategy,
        sharing,
        nodes: BTreeMap::new(),
        warnings: Vec::new(),
    };
    for node in nodes {
        let of_model = node.gpu.and_then(|gpu| placed.get(gpu.id.as_str()));
        let resolved = node_layout(node, groups, of_model.map_or(&[], Vec::as_slice));
        layout.warnings.extend(warning::warnings(
            catalog,
            node.index,
            node.instance_type,
            &resolved,
        ));
        layout.nodes.insert(node.instance_type.name.clone(), resolved);
    }
    layout
}

fn node_layout(node: &Node<'_>, groups: &[Group], placed: &[Option<Vec<Placed>>]) -> NodeLayout {
    let count = usize::from(node.instance_type.gpu.count);
    let mut gpus = vec![Vec::new(); count];
    for (group, instances) in groups.iter().zip(placed) {
        let Some(instances) = instances else { continue };
        for index in group.indexes(count) {
            gpus[index].clone_from(instances);
        }
    }
    NodeLayout {
        instance_type: node.instance_type.name.clone(),
        gpu: gpu_model(node),
        gpus,
    }
}

fn gpu_model(node: &Node<'_>) -> NodeGpuModel {
    let instance_type = node.instance_type;
    NodeGpuModel {
        id: node.gpu.map(|gpu| gpu.id.clone()),
        model: instance_type.gpu.model.clone(),
        pci_device_id: instance_type.gpu.pci_device_id.clone(),
        min_driver: instance_type.mig.min_driver.clone(),
        fabric_manager: instance_type.nvswitch_fabric_manager.unwrap_or(false),
        compute_slices: node.gpu.map_or(0, |gpu| gpu.compute_slices),
        memory_slices: node.gpu.and_then(|gpu| gpu.memory_slices).unwrap_or(0),
    }
}
