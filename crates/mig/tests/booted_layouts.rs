//! Random valid layouts of every GPU model, each booted: the rendered script runs against the simulated `nvidia-smi`, and
//! what is read back equals what was declared. `MIG_BOOTED_LAYOUTS` says how many (120); `MIG_SEED` repeats a run.
//!
//! A machine lives through three layouts: the first is installed by the whole script, the others replace its table (the only
//! text of the script that depends on the layout) and are cut over the one before, with or without a reboot between.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::arbitrary::{self, Random, Slices, cases, catalog, known_gpus, seed, spec, type_of, valid_sets};
use crate::machine::Machine;
use mig::Layout;
use mig::boot::{BootOptions, layout_table};
use mig::catalog::Gpu;
use serde_json::{Value, json};

/// Every model with its valid sets of slices.
type Models = Vec<(&'static Gpu, Vec<Slices>)>;

const LAYOUTS_OF_A_MACHINE: usize = 3;

#[test]
fn what_is_read_back_equals_what_was_declared() {
    let (seed, total) = (seed(), cases("MIG_BOOTED_LAYOUTS", 120));
    println!("MIG_SEED={seed}");
    let models: Models = known_gpus()
        .into_iter()
        .map(|gpu| (gpu, valid_sets(gpu)))
        .collect();
    let boards: Value = serde_json::from_str(arbitrary::GPUS).unwrap();
    let next = AtomicUsize::new(0);
    let lives = total.div_ceil(LAYOUTS_OF_A_MACHINE);
    let workers = thread::available_parallelism().map_or(2, |cores| cores.get() + 1);
    thread::scope(|scope| {
        for worker in 0..workers {
            let (next, models, boards) = (&next, &models, &boards);
            scope.spawn(move || {
                loop {
                    let life = next.fetch_add(1, Ordering::Relaxed);
                    if life >= lives {
                        return;
                    }
                    live(worker, seed, life, models, boards);
                }
            });
        }
    });
    assert!(next.into_inner() >= lives);
}

/// One machine and its layouts.
fn live(worker: usize, seed: u64, life: usize, models: &Models, boards: &Value) {
    let mut random = Random::from_seed(seed.wrapping_mul(1_000_003).wrapping_add(life as u64));
    // Each model in turn, so that few machines reach all of them.
    let (gpu, sets) = &models[life % models.len()];
    let count = if random.one_in(40) {
        8
    } else {
        *random.pick(&[1, 1, 1, 2, 2, 3])
    };
    let instance_type = type_of(gpu, count);
    let board = boards["gpus"]
        .as_array()
        .unwrap()
        .iter()
        .find(|board| board["id"] == gpu.id)
        .unwrap();
    let machine = Machine::with_board(
        &format!("layouts-{worker}"),
        &instance_type,
        board,
        usize::from(count),
    );
    if random.one_in(2) {
        leave_behind(&mut random, &machine, usize::from(count), gpu);
    }
    for number in 0..LAYOUTS_OF_A_MACHINE {
        let asked = spec(&mut random, instance_type.clone(), count, |random| {
            if random.one_in(6) {
                Slices::new()
            } else {
                random.pick(sets).clone()
            }
        });
        let about = || format!("MIG_SEED={seed}, machine {life}, layout {number}: {asked:?}");
        let layout =
            Layout::resolve(&asked, catalog()).unwrap_or_else(|faults| panic!("{}: {faults:?}", about()));
        let boot = if number == 0 {
            machine.first_boot(&layout, &BootOptions::default())
        } else {
            fs::write(machine.path("etc/mig/layout"), layout_table(&layout)).unwrap();
            let before = machine.state();
            machine.new_boot(u32::try_from(number).unwrap() + 1);
            if random.one_in(2) {
                // What a reboot does not take away has to be replaced.
                machine.set(before);
            }
            machine.later_boot()
        };
        assert!(boot.success && machine.may_join(), "{}\n{}", about(), boot.output);
        check_memory(&machine, &layout, &instance_type, &about);
        if random.one_in(5) {
            check_listing(&machine, &layout, &instance_type, &about);
        }
    }
}

/// Something of an earlier life: MIG mode is on, and some GPU has an instance without its compute instance.
fn leave_behind(random: &mut Random, machine: &Machine, count: usize, gpu: &Gpu) {
    let fact = random.pick(&gpu.profiles);
    let start = *random.pick(&fact.placements.as_ref().unwrap().starts);
    let instances = json!([[fact.gpu_instance_profile_id, start, random.one_in(2)]]);
    let old = json!({"mode": "Enabled", "pending": "Enabled", "instances": instances});
    machine.change(&format!("/gpus/{}", random.below(count)), old);
}

/// By the driver's memory: mode, instances at their places, one full compute instance each.
fn check_memory(machine: &Machine, layout: &Layout, instance_type: &str, about: &dyn Fn() -> String) {
    let state = machine.state();
    let node = layout.node(instance_type).unwrap();
    for (index, declared) in node.gpus().iter().enumerate() {
        let gpu = &state["gpus"][index];
        let mode = if declared.is_empty() {
            "Disabled"
        } else {
            "Enabled"
        };
        assert_eq!(gpu["mode"], mode, "GPU {index}, {}", about());
        let mut found: Vec<Value> = gpu["instances"].as_array().unwrap().clone();
        found.sort_by_key(|instance| instance[1].as_u64());
        let expected: Vec<Value> = declared
            .iter()
            .map(|placed| json!([placed.gpu_instance_profile_id, placed.start, true]))
            .collect();
        assert_eq!(found, expected, "GPU {index}, {}", about());
    }
}

/// By what the driver lists.
fn check_listing(machine: &Machine, layout: &Layout, instance_type: &str, about: &dyn Fn() -> String) {
    let node = layout.node(instance_type).unwrap();
    let listed = machine.nvidia_smi(&["-L"]).output;
    let slices: usize = node.gpus().iter().map(Vec::len).sum();
    assert_eq!(listed.matches("  MIG ").count(), slices, "{listed}\n{}", about());
    for placed in node.gpus().iter().flatten() {
        assert!(listed.contains(&format!("  MIG {} ", placed.profile)), "{listed}");
    }
}
