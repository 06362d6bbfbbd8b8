//! The facts against themselves: sums, geometry, uniqueness.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_profile_lies_within_its_gpu() {
    for gpu in Catalog::builtin().gpus().filter(|gpu| gpu.placements_known()) {
        let memory = gpu.memory_slices.unwrap();
        for fact in &gpu.profiles {
            let placements = fact.placements.as_ref().unwrap();
            let name = format!("{} {}", gpu.id, fact.profile);
            assert_eq!(placements.size, fact.memory_slices.unwrap(), "{name}: size");
            assert!(
                placements.starts.is_sorted_by(|a, b| a < b),
                "{name}: starts ascend"
            );
            assert!(
                placements
                    .starts
                    .iter()
                    .all(|start| start + placements.size <= memory),
                "{name}: bounds"
            );
            assert_eq!(
                fact.compute_slices, fact.profile.compute_slices,
                "{name}: the name says its compute slices"
            );
            assert!(
                fact.max_instances * fact.compute_slices <= gpu.compute_slices,
                "{name}: compute"
            );
            assert!(fact.max_instances * placements.size <= memory, "{name}: memory");
        }
    }
}

#[test]
fn profiles_and_ids_are_unique_per_gpu() {
    for gpu in Catalog::builtin().gpus() {
        let names: BTreeSet<_> = gpu.profiles.iter().map(|fact| fact.profile).collect();
        assert_eq!(names.len(), gpu.profiles.len(), "{}", gpu.id);
        let ids: Vec<_> = gpu
            .profiles
            .iter()
            .filter_map(|fact| fact.gpu_instance_profile_id)
            .collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}", gpu.id);
    }
}

#[test]
fn bottlerocket_knows_only_profiles_that_the_gpu_has() {
    let with = Catalog::builtin()
        .gpus()
        .filter_map(|gpu| Some((gpu, gpu.bottlerocket.as_ref()?)));
    let mut models = BTreeSet::new();
    for (gpu, facts) in with {
        assert!(
            facts
                .profiles
                .iter()
                .all(|profile| gpu.profile(*profile).is_some()),
            "{}",
            gpu.id
        );
        assert!(models.insert(&facts.model), "{}", facts.model);
    }
    assert_eq!(models.len(), 7);
}

#[test]
fn memory_of_a_profile_follows_its_slices() {
    for gpu in Catalog::builtin().gpus() {
        for fact in gpu.profiles.iter().filter(|fact| fact.memory_gib.is_some()) {
            let share = f64::from(fact.memory_slices.unwrap()) / f64::from(gpu.memory_slices.unwrap());
            let expected = share * f64::from(gpu.memory_gb);
            let found = fact.memory_gib.unwrap();
            assert!(
                found > 0.8 * expected && found < 1.05 * expected,
                "{} {}: {found}",
                gpu.id,
                fact.profile
            );
        }
    }
}

#[test]
fn every_instance_type_says_what_it_can_do() {
    let catalog = Catalog::builtin();
    assert_eq!(catalog.instance_types().count(), 67);
    for instance_type in catalog.instance_types() {
        let name = &instance_type.name;
        assert_eq!(
            instance_type.mig.support == MigSupport::No,
            instance_type.mig.gpu.is_none(),
            "{name}"
        );
        assert!(name.starts_with(&format!("{}.", instance_type.family)), "{name}");
        assert!((1..=8).contains(&instance_type.gpu.count), "{name}");
        assert!(!instance_type.sources.is_empty(), "{name}");
        if let Some(gpu) = catalog.mig_gpu(instance_type) {
            let device = instance_type.gpu.pci_device_id.as_ref().unwrap();
            assert!(gpu.pci_device_ids.contains(device), "{name}: {device}");
        }
    }
}

#[test]
fn every_fact_has_a_source_in_words() {
    let catalog = Catalog::builtin();
    let of_gpus = catalog.gpus().flat_map(|gpu| {
        gpu.sources
            .iter()
            .chain(gpu.profiles.iter().flat_map(|fact| &fact.sources))
    });
    for key in of_gpus.chain(
        catalog
            .instance_types()
            .flat_map(|instance_type| &instance_type.sources),
    ) {
        assert_ne!(catalog.source(key), key, "{key}");
    }
}

#[test]
fn the_types_that_mig_cannot_cut() {
    let catalog = Catalog::builtin();
    for family in ["g4dn", "g5", "g5g", "g6", "g6e", "gr6", "g6f", "gr6f", "p3dn"] {
        let mut types = catalog
            .instance_types()
            .filter(|found| found.family == family)
            .peekable();
        assert!(types.peek().is_some(), "{family}");
        assert!(types.all(|found| found.mig.support == MigSupport::No), "{family}");
    }
}

#[test]
fn generic_names_mean_the_profile_with_the_least_memory() {
    let catalog = Catalog::builtin();
    for (place, generic, exact) in [
        ("p5.48xlarge", "1g", "1g.10gb"),
        ("p4d.24xlarge", "1g", "1g.5gb"),
        ("a100-80gb", "1g+me", "1g.10gb+me"),
        ("p6-b300.48xlarge", "7g", "7g.269gb"),
        ("g7e.2xlarge", "4g", "4g.96gb"),
        ("h200-141gb", "3g.71gb", "3g.71gb"),
    ] {
        assert_eq!(
            catalog.profile(place, generic).unwrap().to_string(),
            exact,
            "{place}"
        );
    }
    let error = catalog.profile("g7e.2xlarge", "7g").unwrap_err().to_string();
    assert!(error.contains("it has 1g.24gb,"), "{error}");
    let error = catalog.profile("p5.48xlage", "1g").unwrap_err().to_string();
    assert!(error.contains("did you mean p5.48xlarge"), "{error}");
    let error = catalog.profile("g5.xlarge", "1g").unwrap_err().to_string();
    assert!(error.contains("time-slicing"), "{error}");
}

#[test]
fn rows_are_filtered() {
    let catalog = Catalog::builtin();
    let all = catalog.profiles(&ProfileFilter::default());
    assert_eq!(
        all.len(),
        catalog.gpus().map(|gpu| gpu.profiles.len()).sum::<usize>()
    );
    let rows = catalog.profiles(&ProfileFilter {
        instance_type: Some("p5.4xlarge".into()),
        gpu: None,
    });
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0].profile, "1g.10gb");
    assert_eq!(rows[0].instance_types, ["p5.48xlarge", "p5.4xlarge"]);
    assert!(
        catalog
            .profiles(&ProfileFilter {
                instance_type: Some("g5.xlarge".into()),
                gpu: None
            })
            .is_empty()
    );
}

#[test]
fn a_broken_catalog_is_refused() {
    assert!(matches!(
        Catalog::parse(CatalogText {
            gpus: "{}",
            ..CatalogText::BUILTIN
        }),
        Err(CatalogError::Malformed { .. })
    ));
    let without_gpus = r#"{"sources": {}, "gpus": []}"#;
    assert!(matches!(
        Catalog::parse(CatalogText {
            gpus: without_gpus,
            ..CatalogText::BUILTIN
        }),
        Err(CatalogError::NoSuchGpu { .. })
    ));
    let with_prices = |rows: serde_json::Value| {
        let prices = serde_json::json!({"sources": {}, "prices": rows}).to_string();
        Catalog::parse(CatalogText {
            prices: &prices,
            ..CatalogText::BUILTIN
        })
    };
    let price = |of: &str| {
        serde_json::json!({
            "instance_type": of, "region": "us-east-1", "usd_micros_per_hour": 1, "date": "2026-07-20", "source": "x",
        })
    };
    let unknown = with_prices(serde_json::json!([price("p5.1xlarge")]));
    assert!(matches!(unknown, Err(CatalogError::NoSuchType(_))));
    let twice = with_prices(serde_json::json!([price("p5.48xlarge"), price("p5.48xlarge")]));
    assert!(matches!(twice, Err(CatalogError::Twice(_))));
}

#[test]
fn prices_are_exact_and_dated() {
    let catalog = Catalog::builtin();
    let price = catalog.price("p5.48xlarge", "us-east-1").unwrap();
    assert_eq!(price.usd_micros_per_hour.to_string(), "55.040000");
    assert_eq!(price.date, "2026-07-20");
    assert_ne!(catalog.source(&price.source), price.source);
    assert_eq!(catalog.price("p5.48xlarge", "eu-west-9"), None);
    for price in catalog.prices() {
        let hour = price.usd_micros_per_hour;
        assert!(
            hour > UsdMicros(100_000) && hour < UsdMicros(500_000_000),
            "{price:?}"
        );
    }
}
