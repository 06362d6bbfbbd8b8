//! What can be wrong with user data.

use std::ops::RangeInclusive;

use thiserror::Error;

use super::USER_DATA_LIMIT;
use crate::layout::PathStep;

/// Something that is wrong with user data: where, the fact, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{summary}. {detail}")]
pub struct UserDataFault {
    path: Vec<PathStep>,
    summary: String,
    detail: String,
}

impl UserDataFault {
    pub(super) fn new(path: Vec<PathStep>, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            path,
            summary: summary.into(),
            detail: detail.into(),
        }
    }

    pub(super) fn too_large(size: usize, ours: usize, reserved: usize) -> Self {
        let allowed = USER_DATA_LIMIT - reserved;
        let room = match reserved {
            0 => format!("EC2 takes {USER_DATA_LIMIT} bytes."),
            _ => format!(
                "EC2 takes {USER_DATA_LIMIT} bytes, of which {reserved} stay free for the NodeConfig that Karpenter or \
                 EKS adds."
            ),
        };
        let detail = format!(
            "{room} The boot script and its layout take {ours}, other parts {}. Move {} bytes or more of your own parts \
             into the image, or have them fetch what they need.",
            size - ours,
            size - allowed
        );
        Self::new(
            Vec::new(),
            format!("The user data has {size} bytes, {allowed} are allowed"),
            detail,
        )
    }

    pub(super) fn deadline(found: u32, allowed: RangeInclusive<u32>) -> Self {
        let (first, last) = (allowed.start(), allowed.end());
        Self::new(
            vec![PathStep::Attribute("deadline_seconds".to_owned())],
            format!("A deadline of {found} seconds is not possible"),
            format!(
                "It is {first} to {last}: drivers take about a minute, and Karpenter gives a node up after 900 seconds."
            ),
        )
    }

    /// The way from the rendering options to the wrong value; empty where it is the whole.
    pub fn path(&self) -> Vec<PathStep> {
        self.path.clone()
    }

    /// What is wrong, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The fact behind it, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}
