//! Boots that end well.

use counterparts::node_box::{Ended, Image};
use mig::boot::{BootOptions, user_data};
use serde_json::json;

use super::node::{Node, layout, runs_here, starts, uniform};

#[test]
fn a_first_boot_and_a_reboot() {
    if !runs_here() {
        return;
    }
    let mixed = layout(json!({
        "instance_types": ["p5.48xlarge"],
        "gpus": [
            {"devices": [0, 1, 2, 3, 4, 5], "slices": {"3g.40gb": 1, "2g.20gb": 2}},
            {"devices": [6, 7], "slices": {}},
        ],
    }));
    let mut node = Node::new(&mixed, &BootOptions::default());
    let first = node.boot_once();
    node.assert_joined(&first);
    // The image's daemons were stopped for it and are back, and the order is the one that the guide tells.
    assert_eq!(
        first.said_by("nvidia-persistenced"),
        ["started", "stopped", "started", "stopped"]
    );
    assert_eq!(starts(&first, "nvidia-fabricmanager"), 1);
    assert_eq!(node.log().matches("every GPU is cut as declared").count(), 1);
    assert!(
        first
            .console
            .contains("mig: creating instances on GPU 0 1 2 3 4 5"),
        "{}",
        first.console
    );

    let second = node.boot_once();
    node.assert_joined(&second);
    assert_eq!(
        node.log().matches("every GPU is cut as declared").count(),
        2,
        "{}",
        node.log()
    );
    assert!(
        !second.console.contains("part-00"),
        "cloud-init ran user data again:\n{}",
        second.console
    );
}

#[test]
fn an_image_that_loads_the_driver_by_kmod_load() {
    if !runs_here() {
        return;
    }
    let layout = uniform("p5.4xlarge", "1g.10gb", 7);
    let text = user_data(&layout, &BootOptions::default()).unwrap().text;
    let mut node = Node::with_user_data(&layout, &text, Image::KmodLoad);
    for _ in 0..2 {
        let boot = node.boot_once();
        node.assert_joined(&boot);
    }
}

#[test]
fn an_a100_whose_reset_is_refused_reboots_exactly_once() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p4d.24xlarge", "2g.10gb", 3), &BootOptions::default());
    node.gpus("fault", json!("reset-refused"));
    let boots = node.boot();
    assert_eq!(boots.len(), 2);
    assert_eq!(boots[0].ended, Ended::Rebooted);
    assert_eq!(
        (starts(&boots[0], "kubelet"), starts(&boots[0], "nodeadm-run")),
        (0, 0)
    );
    assert!(boots[0].said_by("aws").is_empty(), "a reboot is no failure");
    node.assert_joined(&boots[1]);
    // The mode is kept from now on, and so is the right to one reboot.
    let third = node.boot_once();
    node.assert_joined(&third);
}

#[test]
fn an_a100_whose_reset_works_does_not_reboot() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p4d.24xlarge", "1g.5gb", 7), &BootOptions::default());
    let boot = node.boot_once();
    node.assert_joined(&boot);
    assert_eq!(
        starts(&boot, "nvidia-fabricmanager"),
        2,
        "it is stopped for the reset and has to come back"
    );
}

/// The driver is there long after the user data began; daemons that hold the GPUs start only then.
#[test]
fn a_driver_that_comes_late() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    node.machine.share("driver", "sleep 6\n").unwrap();
    for _ in 0..2 {
        let boot = node.boot_once();
        node.assert_joined(&boot);
        assert!(boot.position("nvidia-setup", "loaded") < boot.position("nodeadm-run", "started"));
        assert!(boot.position("nvidia-persistenced", "stopped") < boot.position("kubelet", "started"));
    }
}

/// A unit of the driver that never ends its start does not hold us up permanently: what counts is that nvidia-smi works.
#[test]
fn a_setup_that_hangs_after_the_driver_works() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "7g.80gb", 1), &BootOptions::default());
    node.machine
        .share(
            "driver",
            "touch /run/box/driver; until grep -q 'going on' /var/log/mig-partition.log; do sleep 1; done\n",
        )
        .unwrap();
    let boot = node.boot_once();
    node.assert_joined(&boot);
    assert!(
        node.log()
            .contains("going on, though a unit of the driver is still starting"),
        "{}",
        node.log()
    );
}

#[test]
fn user_data_that_runs_twice() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    let (boot, said) = node.boot_then("bash /var/lib/cloud/instance/scripts/part-002 && echo again");
    node.assert_joined(&boot);
    assert_eq!(said, "again\n");
    assert_eq!(boot.said_by("mig-partition"), ["active success"]);
    assert_eq!(node.log().matches("nothing to do").count(), 1, "{}", node.log());
    // A copy of the disk is another instance, whose cloud-init runs the user data although all is installed.
    let layout = uniform("p5.4xlarge", "3g.40gb", 2);
    let text = user_data(&layout, &BootOptions::default()).unwrap().text;
    node.machine
        .launch_as("i-0fedcba9876543210", "p5.4xlarge", &text)
        .unwrap();
    node.declare(layout);
    let boot = node.boot_once();
    node.assert_joined(&boot);
}
