//! Rules of block device mappings that are the CRD's own; EC2's are in [`crate::ec2::disk`].

use crate::ec2::Given;
use crate::ec2::disk::{self, Disk, Volume};
use crate::manifests::karpenter::field::Field;
use crate::manifests::karpenter::place::Findings;

const MOST: usize = 50;

pub(super) fn check(findings: &mut Findings, spec: &Field<'_>) {
    let field = spec.get("blockDeviceMappings");
    let mappings = field.items();
    findings.at_most(&field, mappings.len(), MOST);
    let roots = mappings
        .iter()
        .filter(|mapping| mapping.get("rootVolume").truth() == Some(true));
    if roots.count() > 1 {
        findings.fault(
            &field,
            "Several disks are the root volume",
            "Kubelet's files lie on one disk. Mark at most one.",
        );
    }
    for mapping in &mappings {
        size(findings, &mapping.get("ebs").get("volumeSize"));
    }
    let disks: Vec<_> = mappings.iter().map(disk).collect();
    findings.ec2(&field, disk::check(&disks));
}

fn size(findings: &mut Findings, field: &Field<'_>) {
    if let Some(size) = field.text().filter(|size| !is_size(size)) {
        findings.fault(
            field,
            format!("{size:?} is not a volume size that Karpenter accepts"),
            "It is a whole number with a unit: 1Gi to 59000Gi, 1G to 64000G, 1Ti to 58Ti, 1T to 64T. Of Ti Karpenter \
             refuses numbers from 18 on that end in 8 or 9, except 58; write those in Gi.",
        );
    }
}

fn disk<'a>(mapping: &Field<'a>) -> Disk<'a> {
    let ebs = mapping.get("ebs");
    Disk {
        device_name: mapping.get("deviceName").text().into(),
        ebs: ebs.is_given().then(|| volume(&ebs)).into(),
        ..Disk::default()
    }
}

fn volume<'a>(ebs: &Field<'a>) -> Volume<'a> {
    Volume {
        volume_type: ebs.get("volumeType").text().into(),
        size: ebs.get("volumeSize").text().map_or(Given::Absent, |size| {
            gib(size).map_or(Given::Unknown, Given::Known)
        }),
        iops: ebs.get("iops").number().into(),
        throughput: ebs.get("throughput").number().into(),
        initialization_rate: ebs.get("volumeInitializationRate").number().into(),
        encrypted: ebs.get("encrypted").truth().into(),
        kms_key_id: ebs.get("kmsKeyID").text().into(),
        snapshot_id: ebs.get("snapshotID").text().into(),
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
