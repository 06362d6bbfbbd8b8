//! Random layouts, valid or not: nothing panics, and what is accepted obeys rules that are written here a second time,
//! cell by cell. `PROPTEST_CASES` sets how many are tried; a failure prints its case and seed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use mig::boot::{BootOptions, user_data};
use mig::catalog::Gpu;
use mig::layout::{GpuGroup, NodeLayout, SharingSpec};
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use mig::{Catalog, Layout, LayoutSpec, PathStep};
use proptest::prelude::*;

fn instance_type() -> impl Strategy<Value = String> {
    let known: Vec<String> = Catalog::builtin()
        .instance_types()
        .map(|found| found.name.clone())
        .collect();
    let cut: Vec<String> = Catalog::builtin()
        .instance_types()
        .filter(|found| found.mig.gpu.is_some())
        .map(|found| found.name.clone())
        .collect();
    prop_oneof![8 => prop::sample::select(cut), 1 => prop::sample::select(known), 1 => "[a-z0-9.]{0,12}"]
}

fn profile() -> impl Strategy<Value = String> {
    let exact: BTreeSet<String> = Catalog::builtin().gpus().flat_map(Gpu::profile_names).collect();
    let exact: Vec<String> = exact.into_iter().collect();
    prop_oneof![
        6 => (1u8..8).prop_map(|compute| format!("{compute}g")),
        3 => prop::sample::select(exact),
        1 => "[0-9a-z.+-]{0,10}",
    ]
}

fn slices() -> impl Strategy<Value = BTreeMap<String, i64>> {
    let count = prop_oneof![12 => 1i64..5, 2 => 5i64..9, 1 => Just(0), 1 => any::<i64>()];
    prop::collection::btree_map(profile(), count, 0..4)
}

fn groups() -> impl Strategy<Value = Vec<GpuGroup>> {
    let halves = (slices(), slices()).prop_map(|(first, second)| {
        vec![
            GpuGroup {
                devices: vec![0, 1, 2, 3],
                slices: first,
            },
            GpuGroup {
                devices: vec![4, 5, 6, 7],
                slices: second,
            },
        ]
    });
    let one = slices().prop_map(|slices| {
        vec![GpuGroup {
            devices: vec![0],
            slices,
        }]
    });
    let devices = prop::collection::vec(prop_oneof![8 => 0i64..8, 1 => any::<i64>()], 0..9);
    let any_group = (devices, slices()).prop_map(|(devices, slices)| GpuGroup { devices, slices });
    prop_oneof![4 => halves, 2 => one, 2 => prop::collection::vec(any_group, 0..4)]
}

fn layout_spec() -> impl Strategy<Value = LayoutSpec> {
    let types = prop_oneof![6 => prop::collection::vec(instance_type(), 1..2), 2 => prop::collection::vec(instance_type(), 0..4)];
    let cuts = prop_oneof![
        7 => slices().prop_map(|slices| (Some(slices), None)),
        4 => groups().prop_map(|groups| (None, Some(groups))),
        1 => (slices(), groups()).prop_map(|(slices, groups)| (Some(slices), Some(groups))),
        1 => Just((None, None)),
    ];
    let strategy =
        prop_oneof![8 => Just(None), 2 => Just(Some("single".to_owned())), 1 => "[a-z]{0,6}".prop_map(Some)];
    let word =
        prop_oneof![3 => Just("time-slicing".to_owned()), 2 => Just("mps".to_owned()), 1 => "[a-z-]{0,6}"];
    let replicas = prop_oneof![6 => 2i64..9, 1 => any::<i64>()];
    let sharing = prop_oneof![
        8 => Just(None),
        2 => (word, replicas).prop_map(|(strategy, replicas)| Some(SharingSpec { strategy, replicas })),
    ];
    (types, cuts, strategy, sharing).prop_map(|(instance_types, (slices, gpus), strategy, sharing)| {
        LayoutSpec {
            instance_types,
            slices,
            gpus,
            strategy,
            sharing,
        }
    })
}

/// NVIDIA's rule for one GPU, cell by cell.
fn check_gpu(gpu: &Gpu, node: &NodeLayout, index: usize) {
    let mut owner = vec![None; usize::from(gpu.memory_slices.unwrap())];
    let mut compute = 0;
    let mut count: BTreeMap<String, u8> = BTreeMap::new();
    for (number, placed) in node.gpus()[index].iter().enumerate() {
        let fact = gpu
            .profiles
            .iter()
            .find(|fact| fact.profile == placed.profile)
            .expect("a profile of this GPU");
        let places = fact.placements.as_ref().unwrap();
        assert!(places.starts.contains(&placed.start), "{placed:?}");
        assert_eq!(Some(placed.gpu_instance_profile_id), fact.gpu_instance_profile_id);
        for cell in placed.start..placed.start + places.size {
            assert_eq!(
                owner[usize::from(cell)].replace(number),
                None,
                "memory slice {cell} has two owners"
            );
        }
        compute += fact.compute_slices;
        *count.entry(placed.profile.to_string()).or_default() += 1;
    }
    assert!(compute <= gpu.compute_slices);
    for (name, number) in &count {
        assert!(
            *number <= gpu.profile(name.parse().unwrap()).unwrap().max_instances,
            "{number} x {name}"
        );
    }
    assert!(
        count
            .iter()
            .filter(|(name, _)| name.contains("+me"))
            .map(|(_, number)| number)
            .sum::<u8>()
            <= 1
    );
}

/// What was asked for is what there is.
fn check_node(spec: &LayoutSpec, layout: &Layout, node: &NodeLayout) {
    let catalog = Catalog::builtin();
    let instance_type = catalog.instance_type(node.instance_type()).unwrap();
    assert_eq!(node.gpus().len(), usize::from(instance_type.gpu.count));
    for index in 0..node.gpus().len() {
        let group = spec
            .gpus
            .iter()
            .flatten()
            .find(|group| group.devices.contains(&(index as i64)));
        let asked = group.map(|group| &group.slices).or(spec.slices.as_ref());
        let asked: i64 = asked.map_or(0, |slices| slices.values().sum());
        assert_eq!(node.gpus()[index].len() as i64, asked, "GPU {index}");
        if let Some(gpu) = catalog.mig_gpu(instance_type).filter(|_| asked > 0) {
            check_gpu(gpu, node, index);
        }
    }
    let devices: u64 = node.gpus().iter().map(|gpu| gpu.len().max(1) as u64).sum();
    let replicas = layout.sharing().map_or(1, |sharing| u64::from(sharing.replicas));
    let resources = layout.resources(node.instance_type()).unwrap();
    assert_eq!(
        resources.values().sum::<u64>(),
        devices * replicas,
        "every GPU and slice is one resource per replica"
    );
}

/// Follows a fault's path through what the user wrote: it must lead somewhere.
fn check_path(spec: &LayoutSpec, path: &[PathStep]) {
    let mut value = &serde_json::to_value(spec).unwrap();
    for step in path {
        value = match step {
            PathStep::Attribute(name) | PathStep::Key(name) => match value.get(name) {
                Some(found) => found,
                None => return assert_eq!(name, "strategy", "{path:?}"),
            },
            PathStep::Index(index) => value
                .get(index)
                .unwrap_or_else(|| panic!("{path:?} leads nowhere in {spec:?}")),
        };
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(20_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_layout_is_right_or_says_what_is_wrong(spec in layout_spec()) {
        match Layout::resolve(&spec, Catalog::builtin()) {
            Ok(layout) => {
                layout.nodes().for_each(|node| check_node(&spec, &layout, node));
                prop_assert_eq!(&Layout::resolve(layout.spec(), Catalog::builtin()).unwrap(), &layout);
                prop_assert!(user_data(&layout, &BootOptions::default()).is_ok());
                prop_assert!(DevicePlugin::render(std::slice::from_ref(&layout), &DevicePluginOptions::default()).is_ok());
                prop_assert!(layout.picture().lines().count() > layout.nodes().count());
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    check_path(&spec, fault.path());
                    prop_assert!(!fault.summary().is_empty() && fault.detail().ends_with('.'), "{}", fault);
                }
            }
        }
    }
}
