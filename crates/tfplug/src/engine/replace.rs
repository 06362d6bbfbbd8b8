//! Which changes need a new object.

use crate::diff;
use crate::path::Path;
use crate::schema::Schema;
use crate::value::Value;

/// The attributes whose planned change cannot be made in place, sorted. None when there is no prior object.
pub fn replace_paths(schema: &Schema, prior: &Value, planned: &Value, config: &Value) -> Vec<Path> {
    if prior.is_null() {
        return Vec::new();
    }
    let changes = diff::planned(schema, prior, planned, config);
    let mut found: Vec<Path> = changes.into_iter().filter_map(|change| change.cause).collect();
    found.sort();
    found.dedup();
    found
}
