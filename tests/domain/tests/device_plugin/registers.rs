//! What NVIDIA's real device plugin registers at a kubelet's socket, over a simulated NVML that shows the GPUs of a layout: what
//! `data.mig_layout` promises.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use counterparts::{PluginRun, registered};
use mig::catalog::Gpu;
use mig::layout::NodeLayout;
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use mig::profile::{Attribute, Profile};
use mig::{Catalog, Layout};
use serde_json::{Value, json};

use super::reader::layout;

/// NVML's number of a profile on a GPU (`NVML_GPU_INSTANCE_PROFILE_*` of nvml.h).
fn nvml_number(gpu: &Gpu, profile: Profile) -> u32 {
    let facts = gpu.profiles.iter();
    let doubled = facts.filter(|fact| fact.compute_slices == 1 && fact.profile.attribute.is_none());
    let smallest = doubled.map(|fact| fact.profile.memory_gb).min();
    let big = profile.compute_slices == 1 && Some(profile.memory_gb) != smallest;
    match (profile.compute_slices, profile.attribute) {
        (1, None) if big => 9,
        (1, None) => 0,
        (2, None) => 1,
        (3, None) => 2,
        (4, None) => 3,
        (7, None) => 4,
        (8, None) => 5,
        (6, None) => 6,
        (1, Some(Attribute::Media)) => 7,
        (2, Some(Attribute::Media)) => 8,
        (1, Some(Attribute::Graphics)) => 10,
        (2, Some(Attribute::Graphics)) => 11,
        (4, Some(Attribute::Graphics)) => 12,
        (1, Some(Attribute::NoMedia)) => 13,
        (2, Some(Attribute::NoMedia)) => 14,
        (1, Some(Attribute::AllMedia)) => 15,
        (2, Some(Attribute::AllMedia)) => 16,
        other => panic!("NVML has no number for {other:?}"),
    }
}

/// Memory of an instance as NVML tells it: a little less than its share of the GPU, which the catalog's figures, rounded as
/// they are printed, may exceed.
fn memory_mib(gpu: &Gpu, profile: Profile) -> u64 {
    let fact = gpu.profile(profile).unwrap();
    let (own, all) = (fact.memory_slices.unwrap(), gpu.memory_slices.unwrap());
    let share = total_gib(gpu) * 1000 * u64::from(own) / u64::from(all);
    fact.memory_gib
        .map_or(share, |gib| share.min((gib * 1024.0) as u64))
}

/// NVIDIA's names give the memory of the whole GPU in that of its biggest instance.
fn total_gib(gpu: &Gpu) -> u64 {
    let biggest = gpu.profiles.iter().map(|fact| fact.profile.memory_gb).max();
    u64::from(biggest.unwrap())
}

/// The GPUs of a node in the words of the simulated NVML.
fn gpus(node: &NodeLayout) -> String {
    let mut text = String::new();
    let known = node
        .gpu()
        .id
        .as_deref()
        .map(|id| Catalog::builtin().gpu(id).unwrap());
    let total = known.map_or(24, total_gib) << 30;
    for (index, placed) in node.gpus().iter().enumerate() {
        let name = node.gpu().model.replace(' ', "_");
        let mig = u8::from(!placed.is_empty());
        writeln!(text, "gpu {index} GPU-{index} {mig} {total} {name}").unwrap();
        let Some(gpu) = known else { continue };
        for fact in &gpu.profiles {
            let (profile, id) = (fact.profile, fact.gpu_instance_profile_id.unwrap());
            let number = nvml_number(gpu, profile);
            let memory = memory_mib(gpu, profile);
            writeln!(
                text,
                "kind {index} {number} {id} {} {memory}",
                fact.compute_slices
            )
            .unwrap();
        }
        for (instance, slice) in placed.iter().enumerate() {
            let id = gpu
                .profile(slice.profile)
                .unwrap()
                .gpu_instance_profile_id
                .unwrap();
            writeln!(text, "slice {index} {instance} {id} MIG-{index}-{instance}").unwrap();
        }
    }
    text
}

/// The environment of the plugin's container, as it is rendered.
fn env(layout: &Layout) -> BTreeMap<String, String> {
    let options = DevicePluginOptions::default();
    let objects = DevicePlugin::render(std::slice::from_ref(layout), &options).unwrap();
    let name = format!("{}-{}", options.name, layout.plugin_config().name);
    let set = objects
        .iter()
        .find(|object| object["kind"] == "DaemonSet" && object["metadata"]["name"] == *name);
    let container = set.unwrap().pointer("/spec/template/spec/containers/0/env");
    let pairs = container.unwrap().as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    pairs
        .map(|pair| (text(&pair["name"]), text(&pair["value"])))
        .collect()
}

/// What the plugin registers on each instance type of a layout, as counts.
fn counts(layout: &Layout) -> BTreeMap<String, BTreeMap<String, u64>> {
    let count = |node: &NodeLayout| {
        let found = registered(PluginRun {
            gpus: &gpus(node),
            config: &layout.plugin_config().file,
            env: &env(layout),
        });
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", node.instance_type()));
        let counts = found.into_iter().map(|(name, ids)| (name, ids.len() as u64));
        (node.instance_type().to_owned(), counts.collect())
    };
    layout.nodes().map(count).collect()
}

fn promised(layout: &Layout) -> BTreeMap<String, BTreeMap<String, u64>> {
    let promise = |node: &NodeLayout| {
        let resources = layout.resources(node.instance_type()).unwrap();
        (node.instance_type().to_owned(), resources)
    };
    layout.nodes().map(promise).collect()
}

fn runs_here() -> bool {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    assert!(
        root || std::env::var_os("CI").is_none(),
        "a mount namespace needs root"
    );
    root
}

/// Each kind of layout and of sharing.
#[test]
fn the_plugin_registers_what_is_promised() {
    if !runs_here() {
        return;
    }
    let sharing = |strategy: &str| json!({"strategy": strategy, "replicas": 4});
    for spec in [
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}),
        json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge"], "slices": {"1g": 4, "3g": 1}}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.20gb": 4}}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"7g.80gb": 1}}),
        json!({"instance_types": ["p4d.24xlarge"], "gpus": [
            {"devices": [0, 1, 2, 3], "slices": {"3g.20gb": 2}}, {"devices": [4, 5, 6, 7], "slices": {}},
        ]}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"2g.20gb": 3, "1g.10gb": 1}, "sharing": sharing("time-slicing")}),
        json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single", "sharing": sharing("time-slicing")}),
        json!({"instance_types": ["g6.xlarge"], "sharing": sharing("time-slicing")}),
        json!({"instance_types": ["g6.xlarge"], "sharing": sharing("mps")}),
        json!({"instance_types": ["g6.12xlarge"], "slices": {}}),
    ] {
        let layout = layout(spec.clone());
        assert_eq!(counts(&layout), promised(&layout), "{spec}");
    }
}

/// Every GPU of the catalog that MIG can cut, by each profile that the plugin can tell apart.
#[test]
fn each_gpu_and_profile_has_the_name_that_is_promised() {
    if !runs_here() {
        return;
    }
    let catalog = Catalog::builtin();
    let mut seen = Vec::new();
    for instance_type in catalog.instance_types() {
        let Some(gpu) = catalog.mig_gpu(instance_type) else {
            continue;
        };
        if seen.contains(&gpu.id) || !gpu.placements_known() {
            continue;
        }
        seen.push(gpu.id.clone());
        // One GPU for each profile, as far as there are GPUs; the rest on another node.
        let plain: Vec<Profile> = gpu
            .profiles
            .iter()
            .map(|fact| fact.profile)
            .filter(|profile| profile.attribute.is_none())
            .collect();
        let many = usize::from(instance_type.gpu.count);
        for some in plain.chunks(many) {
            let mut groups: Vec<Value> = Vec::new();
            for device in 0..many {
                let slices = some
                    .get(device)
                    .map_or(json!({}), |profile| json!({profile.to_string(): 1}));
                groups.push(json!({"devices": [device], "slices": slices}));
            }
            let layout = layout(json!({"instance_types": [instance_type.name], "gpus": groups}));
            assert_eq!(counts(&layout), promised(&layout), "{} {some:?}", gpu.id);
        }
    }
    assert!(seen.len() >= 7, "{seen:?}");
}

/// v0.19 takes a profile with a suffix for the one without it (NVIDIA/k8s-device-plugin 1462), which v0.20 does not:
/// `DEFAULT_IMAGE` is newer, and an older image is refused for such layouts.
#[test]
fn a_suffix_is_lost_on_v0_19() {
    if !runs_here() {
        return;
    }
    let with_media =
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb+me": 1, "1g.10gb": 2}}));
    let found = counts(&with_media).remove("p5.48xlarge").unwrap();
    assert_eq!(found, BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), 24)]));
    let promised = promised(&with_media).remove("p5.48xlarge").unwrap();
    let expected = [("nvidia.com/mig-1g.10gb", 16), ("nvidia.com/mig-1g.10gb.me", 8)];
    let expected = expected.map(|(name, count)| (name.to_owned(), count));
    assert_eq!(promised, BTreeMap::from(expected));
}

/// Two kinds of slices under the strategy `single` are refused here and by the plugin alike.
#[test]
fn unequal_slices_under_single_are_refused_by_both() {
    if !runs_here() {
        return;
    }
    let mixed = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"2g.20gb": 1, "3g.40gb": 1}}));
    let node = mixed.nodes().next().unwrap();
    let refused = registered(PluginRun {
        gpus: &gpus(node),
        config: "version: v1\nflags:\n  migStrategy: single\n",
        env: &BTreeMap::from([("MIG_STRATEGY".to_owned(), "single".to_owned())]),
    });
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("more than one MIG device type"), "{text}");
    let spec = json!({"instance_types": ["p5.48xlarge"], "slices": {"2g.20gb": 1, "3g.40gb": 1}, "strategy": "single"});
    assert!(Layout::resolve(&serde_json::from_value(spec).unwrap(), Catalog::builtin()).is_err());
}
