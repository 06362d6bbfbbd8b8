//! Every valid set of instances of a GPU.

use std::collections::BTreeSet;

use super::{Kind, Occupancy, Placed};
use crate::catalog::Gpu;
use crate::profile::Profile;

/// How many valid sets a GPU has; the empty set is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Sets of (profile, start).
    pub layouts: usize,
    /// Those to which nothing can be added.
    pub maximal: usize,
    /// The same sets without regard to where instances lie.
    pub multisets: usize,
    /// Multisets that some maximal set has.
    pub maximal_multisets: usize,
}

/// Calls `visit` once for every valid non-empty set of the given profiles (all of the GPU's, where `None`), with
/// instances by start, and whether nothing can be added to it. Profiles without known placements are left out.
pub fn enumerate(gpu: &Gpu, only: Option<&[Profile]>, visit: &mut dyn FnMut(&[Placed], bool)) {
    let mut kinds = Kind::all(gpu);
    kinds.retain(|kind| only.is_none_or(|wanted| wanted.contains(&kind.profile)));
    let slices = gpu.memory_slices.unwrap_or(0);
    let occupancy = Occupancy::empty(gpu, kinds.len());
    Walk {
        kinds: &kinds,
        slices,
        occupancy,
        placed: Vec::new(),
        visit,
    }
    .from(0);
}

impl Counts {
    /// Counts the valid sets of the given profiles (all of the GPU's, where `None`).
    pub fn of(gpu: &Gpu, only: Option<&[Profile]>) -> Self {
        let (mut layouts, mut maximal) = (0, 0);
        let (mut multisets, mut maximal_multisets) = (BTreeSet::new(), BTreeSet::new());
        enumerate(gpu, only, &mut |set, is_maximal| {
            let mut multiset: Vec<Profile> = set.iter().map(|placed| placed.profile).collect();
            multiset.sort_unstable();
            layouts += 1;
            if is_maximal {
                maximal += 1;
                maximal_multisets.insert(multiset.clone());
            }
            multisets.insert(multiset);
        });
        Self {
            layouts,
            maximal,
            multisets: multisets.len(),
            maximal_multisets: maximal_multisets.len(),
        }
    }
}

struct Walk<'a, 'g> {
    kinds: &'a [Kind<'g>],
    slices: u8,
    occupancy: Occupancy,
    placed: Vec<Placed>,
    visit: &'a mut dyn FnMut(&[Placed], bool),
}

impl Walk<'_, '_> {
    /// Decides what starts at each memory slice, lowest first, so that every set is reached exactly once.
    fn from(&mut self, start: u8) {
        if start == self.slices {
            return self.finish();
        }
        self.from(start + 1);
        for (index, kind) in self.kinds.iter().enumerate() {
            if !kind.starts.contains(&start) || !self.occupancy.admits(index, kind, start) {
                continue;
            }
            self.occupancy.put(index, kind, start);
            self.placed.push(kind.at(start));
            self.from(start + 1);
            self.placed.pop();
            self.occupancy.take(index, kind, start);
        }
    }

    fn finish(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let can_grow = self.kinds.iter().enumerate().any(|(index, kind)| {
            kind.starts
                .iter()
                .any(|&start| self.occupancy.admits(index, kind, start))
        });
        (self.visit)(&self.placed, !can_grow);
    }
}
