//! Rules of block device mappings that are the CRD's own; EC2's are in [`crate::ec2::disk`].

use super::NodeClassOptions;
use super::model::{BlockDeviceMapping, Ebs};
use crate::ec2::Given;
use crate::ec2::disk::{self, Disk, Volume};
use crate::manifests::karpenter::place::{Findings, Place};

const MOST: usize = 50;

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
    for (index, mapping) in mappings.iter().enumerate() {
        if let Some(ebs) = &mapping.ebs {
            size(findings, &place.index(index).attr("ebs"), ebs);
        }
    }
    let disks: Vec<_> = mappings.iter().map(disk).collect();
    findings.ec2(&place, disk::check(&disks));
}

fn size(findings: &mut Findings, place: &Place, ebs: &Ebs) {
    if let Some(size) = ebs.volume_size.as_ref().filter(|size| !is_size(size)) {
        findings.fault(
            &place.attr("volume_size"),
            format!("{size:?} is not a volume size that Karpenter takes"),
            "It is a whole number with a unit: 1Gi to 59000Gi, 1G to 64000G, 1Ti to 58Ti, 1T to 64T. Of Ti Karpenter \
             refuses numbers from 18 on that end in 8 or 9, except 58; write those in Gi.",
        );
    }
}

fn disk(mapping: &BlockDeviceMapping) -> Disk<'_> {
    Disk {
        device_name: mapping.device_name.as_deref().into(),
        ebs: mapping.ebs.as_ref().map(volume).into(),
        ..Disk::default()
    }
}

fn volume(ebs: &Ebs) -> Volume<'_> {
    Volume {
        volume_type: ebs.volume_type.as_deref().into(),
        size: ebs.volume_size.as_deref().map_or(Given::Absent, |size| {
            gib(size).map_or(Given::Unknown, Given::Known)
        }),
        iops: ebs.iops.into(),
        throughput: ebs.throughput.into(),
        initialization_rate: ebs.volume_initialization_rate.into(),
        encrypted: ebs.encrypted.into(),
        kms_key_id: ebs.kms_key_id.as_deref().into(),
        snapshot_id: ebs.snapshot_id.as_deref().into(),
        // The CRD demands a size or a snapshot of every volume.
        of_image: false,
    }
}

/// GiB as Karpenter counts them: rounded up.
fn gib(size: &str) -> Option<i64> {
    let digits = size.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let number = digits.parse::<i64>().ok().filter(|_| is_size(size))?;
    let decimal = |bytes: i64| (bytes + (1 << 30) - 1) >> 30;
    Some(match &size[digits.len()..] {
        "Ti" => number * 1_024,
        "T" => decimal(number * 1_000_000_000_000),
        "G" => decimal(number * 1_000_000_000),
        _ => number,
    })
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
