//! Slices with their places, as NVIDIA's DRA driver publishes them.

use serde::Serialize;

use super::Reason;
use crate::layout::NodeLayout;
use crate::profile::Profile;

/// The driver whose ResourceSlices list GPUs and slices.
pub const DRA_DRIVER: &str = "gpu.nvidia.com";

/// One device of a ResourceSlice of [`DRA_DRIVER`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraDevice {
    /// `gpu-0-mig-1g10gb-19-4`, or `gpu-0` for a whole GPU. No promised form.
    pub name: String,
    /// The attribute `profile`; none for a whole GPU.
    pub profile: Option<String>,
    /// First memory slice, where something other than the name says it.
    pub start: Option<u8>,
    /// Memory slices.
    pub size: Option<u8>,
}

/// One slice and where it lies, or a whole GPU.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FoundSlice {
    /// The GPU's minor number.
    pub gpu: u32,
    /// The slice's profile; none for a whole GPU.
    pub profile: Option<Profile>,
    /// First memory slice.
    pub start: u8,
}

/// All of them, where every one is known. One form that is not known makes the whole unknown.
pub(super) fn placements(devices: &[DraDevice]) -> Option<Vec<FoundSlice>> {
    let mut slices: Vec<FoundSlice> = devices.iter().map(slice).collect::<Option<_>>()?;
    slices.sort();
    Some(slices).filter(|slices| !slices.is_empty())
}

fn slice(device: &DraDevice) -> Option<FoundSlice> {
    let parts: Vec<&str> = device.name.split('-').collect();
    let ["gpu", minor, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let gpu = minor.parse().ok()?;
    let Some(profile) = &device.profile else {
        return rest.is_empty().then_some(FoundSlice {
            gpu,
            profile: None,
            start: 0,
        });
    };
    let profile: Profile = profile.parse().ok()?;
    let start = device.start.or_else(|| start(rest, profile))?;
    Some(FoundSlice {
        gpu,
        profile: Some(profile),
        start,
    })
}

/// The start at the end of a name whose form is known by the profile in it. Other forms end in other numbers.
fn start(rest: &[&str], profile: Profile) -> Option<u8> {
    let ["mig", size, .., _, start] = rest else {
        return None;
    };
    let named = format!("{}g{}gb", profile.compute_slices, profile.memory_gb);
    start.parse().ok().filter(|_| size.starts_with(&named))
}

/// Where slices lie on one GPU.
type Places = Vec<(u8, Profile)>;

/// Says where the places differ from the layout's. GPUs are compared as a set: minor numbers need not follow the order in
/// which a layout counts GPUs.
pub(super) fn differ(layout: &NodeLayout, found: &[FoundSlice]) -> Option<Reason> {
    let mut expected: Vec<Places> = layout
        .gpus()
        .iter()
        .map(|gpu| gpu.iter().map(|placed| (placed.start, placed.profile)).collect())
        .collect();
    let mut real: Vec<Places> = found
        .chunk_by(|a, b| a.gpu == b.gpu)
        .map(|gpu| {
            gpu.iter()
                .filter_map(|slice| Some((slice.start, slice.profile?)))
                .collect()
        })
        .collect();
    for gpu in expected.iter_mut().chain(&mut real) {
        gpu.sort();
    }
    expected.sort();
    real.sort();
    (expected != real).then(|| Reason::PlacementsDiffer {
        expected: expected.iter().map(in_words).collect(),
        found: real.iter().map(in_words).collect(),
    })
}

fn in_words(gpu: &Places) -> String {
    if gpu.is_empty() {
        return "whole".to_owned();
    }
    let slices: Vec<String> = gpu
        .iter()
        .map(|(start, profile)| format!("{profile}@{start}"))
        .collect();
    slices.join(" ")
}
