//! Ways to fill a GPU, as text: slices to the scale of their memory.

use std::collections::{BTreeMap, BTreeSet};

use mig::Profile;
use mig::catalog::Gpu;
use mig::placement::{Placed, ProfileCounts, enumerate, fit};

/// The profiles that a generic name without suffix means, one of each size.
pub(super) fn plain(gpu: &Gpu) -> Vec<Profile> {
    let facts = gpu
        .profiles
        .iter()
        .filter(|fact| fact.profile.attribute.is_none());
    let plain = facts.filter(|fact| {
        let generic = fact.profile.generic().parse().unwrap();
        gpu.resolve(generic).map(|found| found.profile) == Some(fact.profile)
    });
    plain.map(|fact| fact.profile).collect()
}

/// One line for each way to fill the GPU with these profiles, most slices first.
pub(super) fn fillings(gpu: &Gpu, profiles: &[Profile]) -> String {
    let ways = fullest(gpu, profiles);
    let cell = ways
        .iter()
        .flatten()
        .map(|placed| (placed.profile.to_string().len() + 2).div_ceil(usize::from(placed.size)))
        .max()
        .unwrap_or(4);
    let asked: Vec<String> = ways.iter().map(|slices| in_words(slices)).collect();
    let width = asked.iter().map(String::len).max().unwrap_or(0);
    let line = |(asked, slices): (&String, &Vec<Placed>)| {
        let row = format!("{asked:<width$}  {}", row(gpu, slices, cell));
        format!("{}\n", row.trim_end())
    };
    asked.iter().zip(&ways).map(line).collect()
}

/// The same for the site, as a file of layouts that it has drawn in place of this comment.
pub(super) fn layouts(instance_type: &str, gpu: &Gpu, profiles: &[Profile]) -> String {
    let layout = |slices: Vec<Placed>| {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for placed in slices {
            *counts.entry(placed.profile.to_string()).or_default() += 1;
        }
        serde_json::json!({"instance_types": [instance_type], "slices": counts})
    };
    let layouts: Vec<_> = fullest(gpu, profiles).into_iter().map(layout).collect();
    format!(
        "<!-- picture: {} -->\n\n",
        serde_json::json!({"layouts": layouts})
    )
}

/// The sets that are a part of no larger one, each where the provider places it.
fn fullest(gpu: &Gpu, profiles: &[Profile]) -> Vec<Vec<Placed>> {
    let mut sets: BTreeSet<ProfileCounts> = BTreeSet::new();
    enumerate(gpu, Some(profiles), &mut |set, _| {
        let mut counts = ProfileCounts::new();
        set.iter()
            .for_each(|placed| *counts.entry(placed.profile).or_default() += 1);
        sets.insert(counts);
    });
    let within = |small: &ProfileCounts, large: &ProfileCounts| {
        small != large
            && small
                .iter()
                .all(|(profile, n)| large.get(profile).is_some_and(|m| n <= m))
    };
    let mut ways: Vec<Vec<Placed>> = sets
        .iter()
        .filter(|set| !sets.iter().any(|other| within(set, other)))
        .map(|set| fit(gpu, set).unwrap())
        .collect();
    ways.sort_by_key(|slices| {
        let profiles: Vec<Profile> = slices.iter().map(|placed| placed.profile).collect();
        (std::cmp::Reverse(slices.len()), std::cmp::Reverse(profiles))
    });
    ways
}

/// `2 x 3g.40gb + 1 x 1g.10gb`, large slices first.
fn in_words(slices: &[Placed]) -> String {
    let mut counts: BTreeMap<Profile, u32> = BTreeMap::new();
    for placed in slices {
        *counts.entry(placed.profile).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(profile, count)| format!("{count} x {profile}"))
        .collect();
    parts.join(" + ")
}

fn row(gpu: &Gpu, slices: &[Placed], cell: usize) -> String {
    let mut row = String::from("|");
    let mut at = 0;
    let free = |row: &mut String, from: u8, to: u8| {
        if from < to {
            row.push_str(&".".repeat(usize::from(to - from) * cell - 1));
            row.push('|');
        }
    };
    for placed in slices {
        free(&mut row, at, placed.start);
        let width = cell * usize::from(placed.size) - 1;
        row.push_str(&format!("{:^width$}|", placed.profile.to_string()));
        at = placed.start + placed.size;
    }
    free(&mut row, at, gpu.memory_slices.unwrap());
    let compute: u8 = slices.iter().map(|placed| placed.compute_slices).sum();
    match gpu.compute_slices - compute {
        0 => row,
        left => format!("{row}  {left} compute left"),
    }
}
