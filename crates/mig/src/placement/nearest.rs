//! The valid set that differs least from one that is not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::ProfileCounts;
use super::enumerate::multisets;
use crate::catalog::Gpu;
use crate::profile::Profile;

/// Two ways out of an impossible set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Fewest instances taken away or added; of those the one that uses most of the GPU.
    pub fewest_changes: ProfileCounts,
    /// As many instances as were asked for, where another profile in their place can give that.
    pub same_number: Option<ProfileCounts>,
}

/// The valid sets nearest to `asked`. None where the GPU's placements are not known.
///
/// Distance is the number of instances that come or go. Ties go to the set with more compute slices, then more memory
/// slices, then fewer kinds, then the smaller in the order of profiles: equal input gives equal advice.
pub fn nearest_valid(gpu: &Gpu, asked: &ProfileCounts) -> Option<Suggestion> {
    let sets = multisets(gpu, &candidates(gpu, asked));
    let rank = |set: &&ProfileCounts| {
        let (compute, memory) = used(gpu, set);
        (
            distance(asked, set),
            Reverse(compute),
            Reverse(memory),
            set.len(),
            (*set).clone(),
        )
    };
    let fewest_changes = sets.iter().min_by_key(rank)?.clone();
    let number = total(asked);
    let same_number = sets
        .iter()
        .filter(|set| total(set) == number && **set != fewest_changes)
        .min_by_key(rank)
        .filter(|_| total(&fewest_changes) != number)
        .cloned();
    Some(Suggestion {
        fewest_changes,
        same_number,
    })
}

/// `2 x 2g.20gb + 1 x 3g.40gb`, smallest profile first.
pub(crate) fn in_words(counts: &ProfileCounts) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(profile, count)| format!("{count} x {profile}"))
        .collect();
    parts.join(" + ")
}

/// What advice may speak of: what was asked for and the plain profiles. Suffixes that nobody asked for would only
/// multiply the choices.
fn candidates(gpu: &Gpu, asked: &ProfileCounts) -> Vec<Profile> {
    let of_gpu = gpu.profiles.iter().map(|fact| fact.profile);
    of_gpu
        .filter(|profile| profile.attribute.is_none() || asked.contains_key(profile))
        .collect()
}

fn distance(a: &ProfileCounts, b: &ProfileCounts) -> u64 {
    let of = |counts: &BTreeMap<Profile, u32>, profile| counts.get(profile).copied().unwrap_or(0);
    let profiles: BTreeSet<&Profile> = a.keys().chain(b.keys()).collect();
    profiles
        .into_iter()
        .map(|profile| u64::from(of(a, profile).abs_diff(of(b, profile))))
        .sum()
}

fn total(counts: &ProfileCounts) -> u64 {
    counts.values().map(|count| u64::from(*count)).sum()
}

fn used(gpu: &Gpu, counts: &ProfileCounts) -> (u32, u32) {
    counts
        .iter()
        .filter_map(|(profile, count)| Some((gpu.profile(*profile)?, count)))
        .fold((0, 0), |(compute, memory), (fact, count)| {
            let size = fact.memory_slices.unwrap_or(0);
            (
                compute + u32::from(fact.compute_slices) * count,
                memory + u32::from(size) * count,
            )
        })
}
