//! What one node of a layout has.

use std::collections::BTreeMap;

use serde::Serialize;

use super::spec::{Sharing, Strategy};
use crate::placement::Placed;
use crate::profile::{GPU_RESOURCE, Profile};

/// A node of one instance type with all its GPUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLayout {
    pub(super) instance_type: String,
    pub(super) gpu: NodeGpuModel,
    /// One entry per GPU, by index; an empty one is a whole GPU.
    pub(super) gpus: Vec<Vec<Placed>>,
}

/// What a node's GPUs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeGpuModel {
    /// Identity in the catalog; none where MIG is impossible.
    pub id: Option<String>,
    /// NVIDIA's name.
    pub model: String,
    /// PCI device ID of this instance type's GPUs, `0x2330`.
    pub pci_device_id: Option<String>,
    /// First driver that does MIG here.
    pub min_driver: Option<String>,
    /// Whether CUDA needs the fabric manager.
    pub fabric_manager: bool,
    /// Compute slices per GPU; 0 where MIG is impossible.
    pub compute_slices: u8,
    /// Memory slices per GPU; 0 where MIG is impossible.
    pub memory_slices: u8,
}

/// Slices of cut GPUs that no instance has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stranded {
    /// Compute slices.
    pub compute_slices: u32,
    /// Memory slices.
    pub memory_slices: u32,
}

impl NodeLayout {
    /// EC2's name.
    pub fn instance_type(&self) -> &str {
        &self.instance_type
    }

    /// What the GPUs are.
    pub fn gpu(&self) -> &NodeGpuModel {
        &self.gpu
    }

    /// The instances of each GPU by start, by GPU index; empty for a GPU that stays whole.
    pub fn gpus(&self) -> &[Vec<Placed>] {
        &self.gpus
    }

    /// Whether any GPU is cut.
    pub fn is_cut(&self) -> bool {
        self.gpus.iter().any(|gpu| !gpu.is_empty())
    }

    /// GPUs that stay whole.
    pub fn whole_gpus(&self) -> u32 {
        self.gpus.iter().map(|gpu| u32::from(gpu.is_empty())).sum()
    }

    /// Slices of the node by profile.
    pub fn slices(&self) -> BTreeMap<Profile, u32> {
        let mut slices = BTreeMap::new();
        for placed in self.gpus.iter().flatten() {
            *slices.entry(placed.profile).or_default() += 1;
        }
        slices
    }

    /// Extended resources as pods request them.
    pub(super) fn resources(&self, strategy: Strategy, sharing: Option<Sharing>) -> BTreeMap<String, u64> {
        let replicas = sharing.map_or(1, |sharing| u64::from(sharing.replicas));
        let mut resources = BTreeMap::new();
        let mut add =
            |name: String, count: u32| *resources.entry(name).or_insert(0) += u64::from(count) * replicas;
        for (profile, count) in self.slices() {
            match strategy {
                Strategy::Mixed => add(profile.resource_name(), count),
                Strategy::Single => add(GPU_RESOURCE.to_owned(), count),
            }
        }
        if self.whole_gpus() > 0 {
            add(GPU_RESOURCE.to_owned(), self.whole_gpus());
        }
        resources
    }

    /// What the cut GPUs have and no instance uses, over the whole node.
    pub fn stranded(&self) -> Stranded {
        self.gpus
            .iter()
            .filter(|gpu| !gpu.is_empty())
            .fold(Stranded::default(), |sum, gpu| {
                let left = self.stranded_on(gpu);
                Stranded {
                    compute_slices: sum.compute_slices + left.compute_slices,
                    memory_slices: sum.memory_slices + left.memory_slices,
                }
            })
    }

    pub(super) fn stranded_on(&self, gpu: &[Placed]) -> Stranded {
        let compute: u32 = gpu.iter().map(|placed| u32::from(placed.compute_slices)).sum();
        let memory: u32 = gpu.iter().map(|placed| u32::from(placed.size)).sum();
        Stranded {
            compute_slices: u32::from(self.gpu.compute_slices) - compute,
            memory_slices: u32::from(self.gpu.memory_slices) - memory,
        }
    }

    /// Neighbouring GPUs with equal slices, as (`0-7`, slices).
    pub fn groups(&self) -> Vec<(String, &[Placed])> {
        let mut groups = Vec::new();
        let mut first = 0;
        for chunk in self.gpus.chunk_by(|a, b| a == b) {
            let last = first + chunk.len() - 1;
            let devices = if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            };
            groups.push((devices, chunk[0].as_slice()));
            first = last + 1;
        }
        groups
    }
}
