//! What a user writes, and the words in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A layout as users write it: plain values, nothing checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutSpec {
    /// EC2 instance types, any order.
    pub instance_types: Vec<String>,
    /// Slices of every GPU: count by profile (exact or generic). Empty: whole GPUs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slices: Option<BTreeMap<String, i64>>,
    /// Different slices for different GPUs of a node, instead of `slices`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpus: Option<Vec<GpuGroup>>,
    /// `mixed` (default) or `single`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// Several pods per GPU or slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<SharingSpec>,
}

/// Some GPUs of a node and their slices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GpuGroup {
    /// Indexes of the GPUs, from 0.
    pub devices: Vec<i64>,
    /// Slices of each of them: count by profile. Empty: whole GPUs.
    #[serde(default)]
    pub slices: BTreeMap<String, i64>,
}

/// Sharing as users write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingSpec {
    /// `time-slicing` or `mps`.
    pub strategy: String,
    /// Pods per GPU or slice, 2 or more.
    pub replicas: i64,
}

/// How the device plugin names MIG slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// Each profile has its own resource, `nvidia.com/mig-1g.10gb`.
    Mixed,
    /// All slices are equal and are called `nvidia.com/gpu`.
    Single,
}

impl Strategy {
    /// The word that users and the device plugin write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Single => "single",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Mixed, Self::Single]
            .into_iter()
            .find(|strategy| strategy.as_str() == word)
    }
}

/// How one GPU or slice serves several pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharingStrategy {
    /// In turn; no isolation of memory or faults.
    TimeSlicing,
    /// Side by side through CUDA's Multi-Process Service; not on MIG slices.
    Mps,
}

impl SharingStrategy {
    /// The word that users write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimeSlicing => "time-slicing",
            Self::Mps => "mps",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::TimeSlicing, Self::Mps]
            .into_iter()
            .find(|strategy| strategy.as_str() == word)
    }
}

/// Checked sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sharing {
    /// How.
    pub strategy: SharingStrategy,
    /// Pods per GPU or slice.
    pub replicas: u32,
}
