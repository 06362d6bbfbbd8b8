//! Whether the catalog has what a filter names; what is unknown is not judged.

use tfplug::{Attr, Diagnostics, Path};

use crate::facts::Facts;

/// `instance_type` of a filter.
pub(super) fn instance_type(name: &Attr<String>, facts: &Facts, diags: &mut Diagnostics) {
    let catalog = facts.catalog();
    let Some(name) = name.as_str().filter(|_| facts.is_complete()) else {
        return;
    };
    if catalog.instance_type(name).is_none() {
        let nearest = catalog.nearest_instance_types(name).join(", ");
        let advice = match nearest.as_str() {
            "" => "data.mig_instance_types lists all.".to_owned(),
            nearest => format!("The nearest that it has: {nearest}."),
        };
        let detail = format!("The catalog has no GPU instance type {name:?}. {advice}");
        diags.error_at(Path::attr("instance_type"), "Unknown GPU instance type", detail);
    }
}

/// `gpu` of a filter.
pub(super) fn gpu(id: &Attr<String>, facts: &Facts, diags: &mut Diagnostics) {
    let catalog = facts.catalog();
    let Some(id) = id.as_str().filter(|_| facts.is_complete()) else {
        return;
    };
    if catalog.gpu(id).is_none() {
        let all: Vec<_> = catalog.gpus().map(|gpu| gpu.id.as_str()).collect();
        let detail = format!("The catalog has no GPU {id:?}. It has: {}.", all.join(", "));
        diags.error_at(Path::attr("gpu"), "Unknown GPU", detail);
    }
}
