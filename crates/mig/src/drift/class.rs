//! The ten classes of drift.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, but not drift that needs an action. It does not count for the exit code.
    Info,
    /// It will surprise later.
    Warning,
    /// It costs money or pods now.
    Error,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What kind of drift it is. The code is stable: ignore rules, baselines and SARIF name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "`title` says it")]
pub enum DriftClass {
    D1,
    D2,
    D3,
    D4,
    D5,
    D6,
    D7,
    D8,
    D9,
    D10,
}

impl DriftClass {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
        Self::D8,
        Self::D9,
        Self::D10,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::D1 => "D1",
            Self::D2 => "D2",
            Self::D3 => "D3",
            Self::D4 => "D4",
            Self::D5 => "D5",
            Self::D6 => "D6",
            Self::D7 => "D7",
            Self::D8 => "D8",
            Self::D9 => "D9",
            Self::D10 => "D10",
        }
    }

    /// What it is, in some words.
    pub fn title(self) -> &'static str {
        match self {
            Self::D1 => "Slices are not as declared",
            Self::D2 => "Node is stuck without usable slices",
            Self::D3 => "Device plugin was edited or does not run",
            Self::D4 => "Launch template moved",
            Self::D5 => "Karpenter object was edited or is refused",
            Self::D6 => "Image or driver is not the pinned one",
            Self::D7 => "Resource of an earlier layout is left at 0",
            Self::D8 => "Autoscaler tags are missing or wrong",
            Self::D9 => "Something else manages the same GPUs",
            Self::D10 => "Node is still of an earlier layout",
        }
    }

    /// How much it matters, where the finding itself does not say otherwise.
    pub fn default_severity(self) -> Severity {
        match self {
            Self::D1 | Self::D2 | Self::D3 | Self::D5 | Self::D9 => Severity::Error,
            Self::D4 | Self::D6 | Self::D8 => Severity::Warning,
            Self::D7 | Self::D10 => Severity::Info,
        }
    }
}

impl fmt::Display for DriftClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
