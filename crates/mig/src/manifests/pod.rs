//! What a pod says to get one slice.

use serde_json::{Value, json};

use super::kubernetes::Toleration;
use crate::catalog::{Catalog, LookupError};
use crate::layout::{LAYOUT_LABEL, Layout, SLICES_TAINT, Strategy};
use crate::profile::{GPU_RESOURCE, ProfileRef};

/// Why there is no snippet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PodError {
    /// Not a profile name, or not one of the GPU's.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// No node of the layout has it.
    #[error("the layout has no slice {profile}; its nodes offer {offered}")]
    NotInLayout {
        /// What was asked for.
        profile: String,
        /// Resources of all nodes.
        offered: String,
    },
    /// A generic name that means something else on each type.
    #[error("{profile} is {resources}, another one on each instance type; name the profile exactly")]
    Several {
        /// What was asked for.
        profile: String,
        /// What it means.
        resources: String,
    },
}

/// The part of a pod's `spec` that gets it one slice of that profile (exact or generic) on a node of this layout: a
/// container's limits, tolerations of the layout's taint and of the one that a pool may have in addition, and the layout's
/// label, without which another pool's `nvidia.com/gpu` would do as well.
pub fn slice_pod(layout: &Layout, profile: &str, catalog: &Catalog) -> Result<Value, PodError> {
    let resource = resource(layout, profile, catalog)?;
    let taints = layout.taints();
    let mut tolerations: Vec<Toleration> = taints
        .iter()
        .map(|taint| Toleration::exists(&taint.key, Some(&taint.effect)))
        .collect();
    tolerations.push(Toleration::exists(SLICES_TAINT, Some("NoSchedule")));
    Ok(json!({
        "containers": [{"name": "main", "resources": {"limits": {resource: "1"}}}],
        "nodeSelector": {LAYOUT_LABEL: layout.id()},
        "tolerations": tolerations,
    }))
}

fn resource(layout: &Layout, profile: &str, catalog: &Catalog) -> Result<String, PodError> {
    profile.parse::<ProfileRef>().map_err(LookupError::from)?;
    let mut found: Vec<String> = Vec::new();
    for node in layout.nodes() {
        let Ok(exact) = catalog.profile(node.instance_type(), profile) else {
            continue;
        };
        if node.slices().contains_key(&exact) {
            found.push(match layout.strategy() {
                Strategy::Mixed => exact.resource_name(),
                Strategy::Single => GPU_RESOURCE.to_owned(),
            });
        }
    }
    found.sort();
    found.dedup();
    match found.as_slice() {
        [resource] => Ok(resource.clone()),
        [] => Err(PodError::NotInLayout {
            profile: profile.to_owned(),
            offered: offered(layout).join(", "),
        }),
        several => Err(PodError::Several {
            profile: profile.to_owned(),
            resources: several.join(" or "),
        }),
    }
}

fn offered(layout: &Layout) -> Vec<String> {
    let mut names: Vec<String> = layout
        .nodes()
        .filter_map(|node| layout.resources(node.instance_type()))
        .flat_map(|resources| resources.into_keys())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LayoutSpec;

    fn layout(spec: Value) -> Layout {
        let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
        Layout::resolve(&spec, Catalog::builtin()).unwrap()
    }

    #[test]
    fn a_pod_for_a_slice() {
        let mixed = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}));
        let expected = json!({
            "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/mig-1g.10gb": "1"}}}],
            "nodeSelector": {"mig.eks/layout": mixed.id()},
            "tolerations": [
                {"effect": "NoSchedule", "key": "nvidia.com/gpu", "operator": "Exists"},
                {"effect": "NoSchedule", "key": "mig.eks/slices", "operator": "Exists"},
            ],
        });
        assert_eq!(slice_pod(&mixed, "1g", Catalog::builtin()), Ok(expected));
        let single = layout(
            json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge"], "slices": {"1g": 7}, "strategy": "single"}),
        );
        let pod = slice_pod(&single, "1g", Catalog::builtin()).unwrap();
        assert_eq!(
            pod["containers"][0]["resources"]["limits"],
            json!({"nvidia.com/gpu": "1"})
        );
    }

    #[test]
    fn slices_that_are_not_there() {
        let several =
            layout(json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge"], "slices": {"1g": 7}}));
        let error = |profile: &str| {
            slice_pod(&several, profile, Catalog::builtin())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("3g"),
            "the layout has no slice 3g; its nodes offer nvidia.com/mig-1g.10gb, nvidia.com/mig-1g.18gb"
        );
        assert_eq!(
            error("1g"),
            "1g is nvidia.com/mig-1g.10gb or nvidia.com/mig-1g.18gb, another one on each instance type; name the profile exactly"
        );
        assert!(error("slice").contains("slice"), "{}", error("slice"));
        assert!(slice_pod(&several, "1g.18gb", Catalog::builtin()).is_ok());
    }
}
