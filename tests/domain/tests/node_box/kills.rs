//! The script killed with signal 9 in every step, then a reboot.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use counterparts::node_box::Boot;
use mig::boot::BootOptions;

use super::node::{Node, runs_here, starts, uniform};

/// Every function that our scripts enter in a boot that has to cut: "partition read_layout", "part-002 put 4".
fn steps() -> Vec<String> {
    let mut node = Node::new(&uniform("p5.4xlarge", "3g.40gb", 2), &BootOptions::default());
    node.machine.share("trace", "").unwrap();
    let boot = node.boot_once();
    node.assert_joined(&boot);
    let names: BTreeSet<&str> = boot.said_by("step").into_iter().collect();
    names.into_iter().map(str::to_owned).collect()
}

fn killed_in(step: &str) -> (Node, Boot) {
    let mut node = Node::new(&uniform("p5.4xlarge", "3g.40gb", 2), &BootOptions::default());
    node.machine.share("trace", step).unwrap();
    let boot = node.boot_once();
    // What runs beside the script may enter further steps before systemd ends it.
    assert!(boot.said_by("step").contains(&step), "{}", boot.console);
    std::fs::remove_file(node.machine.shared().join("trace")).unwrap();
    (node, boot)
}

/// Tries each, two at a time: a boot waits as long as it computes, and a machine of two processors has no more to give.
fn each<T: Send>(all: impl IntoIterator<Item = T, IntoIter: Send>, test: impl Fn(T) + Sync) {
    let left = Mutex::new(all.into_iter());
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(one) = next() {
                    test(one);
                }
            });
        }
    });
}

/// The first entry of each function of the boot script.
#[test]
fn the_boot_script_in_every_step() {
    if !runs_here() {
        return;
    }
    let all = steps();
    let counted = |step: &&String| step.starts_with("partition ") && step.split(' ').count() == 2;
    let first: Vec<&String> = all.iter().filter(counted).collect();
    for step in [
        "read_layout",
        "wait_for_driver",
        "read_gpus",
        "recut",
        "each_wrong",
        "set_mode",
        "create_instances",
        "open_gate",
    ] {
        assert!(
            first.iter().any(|found| found.ends_with(step)),
            "{step} is not in {first:?}"
        );
    }
    each(first, |step| {
        let (mut node, boot) = killed_in(step);
        node.assert_stayed_out(&boot, "ended by KILL (signal) after:");
        let boot = node.boot_once();
        node.assert_joined(&boot);
    });
}

/// The installation, from the moment when the guards of this boot count. Nobody is left to say why; the next boot installs
/// what is missing.
#[test]
fn the_installation_in_every_step() {
    if !runs_here() {
        return;
    }
    let all = steps();
    let puts = all.iter().filter(|step| step.starts_with("part-002 put")).count();
    assert!(puts >= 8, "{all:?}");
    each(3..=puts, |number| {
        let (mut node, boot) = killed_in(&format!("part-002 put {number}"));
        assert_eq!(
            (starts(&boot, "kubelet"), starts(&boot, "nodeadm-run")),
            (0, 0),
            "put {number}: {}",
            boot.console
        );
        let boot = node.boot_once();
        node.assert_joined(&boot);
    });
}
