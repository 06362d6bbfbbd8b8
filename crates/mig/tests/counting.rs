//! How many valid sets a GPU has, counted three more ways that share nothing with the engine: every subset of (profile,
//! start) pairs tried against NVIDIA's rule; the closed forms for 7-slice and 4-slice GPUs; the catalog's published counts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use crate::arbitrary::{self, known_gpus};
use mig::Profile;
use mig::catalog::Gpu;
use mig::placement::Counts;
use serde_json::Value;

/// A profile at a place: what it takes.
struct Pair {
    kind: usize,
    cells: u32,
    compute: u32,
    media: bool,
}

/// Every (profile, start) of the given profiles, and how many of each profile there may be.
fn pairs(gpu: &Gpu, only: &[Profile]) -> (Vec<Pair>, Vec<usize>) {
    let facts: Vec<_> = gpu
        .profiles
        .iter()
        .filter(|fact| only.contains(&fact.profile))
        .collect();
    let mut pairs = Vec::new();
    for (kind, fact) in facts.iter().enumerate() {
        let places = fact.placements.as_ref().unwrap();
        for start in &places.starts {
            pairs.push(Pair {
                kind,
                cells: (*start..start + places.size).map(|cell| 1 << cell).sum(),
                compute: u32::from(fact.compute_slices),
                media: fact.profile.to_string().contains("+me"),
            });
        }
    }
    (
        pairs,
        facts.iter().map(|fact| usize::from(fact.max_instances)).collect(),
    )
}

/// Whether a subset can be there at once, by NVIDIA's rule, from scratch each time.
fn allowed(subset: &[&Pair], gpu: &Gpu, max: &[usize]) -> bool {
    let disjoint = subset.iter().map(|pair| pair.cells.count_ones()).sum::<u32>()
        == subset
            .iter()
            .fold(0, |cells, pair| cells | pair.cells)
            .count_ones();
    let compute: u32 = subset.iter().map(|pair| pair.compute).sum();
    let within =
        (0..max.len()).all(|kind| subset.iter().filter(|pair| pair.kind == kind).count() <= max[kind]);
    let media = subset.iter().filter(|pair| pair.media).count();
    disjoint && compute <= u32::from(gpu.compute_slices) && within && media <= 1
}

/// Counts by taking each pair or leaving it. Every subset of an allowed set is allowed, so a forbidden one is given up.
fn by_subsets(gpu: &Gpu, only: &[Profile]) -> Counts {
    let (pairs, max) = pairs(gpu, only);
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..pairs.len() {
        for at in 0..sets.len() {
            let mut grown = sets[at].clone();
            grown.push(next);
            let subset: Vec<&Pair> = grown.iter().map(|index| &pairs[*index]).collect();
            if allowed(&subset, gpu, &max) {
                sets.push(grown);
            }
        }
    }
    let known: BTreeSet<&Vec<usize>> = sets.iter().collect();
    let grows = |set: &Vec<usize>| {
        (0..pairs.len()).filter(|next| !set.contains(next)).any(|next| {
            let mut grown = set.clone();
            grown.push(next);
            grown.sort_unstable();
            known.contains(&grown)
        })
    };
    let kinds = |set: &Vec<usize>| {
        let mut kinds: Vec<usize> = set.iter().map(|index| pairs[*index].kind).collect();
        kinds.sort_unstable();
        kinds
    };
    let maximal: Vec<&Vec<usize>> = sets.iter().filter(|set| !set.is_empty() && !grows(set)).collect();
    Counts {
        layouts: sets.len() - 1,
        maximal: maximal.len(),
        multisets: sets.iter().map(kinds).collect::<BTreeSet<_>>().len() - 1,
        maximal_multisets: maximal.into_iter().map(kinds).collect::<BTreeSet<_>>().len(),
    }
}

fn all_profiles(gpu: &Gpu) -> Vec<Profile> {
    gpu.profiles.iter().map(|fact| fact.profile).collect()
}

fn of_kind(gpu: &Gpu, wanted: &[u16]) -> Vec<Profile> {
    let known = |fact: &&mig::catalog::ProfileFact| {
        fact.gpu_instance_profile_id
            .is_some_and(|id| wanted.contains(&id))
    };
    gpu.profiles
        .iter()
        .filter(known)
        .map(|fact| fact.profile)
        .collect()
}

#[test]
fn every_subset_of_places_gives_the_same_counts() {
    for gpu in known_gpus() {
        assert_eq!(
            Counts::of(gpu, None),
            by_subsets(gpu, &all_profiles(gpu)),
            "{}",
            gpu.id
        );
    }
}

/// Memory slices 0 to 3 and 4 to 7 of a 7-slice GPU are independent unless 7g is used, so the counts are products. `quarter`
/// is the number of ways to fill two memory slices, with nothing too, or completely.
#[test]
fn closed_forms_of_seven_slices() {
    for gpu in known_gpus().into_iter().filter(|gpu| gpu.compute_slices == 7) {
        let base = Counts::of(gpu, Some(&of_kind(gpu, &[19, 14, 9, 5, 0])));
        assert_eq!(base.layouts, (2 + 5 * 5) * (1 + 5 * 2) + 1 - 1, "{}", gpu.id);
        assert_eq!(base.maximal, (2 + 2 * 2) * (1 + 2) + 1, "{}", gpu.id);
        let double = Counts::of(gpu, Some(&of_kind(gpu, &[19, 15, 14, 9, 5, 0])));
        assert_eq!(double.layouts, (2 + 6 * 6) * (1 + 6 * 3) + 1 - 1, "{}", gpu.id);
        assert_eq!(double.maximal, (2 + 3 * 3) * (1 + 3 * 2) + 1, "{}", gpu.id);
    }
}

/// Two halves, each empty, whole, or of two quarters; or the whole GPU.
#[test]
fn closed_forms_of_four_slices() {
    for gpu in known_gpus().into_iter().filter(|gpu| gpu.compute_slices == 4) {
        let base = Counts::of(gpu, Some(&of_kind(gpu, &[14, 5, 0])));
        assert_eq!(base.layouts, 5 * 5 + 1 - 1, "{}", gpu.id);
        assert_eq!(base.maximal, 2 * 2 + 1, "{}", gpu.id);
    }
}

#[test]
fn published_counts() {
    let file: Value = serde_json::from_str(arbitrary::GPUS).unwrap();
    let checks = file["enumeration_checks"].as_object().unwrap();
    assert!(!checks.is_empty());
    for (name, check) in checks {
        let profiles: Vec<Profile> = serde_json::from_value(check["profiles"].clone()).unwrap();
        let has_all = |gpu: &&Gpu| profiles.iter().all(|profile| gpu.profile(*profile).is_some());
        let gpu = known_gpus()
            .into_iter()
            .find(has_all)
            .unwrap_or_else(|| panic!("{name}"));
        let number = |field: &str| usize::try_from(check[field].as_u64().unwrap()).unwrap();
        let expected = Counts {
            layouts: number("non_empty_layouts"),
            maximal: number("maximal_layouts"),
            multisets: number("distinct_profile_multisets"),
            maximal_multisets: number("multisets_realised_by_a_maximal_layout"),
        };
        assert_eq!(by_subsets(gpu, &profiles), expected, "{name}");
        assert_eq!(Counts::of(gpu, Some(&profiles)), expected, "{name}");
    }
}
