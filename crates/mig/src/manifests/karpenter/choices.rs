//! Closed sets and ranges of Karpenter's fields (v1.15.0), for the checks here and for the reference of each front end.

/// Families of images that this crate has user data for.
pub const AMI_FAMILIES: [&str; 3] = ["AL2023", "Bottlerocket", "Custom"];
/// How capacity is bought.
pub const CAPACITY_TYPES: [&str; 3] = ["on-demand", "reserved", "spot"];
/// When nodes are consolidated. `Balanced` is from Karpenter 1.14 on.
pub const CONSOLIDATION_POLICIES: [&str; 3] = ["WhenEmptyOrUnderutilized", "WhenEmpty", "Balanced"];
/// Why Karpenter replaces nodes by itself.
pub const DISRUPTION_REASONS: [&str; 4] = ["Underutilized", "Empty", "Drifted", "Unhealthy"];
/// What is done with the instance's own disks.
pub const INSTANCE_STORE_POLICIES: [&str; 1] = ["RAID0"];
/// Kinds of network interfaces.
pub const INTERFACE_TYPES: [&str; 2] = ["interface", "efa-only"];
/// Which instances a capacity reservation accepts.
pub const MATCH_CRITERIA: [&str; 2] = ["open", "targeted"];
/// How a requirement compares.
pub const OPERATORS: [&str; 8] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Gte", "Lt", "Lte"];
pub use crate::ec2::metadata::SWITCH;

/// Different values that a requirement must leave.
pub const MIN_VALUES: (i64, i64) = (1, 50);
/// Weight of an overlay.
pub const OVERLAY_WEIGHT: (i64, i64) = (1, 10_000);
/// Weight of a pool.
pub const POOL_WEIGHT: (i64, i64) = (1, 100);
/// Percentage of a disk.
pub const PERCENT: (i64, i64) = (0, 100);
/// Seconds until an established TCP connection is forgotten.
pub const TCP_ESTABLISHED_SECONDS: (i64, i64) = (60, 432_000);
/// Seconds until a UDP flow with more than one exchange is forgotten.
pub const UDP_STREAM_SECONDS: (i64, i64) = (60, 180);
/// Seconds until a UDP flow with one exchange is forgotten.
pub const UDP_SECONDS: (i64, i64) = (30, 60);
