//! The catalog's instance types.

use mig::Catalog;
use mig::catalog::InstanceType;
use tfplug::Attr;

use super::model::{InstanceTypeData, InstanceTypesData};

/// The configuration with the types that it asks for.
pub(super) fn list(config: InstanceTypesData, catalog: &Catalog) -> InstanceTypesData {
    let wanted = |found: &&InstanceType| {
        let support_fits = config
            .mig
            .as_str()
            .is_none_or(|word| word == found.mig.support.as_str());
        let gpu_fits = config
            .gpu
            .as_str()
            .is_none_or(|id| found.mig.gpu.as_deref() == Some(id));
        support_fits && gpu_fits
    };
    let types = catalog.instance_types().filter(wanted);
    let rows: Vec<_> = types.map(|found| row(found, catalog)).collect();
    InstanceTypesData {
        instance_types: rows.into(),
        ..config
    }
}

fn row(found: &InstanceType, catalog: &Catalog) -> InstanceTypeData {
    let mebibytes = |number: Option<u64>| -> Attr<i64> { number.and_then(|n| i64::try_from(n).ok()).into() };
    let profiles = catalog.mig_gpu(found).map(|gpu| gpu.profile_names());
    let sources = found.sources.iter().map(|key| catalog.source(key).to_owned());
    InstanceTypeData {
        name: found.name.clone().into(),
        architecture: found.architecture.clone().into(),
        gpu: found.gpu.model.clone().into(),
        gpu_count: i64::from(found.gpu.count).into(),
        gpu_memory_mib: mebibytes(found.gpu.memory_mib),
        mig: found.mig.support.as_str().to_owned().into(),
        mig_gpu: found.mig.gpu.clone().into(),
        profiles: profiles.unwrap_or_default().into(),
        min_driver: found.mig.min_driver.clone().into(),
        vcpu: found.vcpu.map(i64::from).into(),
        memory_mib: mebibytes(found.memory_mib),
        efa_interfaces: found.efa_interfaces.map(i64::from).into(),
        karpenter_gpu_name: found.gpu.karpenter_gpu_name.clone().into(),
        zones: Attr::Null,
        quota_on_demand_vcpu: Attr::Null,
        quota_spot_vcpu: Attr::Null,
        notes: found.notes.clone().into(),
        sources: sources.collect::<Vec<_>>().into(),
    }
}
