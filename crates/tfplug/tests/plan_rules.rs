//! The engine against Terraform's rules: random schemas, configurations, prior states and faults, each life judged
//! by the oracle. `TFPLUG_CASES` sets how many (100,000 unless told), `TFPLUG_SEED` where they start.
#![allow(missing_docs, unreachable_pub, clippy::panic, clippy::unwrap_used)]

mod cloud;
mod difference;
mod lifecycle;
mod rng;
mod schemas;
mod values;

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const CASES: u64 = 100_000;
const SEED: u64 = 20_261_122;

fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text:?} is not a whole number")),
        Err(_) => otherwise,
    }
}

thread_local! {
    /// Whether panics of this thread stay out of the output: they are simulated, or reported once with their seed.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Silences the panics of quiet threads; other tests run at the same time.
fn hush() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !QUIET.get() {
            loud(panic);
        }
    }));
}

#[test]
fn every_life_keeps_the_rules() {
    each_case("lives", lifecycle::live);
}

#[test]
fn what_a_diff_names_is_exactly_what_differs() {
    each_case("differences", difference::differ);
}

fn each_case(what: &str, judge: fn(u64)) {
    let (cases, start) = (number("TFPLUG_CASES", CASES), number("TFPLUG_SEED", SEED));
    println!("{cases} {what} from TFPLUG_SEED={start}");
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let failure = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    hush();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                QUIET.set(true);
                while !stop.load(Ordering::Relaxed) {
                    let case = next.fetch_add(1, Ordering::Relaxed);
                    if case >= cases {
                        return;
                    }
                    let seed = start.wrapping_add(case);
                    if let Err(told) = panic::catch_unwind(AssertUnwindSafe(|| judge(seed))) {
                        stop.store(true, Ordering::Relaxed);
                        *failure.lock().unwrap() = Some((seed, text(told.as_ref())));
                    }
                }
            });
        }
    });
    if let Some((seed, text)) = failure.into_inner().unwrap() {
        panic!("TFPLUG_SEED={seed} TFPLUG_CASES=1: {text}");
    }
}

fn text(told: &(dyn std::any::Any + Send)) -> String {
    told.downcast_ref::<String>()
        .cloned()
        .or_else(|| told.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
