//! Rules of block device mappings: the CRD's, and EC2's where they are certain.

use std::collections::BTreeSet;

use super::NodeClassOptions;
use super::model::{BlockDeviceMapping, Ebs};
use crate::manifests::karpenter::place::{Findings, Place};

const MOST: usize = 50;

const TYPES: [&str; 7] = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"];

pub(super) fn check(findings: &mut Findings, options: &NodeClassOptions) {
    let Some(mappings) = &options.block_device_mappings else {
        return;
    };
    let place = Place::of("block_device_mappings");
    findings.at_most(&place, mappings.len(), MOST);
    if mappings
        .iter()
        .filter(|mapping| mapping.root_volume == Some(true))
        .count()
        > 1
    {
        findings.fault(
            &place,
            "Several disks are the root volume",
            "At most one has root_volume = true.",
        );
    }
    let mut seen = BTreeSet::new();
    for (index, mapping) in mappings.iter().enumerate() {
        device(findings, &place.index(index), mapping, &mut seen);
    }
}

fn device<'a>(
    findings: &mut Findings,
    place: &Place,
    mapping: &'a BlockDeviceMapping,
    seen: &mut BTreeSet<&'a String>,
) {
    let name = mapping
        .device_name
        .as_ref()
        .filter(|name| !name.trim().is_empty());
    match name {
        None => findings.fault(
            &place.attr("device_name"),
            "The disk has no device name",
            "Give it, for example /dev/xvda, the root of Amazon Linux 2023.",
        ),
        Some(name) if !seen.insert(name) => {
            findings.fault(
                &place.attr("device_name"),
                format!("{name} is there twice"),
                "Each device has one disk.",
            );
        }
        Some(_) => {}
    }
    if let Some(ebs) = &mapping.ebs {
        volume(findings, &place.attr("ebs"), ebs);
    }
}

fn volume(findings: &mut Findings, place: &Place, ebs: &Ebs) {
    findings.word(&place.attr("volume_type"), ebs.volume_type.as_ref(), &TYPES);
    findings.not_empty(&place.attr("kms_key_id"), ebs.kms_key_id.as_ref());
    findings.not_empty(&place.attr("snapshot_id"), ebs.snapshot_id.as_ref());
    if ebs.snapshot_id.is_none() && ebs.volume_size.is_none() {
        findings.fault(
            place,
            "The volume has no size",
            "Give volume_size, or the snapshot_id that it is made of.",
        );
    }
    if let Some(size) = ebs.volume_size.as_ref().filter(|size| !is_size(size)) {
        findings.fault(
            &place.attr("volume_size"),
            format!("{size:?} is not a volume size that Karpenter takes"),
            "It is a whole number with a unit: 1Gi to 59000Gi, 1G to 64000G, 1Ti to 58Ti, 1T to 64T. Of Ti Karpenter \
             refuses numbers from 18 on that end in 8 or 9, except 58; write those in Gi.",
        );
    }
    let rate = place.attr("volume_initialization_rate");
    findings.range(&rate, ebs.volume_initialization_rate, 100, 300);
    if ebs.volume_initialization_rate.is_some() && ebs.snapshot_id.is_none() {
        findings.fault(&rate, "Nothing is to be loaded", "It goes with a snapshot_id.");
    }
    if ebs.kms_key_id.is_some() && ebs.encrypted != Some(true) {
        findings.fault(
            &place.attr("kms_key_id"),
            "A key without encryption",
            "EC2 refuses it. Set encrypted = true.",
        );
    }
    speed(findings, place, ebs);
}

/// What EC2 allows by type. Karpenter leaves it to EC2, which answers when the first node is launched.
fn speed(findings: &mut Findings, place: &Place, ebs: &Ebs) {
    let kind = ebs.volume_type.as_deref().unwrap_or("gp2");
    let (iops, throughput) = (place.attr("iops"), place.attr("throughput"));
    match kind {
        "gp3" => findings.range(&iops, ebs.iops, 3_000, 80_000),
        "io1" => findings.range(&iops, ebs.iops, 100, 64_000),
        "io2" => findings.range(&iops, ebs.iops, 100, 256_000),
        _ if ebs.iops.is_some() && TYPES.contains(&kind) => {
            findings.fault(
                &iops,
                format!("A {kind} volume has no iops to set"),
                "They go with gp3, io1 and io2.",
            );
        }
        _ => {}
    }
    if matches!(kind, "io1" | "io2") && ebs.iops.is_none() {
        findings.fault(
            &iops,
            format!("A {kind} volume needs iops"),
            "EC2 has no default for it.",
        );
    }
    if kind == "gp3" {
        findings.range(&throughput, ebs.throughput, 125, 2_000);
    } else if ebs.throughput.is_some() && TYPES.contains(&kind) {
        findings.fault(
            &throughput,
            format!("A {kind} volume has no throughput to set"),
            "It goes with gp3.",
        );
    }
}

/// The CRD's pattern in words; it leaves out some numbers of Ti.
fn is_size(text: &str) -> bool {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let Ok(number) = digits.parse::<u32>() else {
        return false;
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let fits = match &text[digits.len()..] {
        "Gi" => number <= 59_000,
        "G" => number <= 64_000,
        "Ti" => number < 10 || number == 58 || (number < 58 && number % 10 <= 7),
        "T" => number <= 64,
        _ => false,
    };
    plain && fits
}

#[cfg(test)]
mod tests {
    use super::is_size;

    #[test]
    fn sizes_are_those_of_the_crd() {
        for size in [
            "1Gi", "200Gi", "9999Gi", "59000Gi", "64000G", "1Ti", "17Ti", "58Ti", "64T", "18T",
        ] {
            assert!(is_size(size), "{size}");
        }
        for size in [
            "", "0Gi", "020Gi", "59001Gi", "64001G", "18Ti", "59Ti", "65T", "100", "100Mi", "1.5Ti", "-1Gi",
            "Ti", "+5Gi",
        ] {
            assert!(!is_size(size), "{size}");
        }
    }
}
