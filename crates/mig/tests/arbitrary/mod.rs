//! Random layouts from a seed, for tests that try thousands; and a catalog in which every GPU model is on instance types.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "a test fails by panicking; not every test uses all of it"
)]

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use mig::catalog::Gpu;
use mig::layout::GpuGroup;
use mig::placement::enumerate;
use mig::{Catalog, CatalogText, LayoutSpec};
use serde_json::{Value, json};

pub const GPUS: &str = CatalogText::BUILTIN.gpus;

/// Every GPU model whose placements are known, by its number of GPUs, on an instance type `any.MODEL-COUNT`.
pub const COUNTS: [u8; 4] = [1, 2, 3, 8];

/// The name of such an instance type.
pub fn type_of(gpu: &Gpu, count: u8) -> String {
    format!("any.{}-{count}", gpu.id)
}

/// The built-in catalog with `any.*` instance types added, so that models that AWS does not have are tried too.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let gpus: Value = serde_json::from_str(GPUS).unwrap();
        let mut types: Value = serde_json::from_str(CatalogText::BUILTIN.instance_types).unwrap();
        let list = types["instance_types"].as_array_mut().unwrap();
        let template = list
            .iter()
            .find(|found| found["instance_type"] == "p5.4xlarge")
            .unwrap()
            .clone();
        for (gpu, count) in gpus["gpus"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|gpu| COUNTS.map(|count| (gpu, count)))
        {
            let mut added = template.clone();
            added["instance_type"] = json!(format!("any.{}-{count}", gpu["id"].as_str().unwrap()));
            added["gpu"]["count"] = json!(count);
            added["gpu"]["pci_device_id"] = gpu["pci_device_ids"][0].clone();
            added["mig"] = json!({"support": "yes", "gpu": gpu["id"], "min_driver": gpu["min_driver"]});
            list.push(added);
        }
        let types = types.to_string();
        Catalog::parse(CatalogText {
            instance_types: &types,
            ..CatalogText::BUILTIN
        })
        .unwrap()
    })
}

/// All models of which everything is known that a layout needs.
pub fn known_gpus() -> Vec<&'static Gpu> {
    catalog().gpus().filter(|gpu| gpu.placements_known()).collect()
}

/// Numbers that follow from a seed (SplitMix64).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

/// `MIG_SEED`, else a new one at every run; a failing test says which it was.
pub fn seed() -> u64 {
    let given = std::env::var("MIG_SEED").ok().map(|text| text.parse().unwrap());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed") >> 32)
}

/// How many cases to try: the environment variable's number, or the default.
pub fn cases(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Slices of one GPU by profile name.
pub type Slices = BTreeMap<String, i64>;

/// Every set of slices that a GPU can have.
pub fn valid_sets(gpu: &Gpu) -> Vec<Slices> {
    let mut sets = std::collections::BTreeSet::new();
    enumerate(gpu, None, &mut |placed, _| {
        let mut set = Slices::new();
        for instance in placed {
            *set.entry(instance.profile.to_string()).or_default() += 1;
        }
        sets.insert(set);
    });
    sets.into_iter().collect()
}

/// The devices of a node in one to four groups, in any order; slices of each by `slices`.
pub fn groups(
    random: &mut Random,
    count: u8,
    mut slices: impl FnMut(&mut Random) -> Slices,
) -> Vec<GpuGroup> {
    let mut devices: Vec<i64> = (0..i64::from(count)).collect();
    random.shuffle(&mut devices);
    let number = 1 + random.below(usize::from(count).min(4));
    let mut groups: Vec<GpuGroup> = (0..number)
        .map(|_| GpuGroup {
            devices: Vec::new(),
            slices: slices(random),
        })
        .collect();
    for (at, device) in devices.into_iter().enumerate() {
        let group = if at < number { at } else { random.below(number) };
        groups[group].devices.push(device);
    }
    groups
}

/// A layout of one instance type, uniform or in groups.
pub fn spec(
    random: &mut Random,
    instance_type: String,
    count: u8,
    mut slices: impl FnMut(&mut Random) -> Slices,
) -> LayoutSpec {
    let mut spec = LayoutSpec {
        instance_types: vec![instance_type],
        ..LayoutSpec::default()
    };
    if random.one_in(2) {
        spec.slices = Some(slices(random));
    } else {
        spec.gpus = Some(groups(random, count, slices));
    }
    spec
}
