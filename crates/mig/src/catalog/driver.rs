//! Versions of NVIDIA's driver.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// A version such as `580.159.03`, or a branch such as `580`, which counts as the branch's first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DriverVersion {
    text: String,
    numbers: Vec<u32>,
}

/// Why a text is no driver version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a driver version; write it as nvidia-smi does (580.159.03)")]
pub struct DriverVersionError(String);

impl DriverVersion {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version of a branch as NVIDIA names it: `R525`.
    pub fn of_branch(branch: &str) -> Result<Self, DriverVersionError> {
        branch.trim_start_matches('R').parse()
    }
}

impl FromStr for DriverVersion {
    type Err = DriverVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || DriverVersionError(text.to_owned());
        let number = |part: &str| {
            let digits =
                !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        let numbers = numbers
            .filter(|numbers| numbers.len() <= 4)
            .ok_or_else(malformed)?;
        Ok(Self {
            text: text.to_owned(),
            numbers,
        })
    }
}

impl TryFrom<String> for DriverVersion {
    type Error = DriverVersionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl PartialOrd for DriverVersion {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By numbers, then by spelling, so that equal order means equal values.
impl Ord for DriverVersion {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.numbers, &self.text).cmp(&(&other.numbers, &other.text))
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> DriverVersion {
        text.parse().unwrap()
    }

    #[test]
    fn order_is_by_number() {
        let mut sorted = ["580.95.05", "580", "550.90.07", "580.105.08", "580.82.07"].map(version);
        sorted.sort();
        let texts: Vec<&str> = sorted.iter().map(DriverVersion::as_str).collect();
        assert_eq!(
            texts,
            ["550.90.07", "580", "580.82.07", "580.95.05", "580.105.08"]
        );
        assert_eq!(DriverVersion::of_branch("R525"), Ok(version("525")));
    }

    #[test]
    fn what_is_no_version() {
        for text in ["", "latest", "580.", "580.x", "1.2.3.4.5", "99999999"] {
            assert!(text.parse::<DriverVersion>().is_err(), "{text:?}");
        }
    }
}
