//! How long the engine takes, best of many runs: `cargo bench -p mig`. Goals: each line at most 1 ms.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use mig::boot::{BootOptions, user_data};
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use mig::placement::Counts;
use mig::{Catalog, Layout, LayoutSpec};

fn best(name: &str, mut work: impl FnMut()) {
    let mut shortest = Duration::MAX;
    for _ in 0..200 {
        let start = Instant::now();
        work();
        shortest = shortest.min(start.elapsed());
    }
    println!("{name:<44} {:>10.1} us", shortest.as_secs_f64() * 1e6);
}

fn spec(types: &[&str], slices: &[(&str, i64)]) -> LayoutSpec {
    LayoutSpec {
        instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
        slices: Some(
            slices
                .iter()
                .map(|(profile, count)| ((*profile).to_owned(), *count))
                .collect(),
        ),
        ..LayoutSpec::default()
    }
}

fn main() {
    let catalog = Catalog::builtin();
    for gpu in catalog.gpus().filter(|gpu| gpu.placements_known()) {
        best(&format!("enumerate {}", gpu.id), || {
            _ = black_box(Counts::of(gpu, None));
        });
    }
    let fits = spec(
        &["p5.48xlarge", "p4d.24xlarge", "g7e.48xlarge"],
        &[("2g", 1), ("1g", 2)],
    );
    best("validate, three types", || {
        drop(black_box(Layout::resolve(&fits, catalog)))
    });
    let crowded = spec(&["p5.48xlarge"], &[("3g", 2), ("1g", 1)]);
    best("validate, with advice", || {
        drop(black_box(Layout::resolve(&crowded, catalog)))
    });
    let layout = Layout::resolve(&fits, catalog).unwrap();
    best("user data", || {
        drop(black_box(user_data(&layout, &BootOptions::default())))
    });
    best("device plugin", || {
        drop(black_box(DevicePlugin::render(
            std::slice::from_ref(&layout),
            &DevicePluginOptions::default(),
        )));
    });
    best("picture", || drop(black_box(layout.picture())));
}
