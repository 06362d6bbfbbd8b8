//! The catalog's rows.

use mig::Catalog;
use mig::catalog::{ProfileFilter, ProfileRow};
use tfplug::{Attr, Diagnostics, Path};

use super::model::{ProfileData, ProfilesData};
use crate::facts::Facts;

/// What is wrong with the filter, whatever is unknown left out.
pub(super) fn check(config: &ProfilesData, facts: &Facts, diags: &mut Diagnostics) {
    if !facts.is_complete() {
        return;
    }
    let catalog = facts.catalog();
    if let Some(name) = config.instance_type.as_str()
        && catalog.instance_type(name).is_none()
    {
        let nearest = catalog.nearest_instance_types(name).join(", ");
        let detail =
            format!("The catalog has no GPU instance type {name:?}. The nearest that it has: {nearest}.");
        diags.error_at(Path::attr("instance_type"), "Unknown GPU instance type", detail);
    }
    if let Some(id) = config.gpu.as_str()
        && catalog.gpu(id).is_none()
    {
        let all: Vec<_> = catalog.gpus().map(|gpu| gpu.id.as_str()).collect();
        let detail = format!("The catalog has no GPU {id:?}. It has: {}.", all.join(", "));
        diags.error_at(Path::attr("gpu"), "Unknown GPU", detail);
    }
}

/// The configuration with the rows that it asks for.
pub(super) fn list(config: ProfilesData, catalog: &Catalog) -> ProfilesData {
    let filter = ProfileFilter {
        instance_type: config.instance_type.clone().into_known(),
        gpu: config.gpu.clone().into_known(),
    };
    let rows = catalog.profiles(&filter).into_iter().map(row).collect::<Vec<_>>();
    ProfilesData {
        profiles: rows.into(),
        ..config
    }
}

fn row(row: ProfileRow) -> ProfileData {
    let optional = |n: Option<u8>| -> Attr<i64> { n.map(i64::from).into() };
    let wide = |n: Option<u16>| -> Attr<i64> { n.map(i64::from).into() };
    ProfileData {
        gpu: row.gpu.into(),
        product: row.product.into(),
        instance_types: row.instance_types.into(),
        profile: row.profile.into(),
        generic: row.generic.into(),
        resource_name: row.resource_name.into(),
        gpu_instance_profile_id: wide(row.gpu_instance_profile_id),
        compute_slices: i64::from(row.compute_slices).into(),
        memory_slices: optional(row.memory_slices),
        memory_gib: row.memory_gib.into(),
        sm_count: wide(row.sm_count),
        max_instances: i64::from(row.max_instances).into(),
        starts: row.starts.into_iter().map(i64::from).collect::<Vec<_>>().into(),
        min_driver: row.min_driver.into(),
        sources: row.sources.into(),
    }
}
