//! Generated options, right and wrong, given to both.

use std::fmt::Debug;

use mig::manifests::karpenter::{NodeClass, NodeOverlay, NodePool};
use mig::{Catalog, Finding, Layout, PathStep};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::karpenter_options::{class, overlay, pool};
use super::server::apply_all;

/// Options that are right for all, per kind.
const RIGHT: usize = 60;

/// Options of which some are wrong, per kind and frequency.
const MIXED: usize = 150;

/// So often out of a thousand a value is wrong: about half and nearly all of the objects have a wrong one then.
const SPOILT: [u32; 2] = [25, 120];

/// Our verdict, and the objects whatever it is.
pub(crate) struct Ours {
    pub(crate) faults: Vec<Finding>,
    pub(crate) objects: Vec<Value>,
}

pub(crate) fn class_of((layout, options): &(Layout, mig::manifests::karpenter::NodeClassOptions)) -> Ours {
    let catalog = Catalog::builtin();
    Ours {
        faults: NodeClass::render(layout, options, catalog)
            .err()
            .unwrap_or_default(),
        objects: NodeClass::unchecked(layout, options, catalog).objects,
    }
}

pub(crate) fn pool_of((layout, options): &(Layout, mig::manifests::karpenter::NodePoolOptions)) -> Ours {
    let catalog = Catalog::builtin();
    Ours {
        faults: NodePool::render(layout, options, catalog)
            .err()
            .unwrap_or_default(),
        objects: NodePool::unchecked(layout, options, catalog).objects,
    }
}

pub(crate) fn overlay_of(
    (layout, options): &(Layout, mig::manifests::karpenter::NodeOverlayOptions),
) -> Ours {
    Ours {
        faults: NodeOverlay::render(layout, options, Catalog::builtin())
            .err()
            .unwrap_or_default(),
        objects: NodeOverlay::unchecked(layout, options).objects,
    }
}

/// The same values in every run.
pub(crate) fn generate<T: Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// `a.b[0]["k"]`: where a fault is.
pub(crate) fn place(fault: &Finding) -> String {
    let shown = |step: &PathStep| match step {
        PathStep::Attribute(name) => format!(".{name}"),
        PathStep::Key(key) => format!("[{key:?}]"),
        PathStep::Index(index) => format!("[{index}]"),
    };
    let path: String = fault.path().into_iter().map(shown).collect();
    path.trim_start_matches('.').to_owned()
}

fn right_is_right<T: Debug>(strategy: &BoxedStrategy<T>, ours: impl Fn(&T) -> Ours) {
    for options in generate(strategy, RIGHT) {
        let ours = ours(&options);
        assert_eq!(ours.faults, [], "{options:#?}");
        if let Err(message) = apply_all(&ours.objects) {
            panic!("the server refuses what is right: {message}\n{options:#?}");
        }
    }
}

/// Whatever the server refuses, we refuse; and the options are such that this says something.
fn we_refuse_first<T: Debug>(strategy: impl Fn(u32) -> BoxedStrategy<T>, ours: impl Fn(&T) -> Ours) {
    let (mut both_take, mut both_refuse, mut only_ours) = (0, 0, 0);
    for options in SPOILT
        .iter()
        .flat_map(|spoilt| generate(&strategy(*spoilt), MIXED))
    {
        let ours = ours(&options);
        match (ours.faults.is_empty(), apply_all(&ours.objects)) {
            (true, Ok(())) => both_take += 1,
            (false, Err(_)) => both_refuse += 1,
            (false, Ok(())) => only_ours += 1,
            (true, Err(message)) => panic!("only the server refuses: {message}\n{options:#?}"),
        }
    }
    println!("both take {both_take}, both refuse {both_refuse}, only we refuse {only_ours}");
    assert!(both_take >= 20 && both_refuse >= 50 && only_ours >= 5);
}

#[test]
fn right_node_classes_are_taken_by_both() {
    right_is_right(&class::options(0), class_of);
}

#[test]
fn right_pools_are_taken_by_both() {
    right_is_right(&pool::options(0), pool_of);
}

#[test]
fn right_overlays_are_taken_by_both() {
    right_is_right(&overlay::options(0), overlay_of);
}

#[test]
fn no_node_class_is_refused_by_the_server_alone() {
    we_refuse_first(class::options, class_of);
}

#[test]
fn no_pool_is_refused_by_the_server_alone() {
    we_refuse_first(pool::options, pool_of);
}

#[test]
fn no_overlay_is_refused_by_the_server_alone() {
    we_refuse_first(overlay::options, overlay_of);
}
