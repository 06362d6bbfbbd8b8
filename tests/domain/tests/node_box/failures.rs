//! Boots that must not end with a node in the cluster.

use mig::boot::BootOptions;
use serde_json::{Value, json};

use super::node::{Node, runs_here, uniform};

/// A node of one H100 with a short deadline.
fn small() -> Node {
    Node::in_a_hurry(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default(), 8)
}

fn of_eight() -> Node {
    Node::new(&uniform("p5.48xlarge", "1g.10gb", 7), &BootOptions::default())
}

/// Closed on the first boot and on a later one, with that cause each time.
fn stays_out_on_every_boot(mut node: Node, cause: &str) {
    for _ in 0..2 {
        let boot = node.boot_once();
        node.assert_stayed_out(&boot, cause);
        assert_eq!(boot.said_by("mig-partition"), ["failed exit-code"]);
    }
}

#[test]
fn a_driver_that_never_comes() {
    if !runs_here() {
        return;
    }
    let node = small();
    node.machine.share("driver", "exit 1\n").unwrap();
    stays_out_on_every_boot(
        node,
        "no working nvidia-smi within 8s: NVIDIA-SMI has failed because",
    );
}

#[test]
fn nvidia_smi_that_hangs() {
    if !runs_here() {
        return;
    }
    let node = small();
    node.gpus("fault", json!("hang"));
    node.gpus("stubborn", json!(true));
    stays_out_on_every_boot(node, "no working nvidia-smi within 8s");
}

/// The query of the GPUs never comes back, and what hangs listens to no signal but the last.
#[test]
fn nvidia_smi_that_hangs_later() {
    if !runs_here() {
        return;
    }
    let node = small();
    node.gpus("hang", json!(["-lgi"]));
    node.gpus("stubborn", json!(true));
    stays_out_on_every_boot(node, "no list of the instances");
}

#[test]
fn another_instance_type_than_the_layout_is_for() {
    if !runs_here() {
        return;
    }
    let mut node = of_eight();
    let boot = node.boot_once();
    node.assert_joined(&boot);
    // Stopped, changed to another type, started: the user data does not run again.
    let facts = json!({"instance-id": "i-0123456789abcdef0", "instance-type": "p5e.48xlarge", "placement/region": "us-east-1"});
    node.machine.share("imds.json", &facts.to_string()).unwrap();
    let boot = node.boot_once();
    node.assert_stayed_out(&boot, "the layout has no instance type 'p5e.48xlarge'");
}

#[test]
fn seven_of_eight_gpus() {
    if !runs_here() {
        return;
    }
    let node = of_eight();
    let gpu = json!({"mode": "Disabled", "pending": "Disabled", "instances": []});
    node.gpus("gpus", Value::Array(vec![gpu; 7]));
    stays_out_on_every_boot(node, "p5.48xlarge has 8 GPUs, the driver shows 7");
}

#[test]
fn a_gpu_that_fell_off_the_bus() {
    if !runs_here() {
        return;
    }
    let lost = "0000:03:00.0: GPU is lost.  Reboot the system to recover this GPU";
    for exit in [15, 0] {
        let node = of_eight();
        node.gpus("lost", json!([3]));
        node.gpus("lost_exit", json!(exit));
        stays_out_on_every_boot(node, lost);
    }
}

#[test]
fn a_reset_that_fails_and_a_mode_that_is_pending_after_the_reboot() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p4d.24xlarge", "1g.5gb", 7), &BootOptions::default());
    node.gpus("fault", json!("mode-stuck"));
    let boots = node.boot();
    assert_eq!(boots.len(), 2, "one reboot and no more");
    let cause = "MIG mode of GPU 0 1 2 3 4 5 6 7 is still pending after a reboot";
    node.assert_stayed_out(&boots[1], cause);
    // Nor does a boot that a person asks for reboot again.
    let boot = node.boot_once();
    node.assert_stayed_out(&boot, cause);
    // Once the GPUs are well the node joins.
    node.gpus("fault", json!(""));
    let boot = node.boot_once();
    node.assert_joined(&boot);
}

#[test]
fn a_second_boot_whose_create_fails() {
    if !runs_here() {
        return;
    }
    let mut node = of_eight();
    let boot = node.boot_once();
    node.assert_joined(&boot);
    node.gpus("fault", json!("create-refused"));
    let boot = node.boot_once();
    node.assert_stayed_out(
        &boot,
        "create_instances: GPU 0: Unable to create a GPU instance on GPU  0 using profile 19:0: Insufficient Resources; GPU 1:",
    );
    node.gpus("fault", json!(""));
    let boot = node.boot_once();
    node.assert_joined(&boot);
}

/// Where the role may not tag, the other two places still say why.
#[test]
fn a_role_without_the_right_to_tag() {
    if !runs_here() {
        return;
    }
    let mut node = small();
    node.machine.share("no-role", "").unwrap();
    node.gpus("driver", json!("450.80.02"));
    let boot = node.boot_once();
    let cause = "driver 450.80.02 is older than 525.85.12";
    assert!(
        boot.console.contains(cause) && node.log().contains(cause),
        "{}",
        boot.console
    );
    assert!(node.log().contains("the cause is in no tag"), "{}", node.log());
    assert!(boot.position("kubelet", "started").is_none());
}
