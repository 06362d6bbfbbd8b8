//! The engine against published counts, and against a second way of counting.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::Catalog;

fn gpu(id: &str) -> &'static Gpu {
    Catalog::builtin().gpu(id).unwrap()
}

fn counts(of: &[(&str, u32)]) -> ProfileCounts {
    of.iter()
        .map(|(name, count)| (name.parse().unwrap(), *count))
        .collect()
}

fn starts(gpu_id: &str, of: &[(&str, u32)]) -> Vec<String> {
    let placed = fit(gpu(gpu_id), &counts(of)).unwrap();
    placed
        .iter()
        .map(|instance| format!("{}@{}", instance.profile, instance.start))
        .collect()
}

#[test]
fn counts_agree_with_the_catalog() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/gpus.json"));
    let file: Value = serde_json::from_str(text).unwrap();
    let checks = file["enumeration_checks"].as_object().unwrap();
    assert_eq!(checks.len(), 6);
    for (name, check) in checks {
        let id = match name {
            name if name.starts_with("seven") => "a100-40gb",
            name if name.starts_with("a30") => "a30-24gb",
            _ => "rtx-pro-6000-96gb",
        };
        let profiles: Vec<Profile> = serde_json::from_value(check["profiles"].clone()).unwrap();
        let number = |field: &str| check[field].as_u64().unwrap() as usize;
        let expected = Counts {
            layouts: number("non_empty_layouts"),
            maximal: number("maximal_layouts"),
            multisets: number("distinct_profile_multisets"),
            maximal_multisets: number("multisets_realised_by_a_maximal_layout"),
        };
        assert_eq!(Counts::of(gpu(id), Some(&profiles)), expected, "{name}");
    }
}

/// Counts by trying every subset of all (profile, start) pairs against the rule as NVIDIA words it.
fn count_by_subsets(gpu: &Gpu, only: &[Profile]) -> usize {
    let facts: Vec<&ProfileFact> = gpu
        .profiles
        .iter()
        .filter(|fact| only.contains(&fact.profile))
        .collect();
    let pairs: Vec<(usize, u8)> = facts
        .iter()
        .enumerate()
        .flat_map(|(kind, fact)| {
            fact.placements
                .as_ref()
                .unwrap()
                .starts
                .iter()
                .map(move |start| (kind, *start))
        })
        .collect();
    (1u32..1 << pairs.len())
        .filter(|subset| {
            let chosen: Vec<_> = pairs
                .iter()
                .enumerate()
                .filter(|(bit, _)| subset & (1 << bit) != 0)
                .collect();
            let mut cells = BTreeSet::new();
            let mut per_kind: BTreeMap<usize, u8> = BTreeMap::new();
            let mut compute = 0;
            for (_, (kind, start)) in chosen {
                let size = facts[*kind].placements.as_ref().unwrap().size;
                if !(*start..start + size).all(|cell| cells.insert(cell)) {
                    return false;
                }
                compute += facts[*kind].compute_slices;
                *per_kind.entry(*kind).or_default() += 1;
            }
            compute <= gpu.compute_slices && per_kind.iter().all(|(kind, n)| *n <= facts[*kind].max_instances)
        })
        .count()
}

#[test]
fn a_second_way_of_counting_agrees() {
    let base: Vec<Profile> = ["1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"]
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    let a100 = gpu("a100-40gb");
    assert_eq!(
        Counts::of(a100, Some(&base)).layouts,
        count_by_subsets(a100, &base)
    );
    let a30 = gpu("a30-24gb");
    let plain: Vec<Profile> = ["1g.6gb", "2g.12gb", "4g.24gb"]
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    assert_eq!(
        Counts::of(a30, Some(&plain)).layouts,
        count_by_subsets(a30, &plain)
    );
}

#[test]
fn large_first_with_look_ahead() {
    assert_eq!(
        starts("h100-80gb", &[("1g.10gb", 7)]).join(" "),
        (0..7)
            .map(|n| format!("1g.10gb@{n}"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    assert_eq!(
        starts("h100-80gb", &[("3g.40gb", 1), ("2g.20gb", 2)]),
        ["2g.20gb@0", "2g.20gb@2", "3g.40gb@4"]
    );
    assert_eq!(
        starts("h100-80gb", &[("1g.10gb", 2), ("2g.20gb", 1), ("3g.40gb", 1)]),
        ["2g.20gb@0", "1g.10gb@2", "1g.10gb@3", "3g.40gb@4"]
    );
    assert_eq!(
        starts("h100-80gb", &[("4g.40gb", 1), ("3g.40gb", 1)]),
        ["4g.40gb@0", "3g.40gb@4"]
    );
    assert_eq!(
        starts("rtx-pro-6000-96gb", &[("2g.48gb", 1), ("1g.24gb", 2)]),
        ["2g.48gb@0", "1g.24gb@6", "1g.24gb@9"]
    );
    assert_eq!(fit(gpu("h100-80gb"), &counts(&[])), Ok(vec![]));
}

#[test]
fn what_does_not_fit_says_why() {
    let error = |id: &str, of: &[(&str, u32)]| fit(gpu(id), &counts(of)).unwrap_err();
    assert!(matches!(
        error("h100-80gb", &[("1g.10gb", 8)]),
        FitError::TooMany { asked: 8, max: 7, .. }
    ));
    assert!(matches!(
        error("h100-80gb", &[("1g.10gb", u32::MAX)]),
        FitError::TooMany { .. }
    ));
    assert!(matches!(
        error("h100-80gb", &[("4g.40gb", 1), ("2g.20gb", 2)]),
        FitError::Compute {
            asked: 8,
            available: 7
        }
    ));
    assert!(matches!(
        error("h100-80gb", &[("3g.40gb", 2), ("1g.10gb", 1)]),
        FitError::Memory {
            asked: 9,
            available: 8
        }
    ));
    assert!(matches!(
        error("h100-80gb", &[("1g.5gb", 1)]),
        FitError::NoSuchProfile(_)
    ));
    assert!(matches!(
        error("rtx-pro-4500-32gb", &[("1g.16gb", 1)]),
        FitError::PlacementsUnknown(_)
    ));
    let media = error("rtx-pro-6000-96gb", &[("1g.24gb+me", 1), ("1g.24gb+me.all", 1)]);
    assert!(matches!(media, FitError::MediaExtended { asked: 2 }));
}

/// Every multiset that the enumeration reaches must fit, and what it does not reach must not.
#[test]
fn fit_and_enumeration_agree_on_every_small_request() {
    let gpu = gpu("h100-80gb");
    let mut valid: BTreeSet<ProfileCounts> = BTreeSet::new();
    enumerate(gpu, None, &mut |set, _| {
        let mut counts = ProfileCounts::new();
        set.iter()
            .for_each(|placed| *counts.entry(placed.profile).or_default() += 1);
        valid.insert(counts);
    });
    let kinds = Kind::all(gpu);
    let mut request = vec![0u32; kinds.len()];
    loop {
        let counts: ProfileCounts = kinds
            .iter()
            .zip(&request)
            .filter(|(_, n)| **n > 0)
            .map(|(kind, n)| (kind.profile, *n))
            .collect();
        assert_eq!(
            fit(gpu, &counts).is_ok(),
            counts.is_empty() || valid.contains(&counts),
            "{counts:?}"
        );
        let Some(next) = (0..kinds.len()).find(|index| request[*index] <= u32::from(kinds[*index].max))
        else {
            break;
        };
        request[..next].fill(0);
        request[next] += 1;
    }
}

#[test]
fn advice_is_the_nearest_valid_set() {
    let advice = |of: &[(&str, u32)]| nearest_valid(gpu("h100-80gb"), &counts(of)).unwrap();
    let crowded = advice(&[("3g.40gb", 2), ("1g.10gb", 1)]);
    assert_eq!(in_words(&crowded.fewest_changes), "2 x 3g.40gb");
    let same_number = crowded.same_number.as_ref().map(in_words);
    assert_eq!(
        same_number.as_deref(),
        Some("1 x 1g.10gb + 1 x 2g.20gb + 1 x 3g.40gb")
    );
    let eight = advice(&[("1g.10gb", 8)]);
    assert_eq!(in_words(&eight.fewest_changes), "7 x 1g.10gb");
    assert_eq!(eight.same_number, None);
    assert_eq!(
        nearest_valid(gpu("rtx-pro-4500-32gb"), &counts(&[("1g.16gb", 1)])),
        None
    );
}

#[test]
fn advice_always_fits_and_is_repeatable() {
    for (a, b, c) in (0..9u32).flat_map(|a| (0..5).flat_map(move |b| (0..4).map(move |c| (a, b, c)))) {
        let asked = counts(&[("1g.10gb", a), ("2g.20gb", b), ("3g.40gb", c)]);
        let first = nearest_valid(gpu("h100-80gb"), &asked).unwrap();
        assert!(fit(gpu("h100-80gb"), &first.fewest_changes).is_ok());
        assert!(
            first
                .same_number
                .as_ref()
                .is_none_or(|set| fit(gpu("h100-80gb"), set).is_ok())
        );
        assert_eq!(nearest_valid(gpu("h100-80gb"), &asked).unwrap(), first);
    }
}
