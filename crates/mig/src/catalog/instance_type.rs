//! AWS GPU instance types.

use serde::Deserialize;

/// Whether MIG works on an instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MigSupport {
    /// The GPU is on NVIDIA's list and EC2 hands it over whole.
    Yes,
    /// The GPU is on NVIDIA's list, but nothing shows MIG on this type.
    Unverified,
    /// The GPU is not on NVIDIA's list, or is only a part of one.
    No,
}

impl MigSupport {
    /// The word of the catalog and of `data.mig_profiles`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unverified => "unverified",
            Self::No => "no",
        }
    }
}

/// The GPUs of an instance type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NodeGpu {
    /// NVIDIA's name.
    pub model: String,
    /// Karpenter's label value `karpenter.k8s.aws/instance-gpu-name`.
    pub karpenter_gpu_name: Option<String>,
    /// GPUs that the node sees, fractions counted as one each.
    pub count: u8,
    /// Karpenter's label value `karpenter.k8s.aws/instance-gpu-count`: 0 where the GPU is a fraction.
    pub karpenter_gpu_count: u8,
    /// Part of a board that each of them is; 1 for whole GPUs.
    pub fraction: f64,
    /// MiB per GPU as the EC2 API says.
    pub memory_mib: Option<u64>,
    /// PCI device ID, `0x2330`.
    pub pci_device_id: Option<String>,
}

/// What MIG can do on an instance type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NodeMig {
    /// Whether it works.
    pub support: MigSupport,
    /// Identity of the GPU in the catalog; none where MIG is impossible.
    pub gpu: Option<String>,
    /// First driver that does it here.
    pub min_driver: Option<String>,
}

/// One AWS GPU instance type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct InstanceType {
    /// EC2's name (`p5.48xlarge`).
    #[serde(rename = "instance_type")]
    pub name: String,
    /// The part before the dot.
    pub family: String,
    /// `amd64` or `arm64`.
    pub architecture: String,
    /// Virtual CPUs, where known.
    pub vcpu: Option<u32>,
    /// Memory in MiB, where known.
    pub memory_mib: Option<u64>,
    /// Its GPUs.
    pub gpu: NodeGpu,
    /// What MIG can do here.
    pub mig: NodeMig,
    /// Elastic Fabric Adapter interfaces, where known.
    pub efa_interfaces: Option<u8>,
    /// Megabits per second, where known.
    pub network_mbps: Option<u64>,
    /// Whether the GPUs are joined by NVSwitch, so that CUDA needs the fabric manager; none where unknown.
    pub nvswitch_fabric_manager: Option<bool>,
    /// What a reader should know of it.
    pub notes: Vec<String>,
    /// Keys for [`super::Catalog::source`].
    pub sources: Vec<String>,
}
