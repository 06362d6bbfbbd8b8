//! GPUs and instance types that users add to the catalog before a release of ours has them.

use std::collections::{BTreeMap, BTreeSet};

use super::gpu::{Confidence, Gpu, ModeChange, Placements, ProfileFact};
use super::instance_type::{InstanceType, MigSupport, NodeGpu, NodeMig};
use super::{Catalog, DriverVersion};
use crate::finding::{Advice, Collector as Findings, FieldPath, Finding, FindingKind, Listing, Remedy};
use crate::profile::Profile;

/// Key of the source that stands for what the user says.
const SOURCE: &str = "catalog-overrides";

/// Memory slices that a GPU may have: far above any, and what a mask of them holds.
const MAX_MEMORY_SLICES: u8 = 31;

/// What a user adds. An entry of a name that the catalog has takes its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CatalogOverrides {
    /// GPUs by identity (`h100-80gb`).
    pub gpus: BTreeMap<String, GpuOverride>,
    /// Instance types by EC2's name.
    pub instance_types: BTreeMap<String, InstanceTypeOverride>,
}

/// One GPU.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuOverride {
    /// NVIDIA's name.
    pub product: String,
    /// Compute slices that all instances share.
    pub compute_slices: i64,
    /// Memory slices that all instances share.
    pub memory_slices: i64,
    /// Memory in GB as sold.
    pub memory_gb: i64,
    /// PCI device IDs, `0x2330`.
    pub pci_device_ids: Vec<String>,
    /// First driver with MIG on it; none skips that check on the node.
    pub min_driver: Option<String>,
    /// Whether a change of MIG mode waits for a reset, as on Ampere.
    pub mode_change_needs_reset: bool,
    /// Profiles by name.
    pub profiles: BTreeMap<String, ProfileOverride>,
}

/// One profile, in the figures of `nvidia-smi mig -lgip` and `-lgipp`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileOverride {
    /// NVIDIA's GPU instance profile ID.
    pub gpu_instance_profile_id: i64,
    /// Memory slices that an instance occupies.
    pub memory_slices: i64,
    /// Memory slices at which it may start.
    pub starts: Vec<i64>,
    /// Most instances on one GPU.
    pub max_instances: i64,
    /// Memory in GiB.
    pub memory_gib: Option<f64>,
}

/// One instance type.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceTypeOverride {
    /// Identity of its GPU, in the catalog or among the user's own.
    pub gpu: String,
    /// GPUs of a node.
    pub gpu_count: i64,
    /// `amd64` or `arm64`.
    pub architecture: String,
    /// PCI device ID of its GPUs; needed only where the GPU has several.
    pub pci_device_id: Option<String>,
    /// Whether CUDA needs the fabric manager.
    pub fabric_manager: bool,
    /// Karpenter's label value `karpenter.k8s.aws/instance-gpu-name`.
    pub karpenter_gpu_name: Option<String>,
}

impl Findings {
    /// A number within bounds, or a fault and nothing.
    fn number(&mut self, attribute: &str, found: i64, first: u16, last: u16) -> Option<u16> {
        let within = u16::try_from(found)
            .ok()
            .filter(|number| (first..=last).contains(number));
        if within.is_none() {
            self.fault(
                attribute,
                format!("{attribute} cannot be {found}"),
                format!("Found {found}; it is {first} to {last}."),
            );
        }
        within
    }

    fn small(&mut self, attribute: &str, found: i64, first: u8, last: u8) -> Option<u8> {
        let number = self.number(attribute, found, u16::from(first), u16::from(last))?;
        u8::try_from(number).ok()
    }
}

impl Catalog {
    /// The catalog with what a user adds, or everything that is wrong with that, all at once.
    pub fn with(&self, overrides: &CatalogOverrides) -> Result<Self, Vec<Finding>> {
        let mut catalog = self.clone();
        let mut findings = Findings::new(FindingKind::Catalog);
        catalog.sources.insert(
            SOURCE.to_owned(),
            "catalog_overrides of the provider's configuration".to_owned(),
        );
        for (id, given) in &overrides.gpus {
            let place = FieldPath::of("gpus").key(id);
            if let Some(gpu) = findings.below(place, |findings| gpu(id, given, findings)) {
                catalog.gpus.insert(id.clone(), gpu);
            }
        }
        for (name, given) in &overrides.instance_types {
            // A fault of the GPU itself has been reported already.
            let known = catalog.gpus.get(&given.gpu);
            if known.is_none() && overrides.gpus.contains_key(&given.gpu) {
                continue;
            }
            let place = FieldPath::of("instance_types").key(name);
            let found = findings.below(place, |findings| instance_type(name, given, known, findings));
            if let Some(instance_type) = found {
                catalog.instance_types.insert(name.clone(), instance_type);
            }
        }
        findings.finish(|| catalog)
    }
}

fn gpu(id: &str, given: &GpuOverride, findings: &mut Findings) -> Option<Gpu> {
    let before = findings.faults.len();
    let compute_slices = findings.small("compute_slices", given.compute_slices, 1, 31);
    let memory_slices = findings.small("memory_slices", given.memory_slices, 1, MAX_MEMORY_SLICES);
    let memory_gb = findings.number("memory_gb", given.memory_gb, 1, u16::MAX);
    if given.pci_device_ids.is_empty() {
        findings.fault(
            "pci_device_ids",
            "The GPU has no PCI device ID",
            "The boot script checks by it that a node has this GPU. Give it as nvidia-smi --query-gpu=pci.device_id \
             does, without the vendor: 0x2330.",
        );
    }
    for device in &given.pci_device_ids {
        check_device("pci_device_ids", device, findings);
    }
    if let Some(Err(error)) = given.min_driver.as_deref().map(str::parse::<DriverVersion>) {
        findings.fault(
            "min_driver",
            "The driver version cannot be read",
            format!("{error}."),
        );
    }
    let (compute_slices, memory_slices) = (compute_slices?, memory_slices?);
    let profiles = profiles(given, compute_slices, memory_slices, findings);
    (findings.faults.len() == before).then(|| Gpu {
        id: id.to_owned(),
        product: given.product.clone(),
        architecture: "as given".to_owned(),
        compute_slices,
        memory_slices: Some(memory_slices),
        memory_gb: memory_gb.unwrap_or_default(),
        pci_device_ids: given.pci_device_ids.clone(),
        min_driver: given.min_driver.clone(),
        mode_change: if given.mode_change_needs_reset {
            ModeChange::Reset
        } else {
            ModeChange::Immediate
        },
        mode_persists_reboot: given.mode_change_needs_reset,
        engine_totals: None,
        bottlerocket: None,
        notes: Vec::new(),
        sources: vec![SOURCE.to_owned()],
        profiles,
    })
}

fn profiles(
    given: &GpuOverride,
    compute_slices: u8,
    memory_slices: u8,
    findings: &mut Findings,
) -> Vec<ProfileFact> {
    if given.profiles.is_empty() {
        findings.fault("profiles", "The GPU has no profiles", "Give at least one.");
    }
    let mut ids = BTreeSet::new();
    let mut facts = Vec::new();
    for (name, given) in &given.profiles {
        findings.below(FieldPath::of("profiles").key(name), |findings| {
            if !ids.insert(given.gpu_instance_profile_id) {
                findings.fault(
                    "gpu_instance_profile_id",
                    format!("ID {} is given twice", given.gpu_instance_profile_id),
                    "Each profile of a GPU has an ID of its own; nvidia-smi mig -lgip lists them.",
                );
            }
            facts.extend(profile(name, given, compute_slices, memory_slices, findings));
        });
    }
    facts
}

fn profile(
    name: &str,
    given: &ProfileOverride,
    compute_slices: u8,
    memory_slices: u8,
    findings: &mut Findings,
) -> Option<ProfileFact> {
    let before = findings.faults.len();
    let parsed: Option<Profile> = name
        .parse()
        .map_err(|error| findings.fault("", "The key is no profile", format!("{error}.")))
        .ok();
    let id = findings.number("gpu_instance_profile_id", given.gpu_instance_profile_id, 0, 1000);
    let size = findings.small("memory_slices", given.memory_slices, 1, memory_slices)?;
    let parsed = parsed?;
    let most = (memory_slices / size).min(compute_slices.checked_div(parsed.compute_slices).unwrap_or(0));
    let max_instances = findings.small("max_instances", given.max_instances, 1, most.max(1));
    if parsed.compute_slices > compute_slices {
        let detail = format!(
            "{name} has {} compute slices and the GPU {compute_slices}.",
            parsed.compute_slices
        );
        findings.fault("", "The profile is larger than the GPU", detail);
    }
    let starts = starts(given, memory_slices - size, findings);
    (findings.faults.len() == before).then_some(())?;
    Some(ProfileFact {
        profile: parsed,
        gpu_instance_profile_id: id,
        compute_slices: parsed.compute_slices,
        memory_slices: Some(size),
        max_instances: max_instances?,
        placements: Some(Placements { starts, size }),
        memory_gib: given.memory_gib,
        sm_count: None,
        copy_engines: None,
        nvdec: None,
        nvenc: None,
        jpeg: None,
        ofa: None,
        min_driver_branch: None,
        confidence: Confidence::Declared,
        note: None,
        sources: vec![SOURCE.to_owned()],
    })
}

fn starts(given: &ProfileOverride, last: u8, findings: &mut Findings) -> Vec<u8> {
    let within = |start: &i64| u8::try_from(*start).ok().filter(|start| *start <= last);
    let starts: Option<Vec<u8>> = given.starts.iter().map(within).collect();
    let ascending = starts
        .as_ref()
        .is_some_and(|starts| !starts.is_empty() && starts.is_sorted_by(|a, b| a < b));
    if !ascending {
        let detail = format!(
            "Found {:?}; give the first memory slices of nvidia-smi mig -lgipp, ascending, each 0 to {last}.",
            given.starts
        );
        findings.fault("starts", "The profile cannot start there", detail);
    }
    starts.unwrap_or_default()
}

fn check_device(attribute: &str, device: &str, findings: &mut Findings) {
    let digits = device.strip_prefix("0x").unwrap_or_default();
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        findings.fault(
            attribute,
            format!("{device:?} is not a PCI device ID"),
            "It is 0x and four hexadecimal digits, without the vendor: 0x2330.",
        );
    }
}

fn instance_type(
    name: &str,
    given: &InstanceTypeOverride,
    gpu: Option<&Gpu>,
    findings: &mut Findings,
) -> Option<InstanceType> {
    let Some(gpu) = gpu else {
        let reason = format!(
            "Found {:?}. Give the identity of a GPU of the catalog, or add the GPU to gpus.",
            given.gpu
        );
        findings.fault(
            "gpu",
            "Unknown GPU",
            Advice::new(reason, [Remedy::LookUp(Listing::Gpus)]),
        );
        return None;
    };
    if !matches!(given.architecture.as_str(), "amd64" | "arm64") {
        let detail = format!("Found {:?}; it is amd64 or arm64.", given.architecture);
        findings.fault("architecture", "Unknown architecture", detail);
    }
    let device = device(given, gpu, findings);
    let count = findings.small("gpu_count", given.gpu_count, 1, 64)?;
    Some(InstanceType {
        name: name.to_owned(),
        family: name.split('.').next().unwrap_or(name).to_owned(),
        architecture: given.architecture.clone(),
        vcpu: None,
        memory_mib: None,
        gpu: NodeGpu {
            model: gpu.product.clone(),
            karpenter_gpu_name: given.karpenter_gpu_name.clone(),
            count,
            karpenter_gpu_count: count,
            fraction: 1.0,
            memory_mib: None,
            pci_device_id: device,
        },
        mig: NodeMig {
            support: MigSupport::Yes,
            gpu: Some(gpu.id.clone()),
            min_driver: gpu.min_driver.clone(),
        },
        efa_interfaces: None,
        network_mbps: None,
        nvswitch_fabric_manager: Some(given.fabric_manager),
        notes: Vec::new(),
        sources: vec![SOURCE.to_owned()],
    })
}

/// The device by which a node is recognised: the one given, or the GPU's only one.
fn device(given: &InstanceTypeOverride, gpu: &Gpu, findings: &mut Findings) -> Option<String> {
    let known = gpu.pci_device_ids.join(", ");
    match (&given.pci_device_id, gpu.pci_device_ids.as_slice()) {
        (Some(device), all) if all.contains(device) => Some(device.clone()),
        (None, [only]) => Some(only.clone()),
        (Some(device), _) => {
            let detail = format!("Found {device}; {} has: {known}.", gpu.product);
            findings.fault(
                "pci_device_id",
                "The GPU does not have this PCI device ID",
                detail,
            );
            None
        }
        (None, _) => {
            let detail = format!(
                "{} has several: {known}. Say which one the instance type has.",
                gpu.product
            );
            findings.fault("pci_device_id", "The PCI device ID is not given", detail);
            None
        }
    }
}
