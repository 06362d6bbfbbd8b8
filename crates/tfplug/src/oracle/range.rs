//! What an unknown value may still become.

use crate::value::{Number, Refinement, Value};

/// The least and greatest number of elements that a collection can turn out to have. Unknown elements of a set may
/// coincide with others.
pub(super) fn length_range(collection: &Value) -> (usize, usize) {
    match collection {
        Value::List(vs) => (vs.len(), vs.len()),
        Value::Set(vs) if vs.len() > 1 && !collection.is_wholly_known() => (1, vs.len()),
        Value::Set(vs) => (vs.len(), vs.len()),
        Value::Map(m) => (m.len(), m.len()),
        Value::Unknown(Some(refinement)) => refined_length(refinement),
        _ => (0, usize::MAX),
    }
}

fn refined_length(refinement: &Refinement) -> (usize, usize) {
    let bound = |b: Option<i64>, open: usize| b.map_or(open, |n| usize::try_from(n).unwrap_or(0));
    (
        bound(refinement.length_min, 0),
        bound(refinement.length_max, usize::MAX),
    )
}

/// Whether a refinement rules out a value for certain.
pub(super) fn excludes(refinement: &Refinement, actual: &Value) -> bool {
    match refinement.nullness {
        Some(true) => return !actual.is_null(),
        Some(false) if actual.is_null() => return true,
        _ if actual.is_null() => return false,
        _ => {}
    }
    excludes_text(refinement, actual)
        || excludes_number(refinement, actual)
        || excludes_length(refinement, actual)
}

fn excludes_text(refinement: &Refinement, actual: &Value) -> bool {
    match (&refinement.string_prefix, actual) {
        (Some(prefix), Value::String(text)) => !text.starts_with(prefix.as_str()),
        _ => false,
    }
}

fn excludes_length(refinement: &Refinement, actual: &Value) -> bool {
    if refinement.length_min.is_none() && refinement.length_max.is_none() {
        return false;
    }
    let (least, greatest) = length_range(actual);
    let (min, max) = refined_length(refinement);
    greatest < min || least > max
}

fn excludes_number(refinement: &Refinement, actual: &Value) -> bool {
    match actual {
        Value::Number(n) => {
            let below = |(min, included): &(Number, bool)| n < min || (n == min && !included);
            let above = |(max, included): &(Number, bool)| n > max || (n == max && !included);
            refinement.number_min.as_ref().is_some_and(below)
                || refinement.number_max.as_ref().is_some_and(above)
        }
        // Two ranges: Terraform reads every bound as one that may be reached.
        Value::Unknown(Some(other)) => {
            let apart = |max: &Option<(Number, bool)>, min: &Option<(Number, bool)>| match (max, min) {
                (Some((max, _)), Some((min, _))) => max < min,
                _ => false,
            };
            apart(&other.number_max, &refinement.number_min)
                || apart(&refinement.number_max, &other.number_min)
        }
        _ => false,
    }
}
