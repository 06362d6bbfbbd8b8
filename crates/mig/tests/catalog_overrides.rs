//! GPUs and instance types of the user's own: they are used like those of the catalog, and checked like them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use mig::Finding;
use mig::boot::{BootOptions, user_data};
use mig::catalog::{CatalogOverrides, GpuOverride, InstanceTypeOverride, ProfileOverride};
use mig::placement::Counts;
use mig::{Catalog, Layout, LayoutSpec, PathStep};

fn profile(id: i64, memory_slices: i64, starts: &[i64], max_instances: i64) -> ProfileOverride {
    ProfileOverride {
        gpu_instance_profile_id: id,
        memory_slices,
        starts: starts.to_vec(),
        max_instances,
        memory_gib: None,
    }
}

/// A GPU of the familiar geometry and of a name that no catalog has.
fn gpu() -> GpuOverride {
    let profiles = [
        ("1g.13gb", profile(19, 1, &[0, 1, 2, 3, 4, 5, 6], 7)),
        ("2g.25gb", profile(14, 2, &[0, 2, 4], 3)),
        ("3g.50gb", profile(9, 4, &[0, 4], 2)),
        ("4g.50gb", profile(5, 4, &[0], 1)),
        ("7g.100gb", profile(0, 8, &[0], 1)),
    ];
    GpuOverride {
        product: "NVIDIA R100 100GB".into(),
        compute_slices: 7,
        memory_slices: 8,
        memory_gb: 100,
        pci_device_ids: vec!["0x3999".into()],
        min_driver: Some("610.10".into()),
        mode_change_needs_reset: false,
        profiles: profiles.map(|(name, profile)| (name.to_owned(), profile)).into(),
    }
}

fn instance_type(gpu: &str) -> InstanceTypeOverride {
    InstanceTypeOverride {
        gpu: gpu.into(),
        gpu_count: 8,
        architecture: "amd64".into(),
        pci_device_id: None,
        fabric_manager: true,
        karpenter_gpu_name: Some("r100".into()),
    }
}

fn overrides(gpu: GpuOverride, of_type: InstanceTypeOverride) -> CatalogOverrides {
    CatalogOverrides {
        gpus: BTreeMap::from([("r100-100gb".to_owned(), gpu)]),
        instance_types: BTreeMap::from([("p9.48xlarge".to_owned(), of_type)]),
    }
}

fn spec(instance_type: &str, slices: &[(&str, i64)]) -> LayoutSpec {
    LayoutSpec {
        instance_types: vec![instance_type.into()],
        slices: Some(
            slices
                .iter()
                .map(|(name, count)| ((*name).into(), *count))
                .collect(),
        ),
        ..LayoutSpec::default()
    }
}

#[test]
fn a_gpu_of_ones_own_is_cut_like_any_other() {
    let catalog = Catalog::builtin()
        .with(&overrides(gpu(), instance_type("r100-100gb")))
        .unwrap();
    let layout = Layout::resolve(&spec("p9.48xlarge", &[("3g", 1), ("1g", 4)]), &catalog).unwrap();
    let resources = layout.resources("p9.48xlarge").unwrap();
    assert_eq!(resources["nvidia.com/mig-1g.13gb"], 32);
    assert_eq!(resources["nvidia.com/mig-3g.50gb"], 8);
    assert_eq!(layout.warnings(), []);
    let text = user_data(&layout, &BootOptions::default()).unwrap().text;
    assert!(
        text.contains("node p9.48xlarge 8 0x3999 610.10 yes\ngpus 0-7 19:"),
        "{text}"
    );
    let counts = Counts::of(catalog.gpu("r100-100gb").unwrap(), None);
    assert_eq!((counts.layouts, counts.maximal), (297, 19));
    assert!(Layout::resolve(&spec("p9.48xlarge", &[("3g", 1)]), Catalog::builtin()).is_err());
}

#[test]
fn an_instance_type_may_carry_a_gpu_of_the_catalog() {
    let given = InstanceTypeOverride {
        pci_device_id: Some("0x2330".into()),
        ..instance_type("h100-80gb")
    };
    let of_type = CatalogOverrides {
        instance_types: BTreeMap::from([("p5.24xlarge".to_owned(), given)]),
        ..CatalogOverrides::default()
    };
    let catalog = Catalog::builtin().with(&of_type).unwrap();
    let layout = Layout::resolve(&spec("p5.24xlarge", &[("1g", 7)]), &catalog).unwrap();
    assert_eq!(
        layout.resources("p5.24xlarge").unwrap()["nvidia.com/mig-1g.10gb"],
        56
    );
}

#[test]
fn what_a_user_adds_takes_the_place_of_what_there_is() {
    let mut ours = gpu();
    ours.pci_device_ids = vec!["0x2330".into()];
    let given = CatalogOverrides {
        gpus: BTreeMap::from([("h100-80gb".to_owned(), ours)]),
        ..CatalogOverrides::default()
    };
    let catalog = Catalog::builtin().with(&given).unwrap();
    let layout = Layout::resolve(&spec("p5.4xlarge", &[("1g", 7)]), &catalog).unwrap();
    assert_eq!(
        layout.resources("p5.4xlarge").unwrap()["nvidia.com/mig-1g.13gb"],
        7
    );
}

fn faults(gpu: GpuOverride, of_type: InstanceTypeOverride) -> Vec<Finding> {
    let catalog = Catalog::builtin().with(&overrides(gpu, of_type));
    catalog.err().unwrap_or_default()
}

/// One wrong value gives one fault, at its place.
fn only_fault(gpu: GpuOverride, of_type: InstanceTypeOverride, place: &str, text: &str) {
    let found = faults(gpu, of_type);
    assert_eq!(found.len(), 1, "{place}: {found:?}");
    let path: Vec<String> = found[0]
        .path()
        .into_iter()
        .map(|step| match step {
            PathStep::Attribute(name) => name.clone(),
            PathStep::Key(key) => format!("[{key}]"),
            PathStep::Index(index) => index.to_string(),
        })
        .collect();
    assert!(
        path.join(".").ends_with(place),
        "{place} is not the end of {path:?}"
    );
    assert!(
        found[0].to_string().contains(text),
        "{text:?} is not in {}",
        found[0]
    );
}

#[test]
fn each_wrong_value_is_told_at_its_place() {
    let right = || instance_type("r100-100gb");
    let with = |change: &dyn Fn(&mut GpuOverride)| {
        let mut changed = gpu();
        change(&mut changed);
        changed
    };
    let with_profile = |change: fn(&mut ProfileOverride)| {
        with(&|gpu: &mut GpuOverride| change(gpu.profiles.get_mut("3g.50gb").unwrap()))
    };
    let cases = [
        (with(&|gpu| gpu.memory_slices = 99), "memory_slices", "1 to 31"),
        (
            with(&|gpu| gpu.pci_device_ids = vec!["2330".into()]),
            "pci_device_ids",
            "0x2330",
        ),
        (
            with(&|gpu| gpu.min_driver = Some("new".into())),
            "min_driver",
            "580.159.03",
        ),
        (with(&|gpu| gpu.profiles.clear()), "profiles", "at least one"),
        (
            with_profile(|p| p.starts = vec![4, 0]),
            "[3g.50gb].starts",
            "ascending",
        ),
        (
            with_profile(|p| p.starts = vec![0, 5]),
            "[3g.50gb].starts",
            "each 0 to 4",
        ),
        (
            with_profile(|p| p.max_instances = 3),
            "[3g.50gb].max_instances",
            "1 to 2",
        ),
        (
            with_profile(|p| p.gpu_instance_profile_id = 14),
            "gpu_instance_profile_id",
            "given twice",
        ),
        (
            with(&|gpu| {
                gpu.profiles.insert("huge".into(), profile(77, 8, &[0], 1));
            }),
            "profiles.[huge]",
            "not a MIG profile",
        ),
    ];
    for (wrong, place, text) in cases {
        only_fault(wrong, right(), place, text);
    }
}

#[test]
fn each_wrong_instance_type_is_told_at_its_place() {
    only_fault(
        gpu(),
        instance_type("r200"),
        "[p9.48xlarge].gpu",
        "The catalog lists its GPUs.",
    );
    let count = InstanceTypeOverride {
        gpu_count: 0,
        ..instance_type("r100-100gb")
    };
    only_fault(gpu(), count, "gpu_count", "1 to 64");
    let processor = InstanceTypeOverride {
        architecture: "x86".into(),
        ..instance_type("r100-100gb")
    };
    only_fault(gpu(), processor, "architecture", "amd64 or arm64");
    // The catalog's H100 has several devices.
    only_fault(
        gpu(),
        instance_type("h100-80gb"),
        "pci_device_id",
        "Say which one",
    );
}
