//! Configuration and result of `data.mig_profiles`.

use tfplug::{Attr, Model};

/// The MIG profiles of GPUs, with sizes and places, each with its source. Needs neither cluster nor credentials.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ProfilesData {
    /// Only the GPU of this EC2 instance type.
    pub instance_type: Attr<String>,
    /// Only this GPU, by its identity in the catalog, such as `h100-80gb`.
    pub gpu: Attr<String>,
    /// The profiles: by GPU, the smallest first.
    #[attr(computed)]
    pub profiles: Attr<Vec<ProfileData>>,
}

/// One profile of one GPU.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ProfileData {
    /// Identity of the GPU in the catalog.
    #[attr(computed)]
    pub gpu: Attr<String>,
    /// NVIDIA's name of the GPU.
    #[attr(computed)]
    pub product: Attr<String>,
    /// EC2 instance types with this GPU.
    #[attr(computed)]
    pub instance_types: Attr<Vec<String>>,
    /// The profile's exact name.
    #[attr(computed)]
    pub profile: Attr<String>,
    /// Its generic name, such as `1g`; where two profiles share one, it means the one with less memory.
    #[attr(computed)]
    pub generic: Attr<String>,
    /// What pods ask for under the `mixed` strategy.
    #[attr(computed)]
    pub resource_name: Attr<String>,
    /// NVIDIA's GPU instance profile ID on this GPU, where known.
    #[attr(computed)]
    pub gpu_instance_profile_id: Attr<i64>,
    /// Compute slices.
    #[attr(computed)]
    pub compute_slices: Attr<i64>,
    /// Memory slices, where known.
    #[attr(computed)]
    pub memory_slices: Attr<i64>,
    /// Memory in GiB as the driver prints it, where known.
    #[attr(computed)]
    pub memory_gib: Attr<f64>,
    /// Streaming multiprocessors, where known.
    #[attr(computed)]
    pub sm_count: Attr<i64>,
    /// Most instances on one GPU.
    #[attr(computed)]
    pub max_instances: Attr<i64>,
    /// First memory slices where it may lie; empty where unknown.
    #[attr(computed)]
    pub starts: Attr<Vec<i64>>,
    /// First driver with MIG on this GPU, where known.
    #[attr(computed)]
    pub min_driver: Attr<String>,
    /// Where the facts come from.
    #[attr(computed)]
    pub sources: Attr<Vec<String>>,
}
