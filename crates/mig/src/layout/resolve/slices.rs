//! Which slices each group of GPUs gets.

use std::collections::{BTreeMap, BTreeSet};

use super::{Faults, Node, PlacedGroups, models};
use crate::catalog::Gpu;
use crate::finding::FieldPath;
use crate::layout::fault::{GpuUse, Problem};
use crate::layout::spec::LayoutSpec;
use crate::placement::{FitError, Placed, ProfileCounts, fit, nearest_valid, obstacle};
use crate::profile::{Profile, ProfileRef};

/// Far above what any GPU can have, and far below where sums overflow.
const MAX_COUNT: i64 = 1_000_000;

/// GPUs that are cut alike.
pub(super) struct Group {
    /// The way to it; the whole layout where all GPUs are alike.
    at: FieldPath,
    /// Indexes of its GPUs; none means all.
    pub(super) devices: Option<Vec<i64>>,
    /// What was written for each profile that can be read.
    requests: Vec<Request>,
    /// Whether it asks for slices at all, readable or not.
    asks: bool,
}

struct Request {
    key: String,
    profile: ProfileRef,
    count: u32,
}

impl Group {
    pub(super) fn is_cut(&self) -> bool {
        self.asks
    }

    /// Indexes of its GPUs on a node with `count` of them.
    pub(super) fn indexes(&self, count: usize) -> Vec<usize> {
        match &self.devices {
            None => (0..count).collect(),
            Some(devices) => {
                let indexes = devices.iter().filter_map(|device| usize::try_from(*device).ok());
                indexes.filter(|index| *index < count).collect()
            }
        }
    }

    /// The way to one of its devices.
    pub(super) fn device_at(&self, index: usize) -> FieldPath {
        self.at.attr("devices").index(index)
    }

    fn slices_at(&self) -> FieldPath {
        self.at.attr("slices")
    }

    fn slice_at(&self, key: &str) -> FieldPath {
        self.slices_at().key(key)
    }
}

/// Reads `slices` or `gpus`.
pub(super) fn groups(spec: &LayoutSpec, faults: &mut Faults) -> Vec<Group> {
    match (&spec.slices, &spec.gpus) {
        // An empty list beside slices is what modules and mocked providers give for one that was left out.
        (Some(_), Some(list)) if list.is_empty() => {}
        (Some(_), Some(_)) => faults.add("gpus", Problem::SlicesAndGpus),
        (None, None) if spec.sharing.is_none() => faults.add("", Problem::NothingAsked),
        (None, Some(list)) if list.is_empty() => faults.add("gpus", Problem::NoGroups),
        _ => {}
    }
    let mut groups = Vec::new();
    if let Some(slices) = &spec.slices {
        groups.push(group(FieldPath::default(), None, slices, faults));
    }
    for (index, part) in spec.gpus.iter().flatten().enumerate() {
        let at = FieldPath::of("gpus").index(index);
        if part.devices.is_empty() {
            faults.add(at.attr("devices"), Problem::NoDevices);
        }
        groups.push(group(at, Some(part.devices.clone()), &part.slices, faults));
    }
    groups
}

fn group(
    at: FieldPath,
    devices: Option<Vec<i64>>,
    slices: &BTreeMap<String, i64>,
    faults: &mut Faults,
) -> Group {
    let mut group = Group {
        at,
        devices,
        requests: Vec::new(),
        asks: !slices.is_empty(),
    };
    for (key, count) in slices {
        let countable = (1..=MAX_COUNT).contains(count);
        if !countable {
            faults.add(
                group.slice_at(key),
                Problem::Count {
                    profile: key.clone(),
                    count: *count,
                },
            );
        }
        match (key.parse(), u32::try_from(*count)) {
            (Ok(profile), Ok(count)) if countable => group.requests.push(Request {
                key: key.clone(),
                profile,
                count,
            }),
            (Ok(profile), _) => group.requests.push(Request {
                key: key.clone(),
                profile,
                count: 0,
            }),
            (Err(error), _) => faults.add(group.slice_at(key), Problem::NotAProfile(error)),
        }
    }
    group
}

/// Finds a place for every slice of every group on every GPU model.
pub(super) fn place<'c>(nodes: &[Node<'c>], groups: &[Group], faults: &mut Faults) -> PlacedGroups<'c> {
    let models = models(nodes);
    let mut placed = PlacedGroups::new();
    for group in groups {
        check_profiles(group, &models, faults);
        for (id, (gpu, uses)) in &models {
            let instances = place_group(group, gpu, uses, faults);
            placed.entry(*id).or_default().push(instances);
        }
    }
    placed
}

/// Every profile must exist on every model. Said once per profile, not once per model.
fn check_profiles(group: &Group, models: &BTreeMap<&str, (&Gpu, GpuUse)>, faults: &mut Faults) {
    for request in &group.requests {
        let has = |gpu: &Gpu| gpu.resolve(request.profile).is_some();
        let (with, without): (Vec<_>, Vec<_>) = models.values().partition(|(gpu, _)| has(gpu));
        let Some((gpu, missing)) = without.first() else {
            continue;
        };
        let problem = match with.first() {
            Some((_, on)) => Problem::NotOnAll {
                profile: request.key.clone(),
                on: on.clone(),
                missing: missing.clone(),
                generic: generic_for_all(request.profile, models),
            },
            None => Problem::UnknownProfile {
                profile: request.key.clone(),
                on: missing.clone(),
                available: gpu.profile_names(),
            },
        };
        faults.add(group.slice_at(&request.key), problem);
    }
}

/// The generic name of an exact profile, if it means that very profile where the exact one exists, and something on
/// every other model.
fn generic_for_all(asked: ProfileRef, models: &BTreeMap<&str, (&Gpu, GpuUse)>) -> Option<String> {
    let ProfileRef::Exact(profile) = asked else {
        return None;
    };
    let name = profile.generic();
    let generic: ProfileRef = name.parse().ok()?;
    let serves = models
        .values()
        .all(|(gpu, _)| match (gpu.profile(profile), gpu.resolve(generic)) {
            (Some(exact), Some(found)) => exact.profile == found.profile,
            (None, found) => found.is_some(),
            (Some(_), None) => false,
        });
    serves.then_some(name)
}

fn place_group(group: &Group, gpu: &Gpu, uses: &GpuUse, faults: &mut Faults) -> Option<Vec<Placed>> {
    let counts = counts(group, gpu, uses, faults)?;
    match fit(gpu, &counts) {
        Ok(placed) => Some(placed),
        Err(error) => {
            let path = match &error {
                FitError::TooMany { profile, .. } => {
                    let named = group
                        .requests
                        .iter()
                        .find(|request| means(gpu, request, *profile));
                    named.map_or_else(|| group.slices_at(), |request| group.slice_at(&request.key))
                }
                _ => group.slices_at(),
            };
            let on = uses.clone();
            let obstacle = obstacle(gpu, &counts).map(Box::new);
            let suggestion = nearest_valid(gpu, &counts);
            faults.add(
                path,
                Problem::DoesNotFit {
                    asked: counts,
                    on,
                    error,
                    obstacle,
                    suggestion,
                },
            );
            None
        }
    }
}

fn means(gpu: &Gpu, request: &Request, profile: Profile) -> bool {
    gpu.resolve(request.profile)
        .is_some_and(|fact| fact.profile == profile)
}

/// The group's counts by this GPU's own profiles; none where one is missing, which has been said already.
fn counts(group: &Group, gpu: &Gpu, uses: &GpuUse, faults: &mut Faults) -> Option<ProfileCounts> {
    let mut named: BTreeMap<Profile, &Request> = BTreeMap::new();
    for request in &group.requests {
        let fact = gpu.resolve(request.profile)?;
        if let Some(first) = named.insert(fact.profile, request) {
            let (first, second) = (first.key.clone(), request.key.clone());
            faults.add(
                group.slice_at(&request.key),
                Problem::SameProfile {
                    first,
                    second,
                    on: uses.clone(),
                },
            );
        }
    }
    Some(
        named
            .into_iter()
            .map(|(profile, request)| (profile, request.count))
            .collect(),
    )
}

/// The device plugin's own conditions for `single`: no whole GPU beside slices, one profile on the whole node.
pub(super) fn check_single(
    spec: &LayoutSpec,
    groups: &[Group],
    placed: &PlacedGroups<'_>,
    faults: &mut Faults,
) {
    let path = if spec.slices.is_none() { "gpus" } else { "slices" };
    if groups.is_empty() {
        faults.add("strategy", Problem::SingleWithWhole);
    }
    for whole in groups.iter().filter(|group| !group.is_cut()) {
        faults.add(whole.slices_at(), Problem::SingleWithWhole);
    }
    for of_model in placed.values() {
        let profiles: BTreeSet<Profile> = of_model
            .iter()
            .flatten()
            .flatten()
            .map(|instance| instance.profile)
            .collect();
        if profiles.len() > 1 {
            let names = profiles.iter().map(Profile::to_string).collect();
            faults.add(path, Problem::SingleWithDifferent(names));
        }
    }
}
