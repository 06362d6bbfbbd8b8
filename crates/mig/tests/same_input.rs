//! Equal input in any order gives equal bytes: instance types permuted, groups permuted, devices within a group permuted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::arbitrary::{
    COUNTS, Random, Slices, cases, catalog, groups, known_gpus, seed, type_of, valid_sets,
};
use mig::boot::{BootOptions, NodeConfig, user_data};
use mig::catalog::Gpu;
use mig::layout::SharingSpec;
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use mig::{Layout, LayoutSpec, Profile};

/// Everything that is rendered of a layout, as text.
fn rendered(layout: &Layout) -> Vec<String> {
    let options = BootOptions {
        node_config: Some(NodeConfig::labels_of(layout)),
        ..BootOptions::default()
    };
    let plugin = DevicePlugin::render(std::slice::from_ref(layout), &DevicePluginOptions::default()).unwrap();
    let mut texts = vec![
        user_data(layout, &options).unwrap().text,
        layout.id(),
        format!("{plugin:?}"),
        layout.mig_parted("any"),
        layout.picture(),
        layout.picture_svg(),
        format!("{:?} {:?}", layout.labels(), layout.taints()),
    ];
    for node in layout.nodes() {
        let tags = layout.node_template_tags(node.instance_type());
        texts.push(format!("{:?} {tags:?}", layout.resources(node.instance_type())));
    }
    texts
}

/// A layout that is valid on all of its instance types, written by generic names.
fn spec(random: &mut Random, models: &[(&'static Gpu, Vec<Slices>)]) -> LayoutSpec {
    let count = *random.pick(&COUNTS);
    let (gpu, sets) = random.pick(models);
    let alike: Vec<&Gpu> = models
        .iter()
        .map(|model| model.0)
        .filter(|other| other.compute_slices == gpu.compute_slices)
        .collect();
    let types = 1 + random.below(3);
    let mut instance_types: Vec<String> = (0..types)
        .map(|_| type_of(alike[random.below(alike.len())], count))
        .collect();
    instance_types.sort_unstable();
    instance_types.dedup();
    let slices = |random: &mut Random| {
        let set = random.pick(sets);
        // Of two profiles with one generic name the last counts; such a set is still valid or is passed over.
        set.iter()
            .map(|(name, count)| (name.parse::<Profile>().unwrap().generic(), *count))
            .collect()
    };
    let sharing = random.one_in(3).then(|| SharingSpec {
        strategy: "time-slicing".into(),
        replicas: 2,
    });
    LayoutSpec {
        instance_types,
        gpus: Some(groups(random, count, slices)),
        sharing,
        ..LayoutSpec::default()
    }
}

fn permuted(random: &mut Random, spec: &LayoutSpec) -> LayoutSpec {
    let mut other = spec.clone();
    random.shuffle(&mut other.instance_types);
    let groups = other.gpus.as_mut().unwrap();
    random.shuffle(groups);
    groups
        .iter_mut()
        .for_each(|group| random.shuffle(&mut group.devices));
    other
}

#[test]
fn equal_input_in_any_order_gives_equal_bytes() {
    let (seed, total) = (seed(), cases("MIG_PERMUTED_LAYOUTS", 1_000));
    println!("MIG_SEED={seed}");
    let models: Vec<_> = known_gpus()
        .into_iter()
        .map(|gpu| (gpu, valid_sets(gpu)))
        .collect();
    let mut random = Random::from_seed(seed);
    let mut compared = 0;
    for _ in 0..total {
        let spec = spec(&mut random, &models);
        let Ok(layout) = Layout::resolve(&spec, catalog()) else {
            continue;
        };
        let expected = rendered(&layout);
        for _ in 0..3 {
            let other = permuted(&mut random, &spec);
            let found = rendered(&Layout::resolve(&other, catalog()).unwrap());
            assert_eq!(found, expected, "MIG_SEED={seed}: {spec:?} and {other:?}");
            compared += 1;
        }
    }
    assert!(
        compared > total,
        "only {compared} pairs of {total} layouts were compared"
    );
}

/// Equal GPUs in one group or in several make the same node.
#[test]
fn a_group_may_be_written_as_several() {
    let mut random = Random::from_seed(seed());
    for gpu in known_gpus() {
        let sets = valid_sets(gpu);
        let slices = random.pick(&sets).clone();
        let instance_type = type_of(gpu, 8);
        let uniform = LayoutSpec {
            instance_types: vec![instance_type],
            slices: Some(slices.clone()),
            ..LayoutSpec::default()
        };
        let apart = LayoutSpec {
            slices: None,
            gpus: Some(groups(&mut random, 8, |_| slices.clone())),
            ..uniform.clone()
        };
        let [one, several] = [uniform, apart].map(|spec| Layout::resolve(&spec, catalog()).unwrap());
        assert_eq!(rendered(&one), rendered(&several), "{}: {slices:?}", gpu.id);
    }
}
