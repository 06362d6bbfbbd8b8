//! Finding a place for each instance that was asked for.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Kind, Occupancy, Placed};
use crate::catalog::Gpu;
use crate::profile::Profile;

/// How many instances of each profile on one GPU.
pub type ProfileCounts = BTreeMap<Profile, u32>;

/// Why a set of instances cannot be created on a GPU.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FitError {
    /// The GPU does not have the profile.
    #[error("{0} is not a profile of this GPU")]
    NoSuchProfile(Profile),
    /// No source says where instances of this profile may lie.
    #[error("where {0} may lie on this GPU is not published")]
    PlacementsUnknown(Profile),
    /// More of one profile than a GPU can have.
    #[error("{asked} x {profile} is more than the {max} that one GPU can have")]
    TooMany {
        /// The profile.
        profile: Profile,
        /// How many were asked for.
        asked: u32,
        /// How many there can be.
        max: u8,
    },
    /// More than one instance with the media engines.
    #[error("{asked} media-extended instances are more than the one that a GPU can have")]
    MediaExtended {
        /// How many were asked for.
        asked: u32,
    },
    /// Compute slices add up to too many.
    #[error("these need {asked} compute slices and the GPU has {available}")]
    Compute {
        /// Slices asked for.
        asked: u64,
        /// Slices there are.
        available: u8,
    },
    /// Memory slices add up to too many.
    #[error("these need {asked} memory slices and the GPU has {available}")]
    Memory {
        /// Slices asked for.
        asked: u64,
        /// Slices there are.
        available: u8,
    },
    /// The sums fit, but no arrangement does.
    #[error("the allowed starts leave no room for all of these at once")]
    NoPlacement,
}

/// A place for each instance, by start. Deterministic: the largest profiles are placed first, each at the lowest
/// start that still leaves room for all the others.
pub fn fit(gpu: &Gpu, counts: &ProfileCounts) -> Result<Vec<Placed>, FitError> {
    let kinds = kinds_of(gpu, counts)?;
    check_sums(gpu, &kinds)?;
    let wanted: Vec<(usize, &Kind<'_>)> = kinds
        .iter()
        .enumerate()
        .flat_map(|(index, (kind, count))| std::iter::repeat_n((index, kind), *count as usize))
        .collect();
    let mut occupancy = Occupancy::empty(gpu, kinds.len());
    let mut placed = Vec::with_capacity(wanted.len());
    if !place(&wanted, None, &mut occupancy, &mut placed) {
        return Err(FitError::NoPlacement);
    }
    placed.sort_unstable();
    Ok(placed)
}

/// Why a set cannot be created, shown by its instances: those that find a place, and the first that then has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The largest instances, as many as can be placed together, by start.
    pub placed: Vec<Placed>,
    /// The profile for which they leave no room.
    pub blocked: Profile,
    /// Compute slices that they leave, and that the blocked instance needs.
    pub compute_left: u8,
    /// Compute slices of the blocked profile.
    pub compute_needed: u8,
}

/// What stands in the way of a set; none where it fits, or where a profile cannot be placed at all.
pub fn obstacle(gpu: &Gpu, counts: &ProfileCounts) -> Option<Obstacle> {
    let kinds = kinds_of(gpu, counts).ok()?;
    let mut some = ProfileCounts::new();
    let mut placed = Vec::new();
    for (kind, count) in &kinds {
        for _ in 0..*count {
            *some.entry(kind.profile).or_default() += 1;
            match fit(gpu, &some) {
                Ok(found) => placed = found,
                Err(_) => {
                    let used: u8 = placed
                        .iter()
                        .map(|instance: &Placed| instance.compute_slices)
                        .sum();
                    return Some(Obstacle {
                        placed,
                        blocked: kind.profile,
                        compute_left: gpu.compute_slices - used,
                        compute_needed: kind.compute,
                    });
                }
            }
        }
    }
    None
}

/// The kinds asked for with their counts, largest first; a count of zero asks for nothing.
fn kinds_of<'g>(gpu: &'g Gpu, counts: &ProfileCounts) -> Result<Vec<(Kind<'g>, u32)>, FitError> {
    let mut kinds = Vec::with_capacity(counts.len());
    for (profile, count) in counts.iter().filter(|(_, count)| **count > 0) {
        let fact = gpu.profile(*profile).ok_or(FitError::NoSuchProfile(*profile))?;
        let kind = Kind::of(fact).ok_or(FitError::PlacementsUnknown(*profile))?;
        kinds.push((kind, *count));
    }
    kinds.sort_by_key(|(kind, _)| (std::cmp::Reverse((kind.size, kind.compute)), kind.profile));
    Ok(kinds)
}

/// The limits that need no search. They bound the search too: what passes has at most as many instances as slices.
fn check_sums(gpu: &Gpu, kinds: &[(Kind<'_>, u32)]) -> Result<(), FitError> {
    for (kind, count) in kinds {
        if *count > u32::from(kind.max) {
            return Err(FitError::TooMany {
                profile: kind.profile,
                asked: *count,
                max: kind.max,
            });
        }
    }
    let extended: u32 = kinds
        .iter()
        .filter(|(kind, _)| kind.profile.is_media_extended())
        .map(|(_, n)| n)
        .sum();
    if extended > 1 {
        return Err(FitError::MediaExtended { asked: extended });
    }
    let sum = |of: fn(&Kind<'_>) -> u8| {
        kinds
            .iter()
            .map(|(kind, n)| u64::from(of(kind)) * u64::from(*n))
            .sum::<u64>()
    };
    let (compute, memory) = (sum(|kind| kind.compute), sum(|kind| kind.size));
    let slices = gpu.memory_slices.unwrap_or(0);
    if compute > u64::from(gpu.compute_slices) {
        return Err(FitError::Compute {
            asked: compute,
            available: gpu.compute_slices,
        });
    }
    if memory > u64::from(slices) {
        return Err(FitError::Memory {
            asked: memory,
            available: slices,
        });
    }
    Ok(())
}

/// Depth first. Instances of one profile are interchangeable, so each starts after the one before it.
fn place(
    wanted: &[(usize, &Kind<'_>)],
    previous: Option<(usize, u8)>,
    occupancy: &mut Occupancy,
    placed: &mut Vec<Placed>,
) -> bool {
    let Some(((index, kind), rest)) = wanted.split_first() else {
        return true;
    };
    let after = previous
        .filter(|(before, _)| before == index)
        .map(|(_, start)| start);
    for &start in kind
        .starts
        .iter()
        .filter(|start| after.is_none_or(|after| **start > after))
    {
        if !occupancy.admits(*index, kind, start) {
            continue;
        }
        occupancy.put(*index, kind, start);
        placed.push(kind.at(start));
        if place(rest, Some((*index, start)), occupancy, placed) {
            return true;
        }
        placed.pop();
        occupancy.take(*index, kind, start);
    }
    false
}
