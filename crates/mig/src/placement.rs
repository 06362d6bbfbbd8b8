//! Where the instances of one GPU can lie.
//!
//! A set of (profile, start) can be created if and only if every start is one that the profile has, no two memory
//! intervals overlap, compute slices add up to no more than the GPU has, no profile exceeds its own maximum, and at
//! most one instance is media-extended (NVIDIA's MIG guide; `rules` in `catalog/gpus.json`).

mod enumerate;
mod fit;
mod nearest;

pub use enumerate::{Counts, enumerate};
pub use fit::{FitError, Obstacle, ProfileCounts, fit, obstacle};
pub(crate) use nearest::in_words;
pub use nearest::{Suggestion, nearest_valid};

use serde::Serialize;

use crate::catalog::{Gpu, ProfileFact};
use crate::profile::Profile;

/// One GPU instance at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Placed {
    /// First memory slice.
    pub start: u8,
    /// Memory slices that it occupies.
    pub size: u8,
    /// Compute slices that it has.
    pub compute_slices: u8,
    /// NVIDIA's GPU instance profile ID on this GPU.
    pub gpu_instance_profile_id: u16,
    /// Its profile.
    pub profile: Profile,
}

/// A profile of which everything is known that creating it needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind<'a> {
    pub(crate) profile: Profile,
    pub(crate) id: u16,
    pub(crate) compute: u8,
    pub(crate) size: u8,
    pub(crate) max: u8,
    pub(crate) starts: &'a [u8],
}

impl<'a> Kind<'a> {
    pub(crate) fn of(fact: &'a ProfileFact) -> Option<Self> {
        let placements = fact.placements.as_ref()?;
        Some(Self {
            profile: fact.profile,
            id: fact.gpu_instance_profile_id?,
            compute: fact.compute_slices,
            size: placements.size,
            max: fact.max_instances,
            starts: &placements.starts,
        })
    }

    /// All of a GPU, in a fixed order: largest first, so that a search finds the large ones a place early.
    pub(crate) fn all(gpu: &'a Gpu) -> Vec<Self> {
        let mut kinds: Vec<Self> = gpu.profiles.iter().filter_map(Self::of).collect();
        kinds.sort_by_key(|kind| (std::cmp::Reverse((kind.size, kind.compute)), kind.profile));
        kinds
    }

    fn at(&self, start: u8) -> Placed {
        Placed {
            start,
            size: self.size,
            compute_slices: self.compute,
            gpu_instance_profile_id: self.id,
            profile: self.profile,
        }
    }

    fn mask(&self, start: u8) -> u32 {
        ((1u32 << self.size) - 1) << start
    }
}

/// What is taken of a GPU while a set grows: the rule of this module, one instance at a time.
#[derive(Debug, Clone)]
pub(crate) struct Occupancy {
    memory: u32,
    compute_left: u8,
    media_extended: bool,
    count: Vec<u8>,
}

impl Occupancy {
    pub(crate) fn empty(gpu: &Gpu, kinds: usize) -> Self {
        Self {
            memory: 0,
            compute_left: gpu.compute_slices,
            media_extended: false,
            count: vec![0; kinds],
        }
    }

    pub(crate) fn admits(&self, index: usize, kind: &Kind<'_>, start: u8) -> bool {
        self.memory & kind.mask(start) == 0
            && kind.compute <= self.compute_left
            && self.count[index] < kind.max
            && !(self.media_extended && kind.profile.is_media_extended())
    }

    pub(crate) fn put(&mut self, index: usize, kind: &Kind<'_>, start: u8) {
        self.memory |= kind.mask(start);
        self.compute_left -= kind.compute;
        self.count[index] += 1;
        self.media_extended |= kind.profile.is_media_extended();
    }

    pub(crate) fn take(&mut self, index: usize, kind: &Kind<'_>, start: u8) {
        self.memory &= !kind.mask(start);
        self.compute_left += kind.compute;
        self.count[index] -= 1;
        // At most one is media-extended, so that taking it leaves none.
        self.media_extended &= !kind.profile.is_media_extended();
    }
}

#[cfg(test)]
mod tests;
