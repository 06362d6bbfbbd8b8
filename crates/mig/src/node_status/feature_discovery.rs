//! What GPU feature discovery counts, beside the layout.
//!
//! The device plugin counts at its start, feature discovery every minute. Where they disagree for long, the GPUs were cut
//! anew beneath a running plugin, and pods get devices that do not exist.

use std::collections::BTreeMap;

use super::Reason;
use super::facts::NodeFacts;
use crate::layout::NodeLayout;
use crate::profile::{Profile, RESOURCE_PREFIX};

const COUNT: &str = ".count";

/// Counts that are not the layout's, for the strategy `mixed`: only there every profile has a label of its own.
pub(super) fn disagreements(node: &NodeFacts, layout: &NodeLayout) -> Vec<Reason> {
    let expected: BTreeMap<Profile, u32> = layout.slices();
    let found = counts(node);
    let differs = |(profile, found): &(Profile, u64)| {
        let wanted = expected.get(profile).map(|count| u64::from(*count));
        match wanted {
            Some(wanted) => wanted != *found,
            // Some releases call a profile by its memory rounded otherwise (gpu-feature-discovery, issue 7).
            None => *found > 0 && !expected.keys().any(|known| nearly(*known, *profile)),
        }
    };
    found
        .into_iter()
        .filter(differs)
        .map(|(profile, found)| Reason::DiscoveryDisagrees {
            label: format!("{}{COUNT}", profile.resource_name()),
            expected: expected.get(&profile).copied().unwrap_or_default().into(),
            found,
        })
        .collect()
}

fn nearly(known: Profile, other: Profile) -> bool {
    known.compute_slices == other.compute_slices && known.memory_gb.abs_diff(other.memory_gb) <= 2
}

fn counts(node: &NodeFacts) -> Vec<(Profile, u64)> {
    node.labels
        .iter()
        .filter(|(key, _)| key.starts_with(RESOURCE_PREFIX))
        .filter_map(|(key, value)| {
            let profile = Profile::from_resource_name(key.strip_suffix(COUNT)?).ok()?;
            Some((profile, value.parse().ok()?))
        })
        .collect()
}
