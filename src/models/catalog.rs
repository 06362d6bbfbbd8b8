//! `catalog_overrides`: GPUs and instance types that a release of ours does not have yet.

use std::collections::BTreeMap;

use mig::Catalog;
use mig::catalog::{CatalogOverrides, GpuOverride, InstanceTypeOverride, ProfileOverride};
use tfplug::schema::validators;
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::facts::Facts;
use crate::findings::report;

/// GPUs and instance types that this release does not have, or has wrong.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct CatalogOverridesModel {
    /// GPUs by a name of your own, such as `h300-96gb`; the name of one that the catalog has takes its place.
    pub gpus: Attr<BTreeMap<String, GpuModel>>,
    /// Instance types by EC2's name.
    pub instance_types: Attr<BTreeMap<String, InstanceTypeModel>>,
}

/// A GPU that MIG can cut.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct GpuModel {
    /// NVIDIA's name.
    #[attr(required)]
    pub product: Attr<String>,
    /// Compute slices of the whole GPU, such as 7.
    #[attr(required)]
    pub compute_slices: Attr<i64>,
    /// Memory slices of the whole GPU, such as 8: where the last profile of `nvidia-smi mig -lgipp` ends.
    #[attr(required)]
    pub memory_slices: Attr<i64>,
    /// Memory in GB as sold.
    #[attr(required)]
    pub memory_gb: Attr<i64>,
    /// PCI device IDs without the vendor, such as `0x2330`. The boot script checks by them that a node has this GPU.
    #[attr(required, validate = validators::not_empty())]
    pub pci_device_ids: Attr<Vec<String>>,
    /// First driver with MIG on it. Without one the node's driver is not checked.
    pub min_driver: Attr<String>,
    /// When a change of MIG mode takes effect: `immediate` (Hopper and later) or `reset` (Ampere). `immediate` if left
    /// out.
    #[attr(validate = validators::one_of(&["immediate", "reset"]))]
    pub mode_change: Attr<String>,
    /// Profiles by name, such as `1g.12gb`.
    #[attr(required)]
    pub profiles: Attr<BTreeMap<String, ProfileModel>>,
}

/// A profile, in the figures of `nvidia-smi mig -lgip` and `-lgipp`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ProfileModel {
    /// NVIDIA's GPU instance profile ID.
    #[attr(required)]
    pub gpu_instance_profile_id: Attr<i64>,
    /// Memory slices that an instance occupies.
    #[attr(required)]
    pub memory_slices: Attr<i64>,
    /// Memory slices at which it may start, ascending.
    #[attr(required)]
    pub starts: Attr<Vec<i64>>,
    /// Most instances on one GPU.
    #[attr(required)]
    pub max_instances: Attr<i64>,
    /// Memory in GiB.
    pub memory_gib: Attr<f64>,
}

/// An EC2 instance type.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct InstanceTypeModel {
    /// Its GPU: one of `gpus`, or of the catalog, such as `h100-80gb`.
    #[attr(required)]
    pub gpu: Attr<String>,
    /// GPUs of a node.
    #[attr(required)]
    pub gpu_count: Attr<i64>,
    /// `amd64` or `arm64`; `amd64` if left out.
    #[attr(validate = validators::one_of(&["amd64", "arm64"]))]
    pub architecture: Attr<String>,
    /// PCI device ID of its GPUs; needed where the GPU has several.
    pub pci_device_id: Attr<String>,
    /// Whether the GPUs are joined by NVSwitch, so that CUDA needs the fabric manager; false if left out.
    pub fabric_manager: Attr<bool>,
    /// Karpenter's label value `karpenter.k8s.aws/instance-gpu-name`, such as `h100`.
    pub karpenter_gpu_name: Attr<String>,
}

/// The facts with these additions; what is wrong with them is reported. Unknown additions leave the facts incomplete.
pub(crate) fn facts(overrides: &Attr<CatalogOverridesModel>, diags: &mut Diagnostics) -> Facts {
    let given = match overrides {
        Attr::Null => return Facts::default(),
        Attr::Unknown => return Facts::incomplete(),
        Attr::Known(model) => model.overrides(),
    };
    let Some(given) = given else {
        return Facts::incomplete();
    };
    match Catalog::builtin().with(&given) {
        Ok(catalog) => Facts::of(catalog),
        Err(faults) => {
            report(&faults, &Path::attr("catalog_overrides"), diags);
            Facts::incomplete()
        }
    }
}

impl CatalogOverridesModel {
    /// Plain values, or nothing while any part is unknown.
    fn overrides(&self) -> Option<CatalogOverrides> {
        Some(CatalogOverrides {
            gpus: each(&self.gpus, GpuModel::gpu)?,
            instance_types: each(&self.instance_types, InstanceTypeModel::instance_type)?,
        })
    }
}

/// A map's values one by one; nothing while one is unknown.
fn each<M: Clone, T>(
    map: &Attr<BTreeMap<String, M>>,
    plain: impl Fn(&M) -> Option<T>,
) -> Option<BTreeMap<String, T>> {
    let entries = map.settled()?.into_iter().flatten();
    entries
        .map(|(name, model)| Some((name.clone(), plain(model)?)))
        .collect()
}

impl GpuModel {
    fn gpu(&self) -> Option<GpuOverride> {
        Some(GpuOverride {
            product: self.product.known()?.clone(),
            compute_slices: *self.compute_slices.known()?,
            memory_slices: *self.memory_slices.known()?,
            memory_gb: *self.memory_gb.known()?,
            pci_device_ids: self.pci_device_ids.known()?.clone(),
            min_driver: self.min_driver.settled()?.cloned(),
            mode_change_needs_reset: self.mode_change.settled()?.is_some_and(|word| word == "reset"),
            profiles: each(&self.profiles, ProfileModel::profile)?,
        })
    }
}

impl ProfileModel {
    fn profile(&self) -> Option<ProfileOverride> {
        Some(ProfileOverride {
            gpu_instance_profile_id: *self.gpu_instance_profile_id.known()?,
            memory_slices: *self.memory_slices.known()?,
            starts: self.starts.known()?.clone(),
            max_instances: *self.max_instances.known()?,
            memory_gib: self.memory_gib.settled()?.copied(),
        })
    }
}

impl InstanceTypeModel {
    fn instance_type(&self) -> Option<InstanceTypeOverride> {
        let architecture = self.architecture.settled()?.cloned();
        Some(InstanceTypeOverride {
            gpu: self.gpu.known()?.clone(),
            gpu_count: *self.gpu_count.known()?,
            architecture: architecture.unwrap_or_else(|| "amd64".to_owned()),
            pci_device_id: self.pci_device_id.settled()?.cloned(),
            fabric_manager: self.fabric_manager.settled()?.copied().unwrap_or_default(),
            karpenter_gpu_name: self.karpenter_gpu_name.settled()?.cloned(),
        })
    }
}
