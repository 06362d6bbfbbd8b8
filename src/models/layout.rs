//! `layout`: what the GPUs of a node are cut into. The same object everywhere, so that it can be handed on.

use std::collections::BTreeMap;

use mig::layout::{GpuGroup, Problem, SharingSpec};
use mig::{Finding, Layout, LayoutSpec};
use tfplug::schema::validators;
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::checked::{Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::findings::report;

/// What the GPUs of a node are cut into.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct LayoutModel {
    /// EC2 instance types that the layout is for, such as `p5.48xlarge`. It must fit each of them.
    #[attr(required, validate = validators::not_empty())]
    pub instance_types: Attr<Vec<String>>,
    /// Slices of every GPU of a node: count by MIG profile. A profile is exact (`1g.10gb`, `1g.10gb+me`) or generic
    /// (`1g`, `3g`), which is resolved for each GPU model, so that one layout serves several instance types.
    pub slices: Attr<BTreeMap<String, i64>>,
    /// Instead of `slices`: different slices for different GPUs of a node. Every GPU is in exactly one group.
    pub gpus: Attr<Vec<GpuGroupModel>>,
    /// How the device plugin names slices: `mixed` gives each profile a resource of its own
    /// (`nvidia.com/mig-1g.10gb`); `single` calls all slices `nvidia.com/gpu` and needs them to be equal. `mixed` if
    /// left out.
    #[attr(validate = validators::one_of(&["mixed", "single"]))]
    pub strategy: Attr<String>,
    /// Several pods per GPU or slice, for GPUs that have no MIG or in addition to it.
    pub sharing: Attr<SharingModel>,
}

/// Some GPUs of a node and their slices.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct GpuGroupModel {
    /// Indexes of the GPUs, from 0.
    #[attr(required, validate = validators::not_empty())]
    pub devices: Attr<Vec<i64>>,
    /// Slices of each of these GPUs: count by MIG profile. Empty for whole GPUs.
    #[attr(required)]
    pub slices: Attr<BTreeMap<String, i64>>,
}

/// How one GPU or slice serves several pods.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct SharingModel {
    /// `time-slicing`: in turn, without isolation of memory or faults. `mps`: side by side, not on MIG slices.
    #[attr(required, validate = validators::one_of(&["time-slicing", "mps"]))]
    pub strategy: Attr<String>,
    /// Pods per GPU or slice, at least 2.
    #[attr(required)]
    pub replicas: Attr<i64>,
}

impl LayoutModel {
    /// The plain layout, or nothing while any part of it is unknown.
    pub fn spec(&self) -> Option<LayoutSpec> {
        Some(LayoutSpec {
            instance_types: self.instance_types.settled()?.cloned().unwrap_or_default(),
            slices: self.slices.settled()?.cloned(),
            gpus: match self.gpus.settled()?.cloned() {
                Some(groups) => Some(groups.iter().map(GpuGroupModel::spec).collect::<Option<_>>()?),
                None => None,
            },
            strategy: self.strategy.settled()?.cloned(),
            sharing: match self.sharing.settled()?.cloned() {
                Some(sharing) => Some(sharing.spec()?),
                None => None,
            },
        })
    }

    /// The checked layout; deferred while any part of it, or the catalog that knows its instance types, is unknown.
    /// Facts that are not certain become warnings.
    ///
    /// # Errors
    /// [`Withheld`]
    pub fn resolve(&self, facts: &Facts, at: &Path, diags: &mut Diagnostics) -> Checked<Layout> {
        match Layout::resolve(&self.spec().or_deferred()?, facts.catalog()) {
            Ok(layout) => {
                report(layout.warnings(), at, diags);
                Ok(layout)
            }
            Err(faults) if !facts.is_complete() && faults.iter().any(is_unknown_type) => {
                Err(Withheld::Deferred)
            }
            Err(faults) => {
                report(&faults, at, diags);
                Err(Withheld::Invalid)
            }
        }
    }

    /// The same object from a plain layout.
    pub fn from_spec(spec: &LayoutSpec) -> Self {
        let group = |g: &GpuGroup| GpuGroupModel {
            devices: g.devices.clone().into(),
            slices: g.slices.clone().into(),
        };
        let sharing = |s: &SharingSpec| SharingModel {
            strategy: s.strategy.clone().into(),
            replicas: s.replicas.into(),
        };
        Self {
            instance_types: spec.instance_types.clone().into(),
            slices: spec.slices.clone().into(),
            gpus: spec
                .gpus
                .as_ref()
                .map(|groups| groups.iter().map(group).collect::<Vec<_>>())
                .into(),
            strategy: spec.strategy.clone().into(),
            sharing: spec.sharing.as_ref().map(sharing).into(),
        }
    }
}

impl GpuGroupModel {
    fn spec(&self) -> Option<GpuGroup> {
        Some(GpuGroup {
            devices: self.devices.settled()?.cloned().unwrap_or_default(),
            slices: self.slices.settled()?.cloned().unwrap_or_default(),
        })
    }
}

impl SharingModel {
    fn spec(&self) -> Option<SharingSpec> {
        Some(SharingSpec {
            strategy: self.strategy.settled()?.cloned().unwrap_or_default(),
            replicas: self.replicas.settled()?.cloned().unwrap_or_default(),
        })
    }
}

fn is_unknown_type(fault: &Finding) -> bool {
    matches!(fault.problem(), Some(Problem::UnknownInstanceType { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(profile: &str, count: i64) -> LayoutModel {
        LayoutModel {
            instance_types: vec!["p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([(profile.to_owned(), count)]).into(),
            ..LayoutModel::default()
        }
    }

    #[test]
    fn a_fault_names_its_attribute() {
        let mut diags = Diagnostics::new();
        let resolved = layout("1g.11gb", 7).resolve(&Facts::default(), &Path::attr("layout"), &mut diags);
        assert_eq!(resolved.err(), Some(Withheld::Invalid));
        let places: Vec<_> = diags.iter().map(|d| d.path.to_string()).collect();
        assert_eq!(places, [r#"layout.slices["1g.11gb"]"#]);
    }

    #[test]
    fn unknown_parts_are_not_judged() {
        let mut diags = Diagnostics::new();
        let unknown = LayoutModel {
            instance_types: Attr::Unknown,
            ..layout("nonsense", -1)
        };
        let resolved = unknown.resolve(&Facts::default(), &Path::attr("layout"), &mut diags);
        assert_eq!(resolved.err(), Some(Withheld::Deferred));
        assert!(diags.is_empty());
    }

    #[test]
    fn a_layout_survives_the_way_there_and_back() {
        let spec = layout("1g.10gb", 7).spec().unwrap();
        assert_eq!(LayoutModel::from_spec(&spec).spec(), Some(spec));
    }
}
