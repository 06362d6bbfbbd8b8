//! Disks without a byte left.

use mig::boot::BootOptions;
use serde_json::json;

use super::node::{Node, runs_here, starts, uniform};

/// Wherever the installation fails: the guards of this boot hold, and the next boot installs what is missing.
#[test]
fn an_installation_that_fails_is_made_up_for_by_the_next_boot() {
    if !runs_here() {
        return;
    }
    for folder in ["/etc/systemd/system", "/etc", "/usr/local"] {
        let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
        node.machine.full_disks(&[folder]).unwrap();
        for _ in 0..2 {
            let boot = node.boot_once();
            node.assert_stayed_out(&boot, "the boot unit cannot be installed: ");
            assert!(
                node.log().contains("No space left on device"),
                "{folder}: {}",
                node.log()
            );
        }
        node.machine.full_disks(&[]).unwrap();
        for _ in 0..2 {
            let boot = node.boot_once();
            node.assert_joined(&boot);
        }
    }
}

/// With no room under /var a reboot could not be remembered, so none is made. Slices need no room there.
#[test]
fn var_is_full_on_a_later_boot() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    node.boot_once();
    node.machine.full_disks(&["/var"]).unwrap();
    let boot = node.boot_once();
    node.assert_joined(&boot);

    let mut node = Node::new(&uniform("p4d.24xlarge", "1g.5gb", 7), &BootOptions::default());
    let boot = node.boot_once();
    node.assert_joined(&boot);
    // An A100 that has lost its mode, as after a repair, and whose reset is refused now.
    let gpu = json!({"mode": "Disabled", "pending": "Disabled", "instances": []});
    node.gpus("gpus", json!(vec![gpu; 8]));
    node.gpus("fault", json!("reset-refused"));
    node.machine.full_disks(&["/var"]).unwrap();
    let boot = node.boot_once();
    let cause = "a reboot could not be remembered, so none is made";
    assert!(
        boot.console.contains(cause) && boot.said_by("aws")[0].contains("a reboot could not be remembered"),
        "{}",
        boot.console
    );
    assert_eq!(starts(&boot, "kubelet"), 0);
}
