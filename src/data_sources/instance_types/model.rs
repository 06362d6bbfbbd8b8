//! Configuration and result of `data.mig_instance_types`.

use tfplug::schema::validators;
use tfplug::{Attr, Model};

/// AWS GPU instance types and what can be done with their GPUs, each with its source. Needs neither cluster nor
/// credentials, unless `region` is given.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct InstanceTypesData {
    /// Only types on which MIG works (`yes`), on which its GPU has it and nothing shows that it works (`unverified`), or
    /// which have none (`no`).
    #[attr(validate = validators::one_of(&["yes", "unverified", "no"]))]
    pub mig: Attr<String>,
    /// Only types with this GPU, by its identity in the catalog, such as `h100-80gb`.
    pub gpu: Attr<String>,
    /// Region in which EC2 is asked for the availability zones of each type. It is asked nothing if this is left out.
    #[attr(validate = crate::models::region())]
    pub region: Attr<String>,
    /// Asks Service Quotas, too, how many virtual CPUs of each kind of instance the account may run in `region`.
    pub quotas: Attr<bool>,
    /// The types, by name.
    #[attr(computed)]
    pub instance_types: Attr<Vec<InstanceTypeData>>,
}

/// One instance type.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct InstanceTypeData {
    /// EC2's name.
    #[attr(computed)]
    pub name: Attr<String>,
    /// `amd64` or `arm64`.
    #[attr(computed)]
    pub architecture: Attr<String>,
    /// NVIDIA's name of the GPU.
    #[attr(computed)]
    pub gpu: Attr<String>,
    /// GPUs of a node.
    #[attr(computed)]
    pub gpu_count: Attr<i64>,
    /// MiB of each GPU as the EC2 API says, where known.
    #[attr(computed)]
    pub gpu_memory_mib: Attr<i64>,
    /// Whether MIG works: `yes`, `unverified` or `no`. GPUs without it can be shared by time-slicing or MPS.
    #[attr(computed)]
    pub mig: Attr<String>,
    /// Identity of the GPU in the catalog, as `data.mig_profiles` takes it; null where MIG is impossible.
    #[attr(computed)]
    pub mig_gpu: Attr<String>,
    /// Profiles into which each GPU can be cut, the smallest first; none where MIG is impossible.
    #[attr(computed)]
    pub profiles: Attr<Vec<String>>,
    /// First driver that does MIG here, where known.
    #[attr(computed)]
    pub min_driver: Attr<String>,
    /// Virtual CPUs, where known.
    #[attr(computed)]
    pub vcpu: Attr<i64>,
    /// Memory in MiB, where known.
    #[attr(computed)]
    pub memory_mib: Attr<i64>,
    /// Elastic Fabric Adapter interfaces, where known.
    #[attr(computed)]
    pub efa_interfaces: Attr<i64>,
    /// Karpenter's label value `karpenter.k8s.aws/instance-gpu-name`, where known.
    #[attr(computed)]
    pub karpenter_gpu_name: Attr<String>,
    /// Availability zones of `region` in which EC2 offers it; null without `region`. That a type is offered does not say that it can be had.
    #[attr(computed)]
    pub zones: Attr<Vec<String>>,
    /// Virtual CPUs that all on-demand instances of its kind (P, or G and VT) may have together in `region`; 0 in a new account, and a single
    /// node needs `vcpu` of them. Null without `quotas`.
    #[attr(computed)]
    pub quota_on_demand_vcpu: Attr<i64>,
    /// The same for Spot instances. Null without `quotas`, and where AWS names no quota.
    #[attr(computed)]
    pub quota_spot_vcpu: Attr<i64>,
    /// What a reader should know of it.
    #[attr(computed)]
    pub notes: Attr<Vec<String>>,
    /// Where the facts come from.
    #[attr(computed)]
    pub sources: Attr<Vec<String>>,
}
