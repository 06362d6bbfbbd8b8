//! Random schemas and values: those by which `tfplug` tests its engine.

#[path = "../../tfplug/tests/plan_rules/rng.rs"]
pub(crate) mod rng;
#[path = "../../tfplug/tests/plan_rules/schemas.rs"]
pub(crate) mod schemas;
#[path = "../../tfplug/tests/plan_rules/values.rs"]
pub(crate) mod values;

/// Runs a test for many seeds; `MIG_SEED` says which one to repeat.
pub(crate) fn for_seeds(count: u64, mut test: impl FnMut(u64)) {
    match std::env::var("MIG_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => test(seed),
        None => (0..count).for_each(|seed| {
            let run = std::panic::AssertUnwindSafe(|| test(seed));
            if let Err(failure) = std::panic::catch_unwind(run) {
                eprintln!("repeat with MIG_SEED={seed}");
                std::panic::resume_unwind(failure);
            }
        }),
    }
}
