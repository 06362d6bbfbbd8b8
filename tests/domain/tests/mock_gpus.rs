//! The catalog against NVIDIA's mock GPUs: A30 and A100, their profiles by NVIDIA's own names, counts, engines and
//! placements. (The mocks of H100, H200 and B200 are simplified and not true: 3g has three memory slices there.)

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

use counterparts::Program;
use mig::Catalog;
use mig::catalog::{Gpu, ProfileFact};
use serde_json::Value;

use crate::reader;

fn number(value: &Value, field: &str) -> u64 {
    value[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} of {value}"))
}

/// The GPU that has this PCI device ID.
fn by_device<'c>(catalog: &'c Catalog, mock: &Value) -> &'c Gpu {
    let id = mock["pci_device_id"].as_str().unwrap();
    let has = |gpu: &&Gpu| {
        gpu.pci_device_ids
            .iter()
            .any(|known| known.eq_ignore_ascii_case(id))
    };
    catalog
        .gpus()
        .find(has)
        .unwrap_or_else(|| panic!("no GPU of the catalog has {id}"))
}

fn compare(gpu: &Gpu, fact: &ProfileFact, mock: &Value) {
    let about = format!("{} {}", gpu.id, fact.profile);
    let places = fact.placements.as_ref().unwrap();
    let starts: Vec<u64> = mock["starts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|start| start.as_u64().unwrap())
        .collect();
    assert_eq!(
        places
            .starts
            .iter()
            .map(|start| u64::from(*start))
            .collect::<Vec<_>>(),
        starts,
        "{about}"
    );
    assert_eq!(u64::from(places.size), number(mock, "size"), "{about}");
    assert_eq!(
        u64::from(fact.compute_slices),
        number(mock, "compute_slices"),
        "{about}"
    );
    assert_eq!(
        u64::from(fact.max_instances),
        number(mock, "max_instances"),
        "{about}"
    );
    assert_eq!(
        fact.sm_count.map(u64::from),
        Some(number(mock, "sm_count")),
        "{about}"
    );
    let engines = [
        ("copy_engines", fact.copy_engines),
        ("nvdec", fact.nvdec),
        ("nvenc", fact.nvenc),
        ("jpeg", fact.jpeg),
        ("ofa", fact.ofa),
    ];
    for (name, known) in engines {
        let (ours, theirs) = (known.map(u64::from), Some(number(mock, name)));
        // The one place where the mock is not true: eight consoles of A100 80GB print no decoder for 1g.10gb.
        let exception = about == "a100-80gb 1g.10gb" && name == "nvdec";
        assert_eq!(
            ours == theirs,
            !exception,
            "{name} of {about}: {ours:?} and {theirs:?}"
        );
    }
    // Printed sizes move by a quarter of a GiB with the driver.
    let (ours, theirs) = (
        fact.memory_gib.unwrap(),
        number(mock, "memory_mib") as f64 / 1024.0,
    );
    assert!(
        (ours - theirs).abs() <= 0.75,
        "{about}: {ours} GiB, the mock says {theirs}"
    );
}

#[test]
fn a30_and_a100_are_what_nvidia_says() {
    let mocks = reader::ask(Command::new(reader::program(Program::MockGpus)), "").unwrap();
    let mut seen = BTreeSet::new();
    for mock in mocks.as_array().unwrap() {
        let gpu = by_device(Catalog::builtin(), mock);
        let profiles = mock["profiles"].as_array().unwrap();
        let names: BTreeSet<&str> = profiles
            .iter()
            .map(|profile| profile["name"].as_str().unwrap())
            .collect();
        let ours = gpu.profile_names();
        assert_eq!(
            ours.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            names,
            "{}",
            gpu.id
        );
        for profile in profiles {
            let fact = gpu
                .profile(profile["name"].as_str().unwrap().parse().unwrap())
                .unwrap();
            compare(gpu, fact, profile);
        }
        seen.insert(gpu.id.as_str());
    }
    assert_eq!(seen, BTreeSet::from(["a100-40gb", "a100-80gb", "a30-24gb"]));
}
