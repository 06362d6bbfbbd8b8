//! Every valid set of instances of a GPU.

use std::collections::BTreeSet;

use super::{Kind, Occupancy, Placed, ProfileCounts};
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
    walk(gpu, &kinds(gpu, only), &mut |walk| {
        if !walk.placed.is_empty() {
            visit(&walk.placed, walk.is_maximal());
        }
    });
}

/// The valid sets without regard to where instances lie, without the empty one.
pub(super) fn multisets(gpu: &Gpu, only: &[Profile]) -> Vec<ProfileCounts> {
    let kinds = kinds(gpu, Some(only));
    let mut found = BTreeSet::new();
    walk(gpu, &kinds, &mut |walk| insert(&mut found, &walk.occupancy.count));
    let named = |counts: Vec<u8>| {
        let pairs = kinds.iter().zip(counts).filter(|(_, count)| *count > 0);
        pairs
            .map(|(kind, count)| (kind.profile, u32::from(count)))
            .collect()
    };
    found
        .into_iter()
        .map(named)
        .filter(|set: &ProfileCounts| !set.is_empty())
        .collect()
}

/// Most sets are there already under other places, so the key is made only when it is new.
fn insert(sets: &mut BTreeSet<Vec<u8>>, counts: &[u8]) {
    if !sets.contains(counts) {
        sets.insert(counts.to_vec());
    }
}

fn kinds<'g>(gpu: &'g Gpu, only: Option<&[Profile]>) -> Vec<Kind<'g>> {
    let mut kinds = Kind::all(gpu);
    kinds.retain(|kind| only.is_none_or(|wanted| wanted.contains(&kind.profile)));
    kinds
}

fn walk(gpu: &Gpu, kinds: &[Kind<'_>], leaf: &mut dyn FnMut(&Walk<'_, '_>)) {
    let mut walk = Walk {
        kinds,
        slices: gpu.memory_slices.unwrap_or(0),
        occupancy: Occupancy::empty(gpu, kinds.len()),
        placed: Vec::new(),
    };
    walk.from(0, leaf);
}

impl Counts {
    /// Counts the valid sets of the given profiles (all of the GPU's, where `None`).
    pub fn of(gpu: &Gpu, only: Option<&[Profile]>) -> Self {
        let (mut layouts, mut maximal) = (0, 0);
        let (mut multisets, mut maximal_multisets) = (BTreeSet::new(), BTreeSet::new());
        walk(gpu, &kinds(gpu, only), &mut |walk| {
            if walk.placed.is_empty() {
                return;
            }
            layouts += 1;
            insert(&mut multisets, &walk.occupancy.count);
            if walk.is_maximal() {
                maximal += 1;
                insert(&mut maximal_multisets, &walk.occupancy.count);
            }
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
}

impl Walk<'_, '_> {
    /// Decides what starts at each memory slice, lowest first, so that every set is reached exactly once.
    fn from(&mut self, start: u8, leaf: &mut dyn FnMut(&Self)) {
        if start == self.slices {
            return leaf(self);
        }
        self.from(start + 1, leaf);
        for (index, kind) in self.kinds.iter().enumerate() {
            if !kind.starts.contains(&start) || !self.occupancy.admits(index, kind, start) {
                continue;
            }
            self.occupancy.put(index, kind, start);
            self.placed.push(kind.at(start));
            self.from(start + 1, leaf);
            self.placed.pop();
            self.occupancy.take(index, kind, start);
        }
    }

    /// Whether nothing can be added.
    fn is_maximal(&self) -> bool {
        !self.kinds.iter().enumerate().any(|(index, kind)| {
            kind.starts
                .iter()
                .any(|&start| self.occupancy.admits(index, kind, start))
        })
    }
}
