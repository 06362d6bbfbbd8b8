//! What instance types cost.

use std::fmt;

use serde::Deserialize;

/// An amount of money in millionths of a US dollar, so that sums are exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct UsdMicros(pub u64);

/// US dollars with all six decimals: `55.040000`.
impl fmt::Display for UsdMicros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// The price of an instance type on demand (Linux, shared tenancy) in one region, on the day when it was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Price {
    /// EC2's name of the type (`p5.48xlarge`).
    pub instance_type: String,
    /// Region (`us-east-1`).
    pub region: String,
    /// Per hour.
    pub usd_micros_per_hour: UsdMicros,
    /// The day, as `YYYY-MM-DD`.
    pub date: String,
    /// Key for [`super::Catalog::source`].
    pub source: String,
}
