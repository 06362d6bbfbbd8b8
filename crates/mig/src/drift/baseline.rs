//! An earlier report, whose findings are known.

use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use super::format::JSON_VERSION;

/// The findings of an earlier report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    fingerprints: BTreeSet<String>,
}

/// Why a text is no earlier report.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BaselineError {
    /// It has another form.
    #[error("The baseline is not a report in JSON: {0}. Write one with the JSON format.")]
    Malformed(String),
    /// It is of another version.
    #[error("The baseline has version {found}; this release reads version {JSON_VERSION}. Write a new one.")]
    OtherVersion {
        /// Its version.
        found: u32,
    },
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// What of an earlier report matters. A later release may have written more into it. What was ignored then is not known: an
/// expired rule shows it again.
#[derive(Deserialize)]
struct Earlier {
    findings: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    fingerprint: String,
}

impl Baseline {
    /// Reads a report of [`super::format::json`].
    pub fn from_json(text: &str) -> Result<Self, BaselineError> {
        let malformed = |error: serde_json::Error| BaselineError::Malformed(error.to_string());
        // The version first: another one may have another form.
        let version: Version = serde_json::from_str(text).map_err(malformed)?;
        if version.version != JSON_VERSION {
            let found = version.version;
            return Err(BaselineError::OtherVersion { found });
        }
        let earlier: Earlier = serde_json::from_str(text).map_err(malformed)?;
        let known = earlier.findings.into_iter();
        Ok(Self {
            fingerprints: known.map(|known| known.fingerprint).collect(),
        })
    }

    /// Whether it has a finding of that fingerprint.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.fingerprints.contains(fingerprint)
    }
}
