//! What one GPU model can be cut into.

use serde::Deserialize;

use crate::profile::{Profile, ProfileRef};

/// How sure a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Inferred.
    Low,
    /// From one source that is not NVIDIA's own table.
    Medium,
    /// From NVIDIA's published tables.
    High,
    /// Said by the user, who has seen the hardware; the boot script checks it.
    Declared,
}

/// When a change of MIG mode takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeChange {
    /// At once (Hopper and later); such GPUs forget the mode at a reboot.
    Immediate,
    /// After a GPU reset, which EC2 often refuses, so after a reboot (Ampere).
    Reset,
}

/// Where instances of a profile may start and how long they are, in memory slices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Placements {
    /// Allowed first memory slices, ascending.
    pub starts: Vec<u8>,
    /// Memory slices that an instance occupies.
    pub size: u8,
}

/// Media engines of a whole GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Engines {
    /// Video decoders.
    pub nvdec: u8,
    /// Video encoders.
    pub nvenc: u8,
    /// JPEG decoders.
    pub jpeg: u8,
    /// Optical flow accelerators.
    pub ofa: u8,
}

/// One profile on one GPU. Counts that no source states are `None`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProfileFact {
    /// Its name on this GPU with current drivers.
    #[serde(rename = "name")]
    pub profile: Profile,
    /// NVIDIA's GPU instance profile ID. IDs are not global: 14 is a 2g on an A100 and a 1g on an A30.
    pub gpu_instance_profile_id: Option<u16>,
    /// Compute slices.
    pub compute_slices: u8,
    /// Memory slices.
    pub memory_slices: Option<u8>,
    /// Most instances of this profile on one GPU.
    pub max_instances: u8,
    /// Where instances may lie; none where no source says.
    pub placements: Option<Placements>,
    /// Memory in GiB as `nvidia-smi mig -lgip` prints it; moves by 0.25 GiB with the driver.
    pub memory_gib: Option<f64>,
    /// Streaming multiprocessors.
    pub sm_count: Option<u16>,
    /// Copy engines.
    pub copy_engines: Option<u8>,
    /// Video decoders.
    pub nvdec: Option<u8>,
    /// Video encoders.
    pub nvenc: Option<u8>,
    /// JPEG decoders.
    pub jpeg: Option<u8>,
    /// Optical flow accelerators.
    pub ofa: Option<u8>,
    /// First driver branch that has this profile, where later than the GPU's own minimum.
    pub min_driver_branch: Option<String>,
    /// How sure name, ID and placements are.
    pub confidence: Confidence,
    /// What a reader should know of it.
    #[serde(default)]
    pub note: Option<String>,
    /// Keys for [`super::Catalog::source`].
    pub sources: Vec<String>,
}

/// What Bottlerocket can do with a GPU by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bottlerocket {
    /// Its key in `settings.kubelet-device-plugins.nvidia.mig.profile`.
    pub model: String,
    /// Profiles into which it can cut the whole GPU evenly.
    pub profiles: Vec<Profile>,
    /// Keys for [`super::Catalog::source`].
    pub sources: Vec<String>,
}

/// One GPU model that MIG can cut.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Gpu {
    /// Its identity in the catalog (`h100-80gb`).
    pub id: String,
    /// NVIDIA's name.
    pub product: String,
    /// NVIDIA's architecture name.
    pub architecture: String,
    /// Compute slices that all instances share.
    pub compute_slices: u8,
    /// Memory slices that all instances share; none where no source says.
    pub memory_slices: Option<u8>,
    /// Memory in GB as sold.
    pub memory_gb: u16,
    /// PCI device IDs, `0x2330`.
    pub pci_device_ids: Vec<String>,
    /// First driver with MIG on this GPU.
    pub min_driver: Option<String>,
    /// When a change of MIG mode takes effect.
    pub mode_change: ModeChange,
    /// Whether the mode survives a reboot. Instances never do.
    pub mode_persists_reboot: bool,
    /// Media engines that all instances share, where a source says.
    #[serde(default)]
    pub engine_totals: Option<Engines>,
    /// What Bottlerocket (1.34 or later) can do with it; none where it cannot cut it.
    #[serde(default)]
    pub bottlerocket: Option<Bottlerocket>,
    /// What a reader should know of it.
    pub notes: Vec<String>,
    /// Keys for [`super::Catalog::source`].
    pub sources: Vec<String>,
    /// What it can be cut into.
    pub profiles: Vec<ProfileFact>,
}

impl Gpu {
    /// The profile of exactly that name.
    pub fn profile(&self, profile: Profile) -> Option<&ProfileFact> {
        self.profiles.iter().find(|fact| fact.profile == profile)
    }

    /// What a request means here. A generic name means the profile with that many compute slices and suffix that
    /// takes the least memory: `1g` on an H100 is `1g.10gb`, never the double-memory `1g.20gb`.
    pub fn resolve(&self, asked: ProfileRef) -> Option<&ProfileFact> {
        match asked {
            ProfileRef::Exact(profile) => self.profile(profile),
            ProfileRef::Generic {
                compute_slices,
                attribute,
            } => self
                .profiles
                .iter()
                .filter(|fact| fact.compute_slices == compute_slices && fact.profile.attribute == attribute)
                .min_by_key(|fact| fact.profile.memory_gb),
        }
    }

    /// The names of all profiles, smallest first.
    pub fn profile_names(&self) -> Vec<String> {
        let mut profiles: Vec<Profile> = self.profiles.iter().map(|fact| fact.profile).collect();
        profiles.sort_unstable();
        profiles.iter().map(Profile::to_string).collect()
    }

    /// Whether IDs and placements of every profile are known, without which nothing can be created explicitly.
    pub fn placements_known(&self) -> bool {
        self.profiles
            .iter()
            .all(|fact| fact.placements.is_some() && fact.gpu_instance_profile_id.is_some())
    }
}
