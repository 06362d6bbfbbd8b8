//! The catalog as rows: what `data.mig_profiles` shows.

use serde::Serialize;

use super::{Catalog, Gpu, InstanceType, ProfileFact};

/// What to list. Nothing given lists everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileFilter {
    /// Only the GPU of this instance type.
    pub instance_type: Option<String>,
    /// Only the GPU of this identity.
    pub gpu: Option<String>,
}

/// One profile of one GPU.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileRow {
    /// Identity of the GPU in the catalog.
    pub gpu: String,
    /// NVIDIA's name of the GPU.
    pub product: String,
    /// AWS instance types with this GPU, by name.
    pub instance_types: Vec<String>,
    /// The profile's name.
    pub profile: String,
    /// Its generic name; two profiles of a GPU may share one, which then means the one with less memory.
    pub generic: String,
    /// The extended resource under the `mixed` strategy.
    pub resource_name: String,
    /// NVIDIA's GPU instance profile ID, where known.
    pub gpu_instance_profile_id: Option<u16>,
    /// Compute slices.
    pub compute_slices: u8,
    /// Memory slices, where known.
    pub memory_slices: Option<u8>,
    /// Memory in GiB as the driver prints it, where known.
    pub memory_gib: Option<f64>,
    /// Streaming multiprocessors, where known.
    pub sm_count: Option<u16>,
    /// Most instances on one GPU.
    pub max_instances: u8,
    /// First memory slices where it may lie; empty where unknown.
    pub starts: Vec<u8>,
    /// First driver with MIG on this GPU, where known.
    pub min_driver: Option<String>,
    /// Where the facts come from.
    pub sources: Vec<String>,
}

impl Catalog {
    /// Profiles by GPU, each GPU's smallest first. An unknown name in the filter lists nothing; look it up first
    /// ([`Catalog::instance_type`], [`Catalog::gpu`]) where that deserves an error.
    pub fn profiles(&self, filter: &ProfileFilter) -> Vec<ProfileRow> {
        let of_type = filter.instance_type.as_deref().map(|name| {
            self.instance_type(name)
                .and_then(|instance_type| self.mig_gpu(instance_type))
                .map(|gpu| gpu.id.as_str())
        });
        self.gpus()
            .filter(|gpu| of_type.is_none_or(|id| id == Some(gpu.id.as_str())))
            .filter(|gpu| filter.gpu.as_ref().is_none_or(|id| *id == gpu.id))
            .flat_map(|gpu| self.rows_of(gpu))
            .collect()
    }

    fn rows_of(&self, gpu: &Gpu) -> Vec<ProfileRow> {
        let has_gpu = |instance_type: &&InstanceType| instance_type.mig.gpu.as_ref() == Some(&gpu.id);
        let types: Vec<String> = self
            .instance_types()
            .filter(has_gpu)
            .map(|found| found.name.clone())
            .collect();
        let mut facts: Vec<&ProfileFact> = gpu.profiles.iter().collect();
        facts.sort_by_key(|fact| fact.profile);
        facts
            .into_iter()
            .map(|fact| self.row(gpu, fact, &types))
            .collect()
    }

    fn row(&self, gpu: &Gpu, fact: &ProfileFact, instance_types: &[String]) -> ProfileRow {
        ProfileRow {
            gpu: gpu.id.clone(),
            product: gpu.product.clone(),
            instance_types: instance_types.to_vec(),
            profile: fact.profile.to_string(),
            generic: fact.profile.generic(),
            resource_name: fact.profile.resource_name(),
            gpu_instance_profile_id: fact.gpu_instance_profile_id,
            compute_slices: fact.compute_slices,
            memory_slices: fact.memory_slices,
            memory_gib: fact.memory_gib,
            sm_count: fact.sm_count,
            max_instances: fact.max_instances,
            starts: fact
                .placements
                .as_ref()
                .map(|placements| placements.starts.clone())
                .unwrap_or_default(),
            min_driver: gpu.min_driver.clone(),
            sources: fact
                .sources
                .iter()
                .map(|key| self.source(key).to_owned())
                .collect(),
        }
    }
}
