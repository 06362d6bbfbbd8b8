//! Rules of disks. The limits by type are those of the EBS user guide, "Amazon EBS volume types".

use std::collections::BTreeSet;

use super::{Given, collector, ids};
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};

/// The types of EBS volumes.
pub const VOLUME_TYPES: [&str; 7] = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"];

/// MiB per second at which a snapshot is loaded.
pub const INITIALIZATION_RATE: (i64, i64) = (100, 300);

/// Operations per second that a gp3 volume has without asking, whatever its size.
const GP3_IOPS: i64 = 3_000;

/// One disk of an instance.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk<'a> {
    /// `/dev/xvda`
    pub device_name: Given<&'a str>,
    /// Leaves out a device that the image maps.
    pub no_device: Given<&'a str>,
    /// An instance store volume.
    pub virtual_name: Given<&'a str>,
    /// An EBS volume.
    pub ebs: Given<Volume<'a>>,
}

/// An EBS volume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume<'a> {
    /// One of [`VOLUME_TYPES`].
    pub volume_type: Given<&'a str>,
    /// GiB.
    pub size: Given<i64>,
    /// Operations per second.
    pub iops: Given<i64>,
    /// MiB per second.
    pub throughput: Given<i64>,
    /// MiB per second at which a snapshot is loaded.
    pub initialization_rate: Given<i64>,
    /// Whether it is encrypted.
    pub encrypted: Given<bool>,
    /// Key, alias or ARN.
    pub kms_key_id: Given<&'a str>,
    /// `snap-...`
    pub snapshot_id: Given<&'a str>,
    /// Whether the image may map the same device and so give what is left out here: type, size and snapshot.
    pub of_image: bool,
}

/// What is wrong with the disks of an instance. Paths begin at the list.
pub fn check(disks: &[Disk<'_>]) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut faults = collector();
    for (index, disk) in disks.iter().enumerate() {
        faults.below(FieldPath::default().index(index), |faults| {
            device(faults, disk, &mut seen);
        });
    }
    faults.faults
}

fn device<'a>(faults: &mut Collector, disk: &Disk<'a>, seen: &mut BTreeSet<&'a str>) {
    match disk.device_name {
        Given::Known(name) if !name.trim().is_empty() => {
            if !seen.insert(name) {
                faults.fault(
                    "device_name",
                    format!("{name} is there twice"),
                    "Each device has one disk.",
                );
            }
        }
        Given::Known(_) | Given::Absent => faults.fault(
            "device_name",
            "The disk has no device name",
            "Give it, for example /dev/xvda, the root of Amazon Linux 2023.",
        ),
        Given::Unknown => {}
    }
    kinds(faults, disk);
    if let Some(volume) = disk.ebs.known() {
        faults.below("ebs", |faults| self::volume(faults, &volume));
    }
}

/// A device is a volume, an instance store, or left out.
fn kinds(faults: &mut Collector, disk: &Disk<'_>) {
    let given: Vec<_> = [
        ("ebs", disk.ebs.is_known()),
        ("virtual_name", disk.virtual_name.is_known()),
        ("no_device", disk.no_device.is_known()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if let [first, .., last] = given.as_slice() {
        faults.fault(
            *last,
            format!("{first} and {last} exclude one another"),
            "A device is an EBS volume (ebs), an instance store (virtual_name), or left out (no_device).",
        );
    }
    let number = |name: &str| name.strip_prefix("ephemeral")?.parse::<u8>().ok();
    if let Some(name) = disk
        .virtual_name
        .known()
        .filter(|name| number(name).is_none_or(|number| number > 23))
    {
        faults.fault(
            "virtual_name",
            format!("{name:?} is not an instance store"),
            "They are ephemeral0 to ephemeral23.",
        );
    }
}

fn volume(faults: &mut Collector, volume: &Volume<'_>) {
    let word = volume.volume_type.known();
    faults.word(&FieldPath::of("volume_type"), word, &VOLUME_TYPES);
    key(faults, volume);
    let snapshot = volume.snapshot_id.known();
    if let Some(fault) = snapshot.and_then(|id| ids::Kind::Snapshot.fault(id)) {
        faults.take(fault.at("snapshot_id"));
    }
    if volume.snapshot_id.is_absent() && volume.size.is_absent() && !volume.of_image {
        faults.fault(
            "",
            "The volume has no size",
            "Give volume_size, or the snapshot_id that it is made of.",
        );
    }
    let rate = "volume_initialization_rate";
    faults.range(
        &FieldPath::of(rate),
        volume.initialization_rate.known(),
        INITIALIZATION_RATE,
    );
    if volume.initialization_rate.is_known() && volume.snapshot_id.is_absent() && !volume.of_image {
        faults.fault(rate, "Nothing is to be loaded", "It goes with a snapshot_id.");
    }
    let kind = match volume.volume_type {
        Given::Absent if volume.of_image => None,
        found => found.or("gp2"),
    };
    if let Some(kind) = kind.filter(|kind| VOLUME_TYPES.contains(kind)) {
        // Without a type the image decides, and its own may be larger than gp2 allows.
        if volume.volume_type.is_known() {
            size(faults, volume, kind);
        }
        iops(faults, volume, kind);
        throughput(faults, volume, kind);
    }
}

fn key(faults: &mut Collector, volume: &Volume<'_>) {
    let Some(key) = volume.kms_key_id.known() else {
        return;
    };
    if let Some(fault) = ids::kms_key(key) {
        faults.take(fault.at("kms_key_id"));
    } else if volume.encrypted.or(false) == Some(false) {
        faults.fault(
            "kms_key_id",
            "A key without encryption",
            Advice::new("EC2 refuses it.", [Remedy::write("encrypted", true)]),
        );
    }
}

/// Smallest and largest size in GiB.
fn sizes(kind: &str) -> (i64, i64) {
    match kind {
        "gp2" => (1, 16_384),
        "io1" => (4, 16_384),
        "io2" => (4, 65_536),
        "st1" | "sc1" => (125, 16_384),
        "standard" => (1, 1_024),
        _ => (1, 65_536),
    }
}

fn size(faults: &mut Collector, volume: &Volume<'_>, kind: &str) {
    let (first, last) = sizes(kind);
    if let Some(size) = volume.size.known().filter(|size| !(first..=last).contains(size)) {
        faults.fault(
            "volume_size",
            format!("A {kind} volume cannot have {size} GiB"),
            format!("It has {first} to {last}."),
        );
    }
}

fn iops(faults: &mut Collector, volume: &Volume<'_>, kind: &str) {
    let (first, last, per_gib) = match kind {
        "gp3" => (GP3_IOPS, 80_000, 500),
        "io1" => (100, 64_000, 50),
        "io2" => (100, 256_000, 1_000),
        _ => {
            if volume.iops.is_known() {
                let summary = format!("A {kind} volume has no iops to set");
                faults.fault("iops", summary, "They go with gp3, io1 and io2.");
            }
            return;
        }
    };
    if kind != "gp3" && volume.iops.is_absent() {
        faults.fault(
            "iops",
            format!("A {kind} volume needs iops"),
            format!("EC2 has no default for it. Give {first} to {last}."),
        );
    }
    let Some(iops) = volume.iops.known() else {
        return;
    };
    if !(first..=last).contains(&iops) {
        faults.range(&FieldPath::of("iops"), Some(iops), (first, last));
        return;
    }
    let size = volume.size.known().filter(|size| *size > 0);
    let most = size.map(|size| size.saturating_mul(per_gib).max(first));
    if let Some((size, most)) = size.zip(most).filter(|(_, most)| iops > *most) {
        faults.fault(
            "iops",
            format!("A {kind} volume of {size} GiB cannot have {iops} iops"),
            format!(
                "It has up to {per_gib} per GiB: {most}, or a size of {} GiB or more.",
                (iops + per_gib - 1) / per_gib
            ),
        );
    }
}

fn throughput(faults: &mut Collector, volume: &Volume<'_>, kind: &str) {
    let Some(throughput) = volume.throughput.known() else {
        return;
    };
    if kind != "gp3" {
        faults.fault(
            "throughput",
            format!("A {kind} volume has no throughput to set"),
            "It goes with gp3.",
        );
    } else if !(125..=2_000).contains(&throughput) {
        faults.range(&FieldPath::of("throughput"), Some(throughput), (125, 2_000));
    } else if let Some(iops) = volume.iops.or(GP3_IOPS).filter(|iops| throughput * 4 > *iops) {
        faults.fault(
            "throughput",
            format!("{throughput} MiB/s are too many for {iops} iops"),
            format!(
                "A gp3 volume has up to 0.25 MiB/s for each of its iops (3000 if left out). Give {} iops or more, or a \
                 throughput of {} or less.",
                throughput * 4,
                iops / 4
            ),
        );
    }
}
