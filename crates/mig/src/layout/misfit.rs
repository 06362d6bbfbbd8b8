//! Why slices do not fit on a GPU, and the ways out, in words.

use std::collections::BTreeMap;

use crate::placement::{FitError, Obstacle, Placed, ProfileCounts, Suggestion, in_words};
use crate::profile::Profile;

/// The fact, then the ways out: fewest changes first.
pub(super) fn explain(
    place: &str,
    asked: &ProfileCounts,
    error: &FitError,
    obstacle: Option<&Obstacle>,
    suggestion: Option<&Suggestion>,
) -> String {
    let fact = match (error, obstacle) {
        // A limit of one profile says it all; of sums it is clearer which instance finds no place.
        (FitError::Compute { .. } | FitError::Memory { .. } | FitError::NoPlacement, Some(obstacle)) => {
            no_room(obstacle)
        }
        _ => error.to_string(),
    };
    let fact = format!("On each GPU of {place}: {fact}.");
    let Some(suggestion) = suggestion else { return fact };
    let nearest = change(asked, &suggestion.fewest_changes);
    match &suggestion.same_number {
        None => format!("{fact} {nearest}."),
        Some(other) => format!(
            "{fact} {nearest}; or, with as many slices, use {}.",
            in_words(other)
        ),
    }
}

/// `3g.40gb at 0 and 4 leave no room for 1g.10gb`
fn no_room(obstacle: &Obstacle) -> String {
    let blocked = obstacle.blocked;
    let (placed, one) = (places(&obstacle.placed), obstacle.placed.len() == 1);
    if obstacle.compute_left < obstacle.compute_needed {
        let (leave, left) = (if one { "leaves" } else { "leave" }, obstacle.compute_left);
        let of = if left == 1 { "slice" } else { "slices" };
        return format!(
            "{placed} {leave} {left} compute {of}, and {blocked} needs {}",
            obstacle.compute_needed
        );
    }
    let leave = if one { "leaves" } else { "leave" };
    format!("{placed} {leave} no room for {blocked}")
}

/// `2g.20gb at 0 and 2, 3g.40gb at 4`, by start of each profile's first.
fn places(placed: &[Placed]) -> String {
    let mut starts: Vec<(Profile, Vec<String>)> = Vec::new();
    for instance in placed {
        let start = instance.start.to_string();
        match starts
            .iter_mut()
            .find(|(profile, _)| *profile == instance.profile)
        {
            Some((_, list)) => list.push(start),
            None => starts.push((instance.profile, vec![start])),
        }
    }
    let parts: Vec<String> = starts
        .into_iter()
        .map(|(profile, starts)| format!("{profile} at {}", listed(&starts)))
        .collect();
    listed(&parts)
}

/// `a, b and c`
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// The nearest set as a change of what was asked for.
fn change(asked: &ProfileCounts, nearest: &ProfileCounts) -> String {
    let (less, more) = (difference(asked, nearest), difference(nearest, asked));
    let result = in_words(nearest);
    if more.is_empty() {
        format!("Drop {}, which leaves {result}", in_words(&less))
    } else {
        format!(
            "Use {} in place of {}, which gives {result}",
            in_words(&more),
            in_words(&less)
        )
    }
}

/// What the first has and the second has not.
fn difference(first: &ProfileCounts, second: &ProfileCounts) -> ProfileCounts {
    let beyond = |(profile, count): (&Profile, &u32)| {
        let other = second.get(profile).copied().unwrap_or(0);
        (*count > other).then(|| (*profile, count - other))
    };
    first.iter().filter_map(beyond).collect::<BTreeMap<_, _>>()
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, Layout, LayoutSpec};

    fn detail(slices: &[(&str, i64)]) -> String {
        let spec = LayoutSpec {
            instance_types: vec!["p5.48xlarge".into()],
            slices: Some(
                slices
                    .iter()
                    .map(|(name, count)| ((*name).into(), *count))
                    .collect(),
            ),
            ..LayoutSpec::default()
        };
        let faults = Layout::resolve(&spec, Catalog::builtin()).expect_err("a fault");
        faults[0].detail().to_owned()
    }

    #[test]
    fn the_instance_without_a_place_is_named() {
        let crowded = detail(&[("3g.40gb", 2), ("1g.10gb", 1)]);
        assert!(
            crowded.contains(
                "3g.40gb at 0 and 4 leave no room for 1g.10gb. Drop 1 x 1g.10gb, which leaves 2 x 3g.40gb; or, with as \
                 many slices, use 1 x 1g.10gb + 1 x 2g.20gb + 1 x 3g.40gb."
            ),
            "{crowded}"
        );
        // Three memory slices are free, but a 3g starts at 0 or 4 only.
        let misplaced = detail(&[("4g.40gb", 1), ("1g.20gb", 1), ("2g.20gb", 1), ("1g.10gb", 1)]);
        assert!(misplaced.contains("compute"), "{misplaced}");
    }

    #[test]
    fn a_limit_of_one_profile_speaks_for_itself() {
        let many = detail(&[("3g.40gb", 3)]);
        assert!(
            many.contains("3 x 3g.40gb is more than the 2 that one GPU can have. Drop 1 x 3g.40gb"),
            "{many}"
        );
    }

    #[test]
    fn compute_may_be_what_is_missing() {
        let compute = detail(&[("4g.40gb", 1), ("2g.20gb", 2)]);
        assert!(
            compute.contains("4g.40gb at 0 and 2g.20gb at 4 leave 1 compute slice, and 2g.20gb needs 2"),
            "{compute}"
        );
    }
}
