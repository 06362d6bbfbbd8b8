//! What is known of an unknown value.

use super::Number;

/// Bounds on a value that is not known yet. Terraform may send any of them; a provider that sends one must keep
/// it at apply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Refinement {
    /// `Some(false)`: certainly not null. `Some(true)` does not occur: that value would simply be null.
    pub nullness: Option<bool>,
    /// The string starts with this, at most 256 bytes.
    pub string_prefix: Option<String>,
    /// Lower bound of a number, and whether the bound itself is included.
    pub number_min: Option<(Number, bool)>,
    /// Upper bound of a number, and whether the bound itself is included.
    pub number_max: Option<(Number, bool)>,
    /// Least number of elements of a collection.
    pub length_min: Option<i64>,
    /// Greatest number of elements of a collection.
    pub length_max: Option<i64>,
}

impl Refinement {
    /// Certainly not null, otherwise open.
    pub fn not_null() -> Self {
        Self {
            nullness: Some(false),
            ..Self::default()
        }
    }

    /// Whether nothing is known at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
