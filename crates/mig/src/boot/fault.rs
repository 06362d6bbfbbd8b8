//! What can be wrong with user data.

use std::ops::RangeInclusive;

use super::USER_DATA_LIMIT;
use crate::finding::{Advice, FieldPath, Finding, FindingKind};

pub(super) fn fault(
    path: impl Into<FieldPath>,
    summary: impl Into<String>,
    advice: impl Into<Advice>,
) -> Finding {
    Finding::error(FindingKind::UserData, summary, advice).at(path)
}

pub(super) fn too_large(size: usize, ours: usize, reserved: usize) -> Finding {
    let allowed = USER_DATA_LIMIT - reserved;
    let room = match reserved {
        0 => format!("EC2 accepts {USER_DATA_LIMIT} bytes."),
        _ => format!(
            "EC2 accepts {USER_DATA_LIMIT} bytes, of which {reserved} stay free for the NodeConfig that Karpenter or \
                 EKS adds."
        ),
    };
    let detail = format!(
        "{room} The boot script and its layout take {ours}, other parts {}. Move {} bytes or more of your own parts \
             into the image, or have them fetch what they need.",
        size - ours,
        size - allowed
    );
    fault(
        "",
        format!("The user data has {size} bytes, {allowed} are allowed"),
        detail,
    )
}

pub(super) fn deadline(found: u32, allowed: RangeInclusive<u32>) -> Finding {
    let (first, last) = (allowed.start(), allowed.end());
    fault(
        "partition_timeout",
        format!("A deadline of {found} seconds is not possible"),
        format!(
            "It is {first} to {last}: drivers take about a minute, and Karpenter gives a node up after 900 seconds."
        ),
    )
}
