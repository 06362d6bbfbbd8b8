//! What becomes of a node that fails, by `on_failure`.

use mig::boot::{BootOptions, OnFailure};
use serde_json::json;

use super::node::{Node, kubelet, runs_here, starts, uniform};

fn failing(on_failure: OnFailure) -> Node {
    let options = BootOptions {
        on_failure,
        ..BootOptions::default()
    };
    let node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &options);
    node.gpus("fault", json!("create-refused"));
    node
}

const CAUSE: &str = "create_instances: GPU 0: Unable to create a GPU instance on GPU  0 using profile 19:0: Insufficient Resources";

#[test]
fn halt_keeps_the_node_up_and_out() {
    if !runs_here() {
        return;
    }
    let mut node = failing(OnFailure::Halt);
    let boot = node.boot_once();
    node.assert_stayed_out(&boot, CAUSE);
    assert!(
        boot.position("box", "settled").is_some(),
        "it stays up for inspection"
    );
    // Nobody starts kubelet past the gate, not even by hand.
    let (boot, said) = node.boot_then("systemctl start kubelet || echo refused");
    node.assert_told(&boot, CAUSE);
    assert!(said.ends_with("refused\n"), "{said}");
    assert_eq!(starts(&boot, "kubelet"), 0);
}

#[test]
fn join_tainted_registers_with_the_taint() {
    if !runs_here() {
        return;
    }
    let mut node = failing(OnFailure::JoinTainted);
    for _ in 0..2 {
        let boot = node.boot_once();
        node.assert_told(&boot, CAUSE);
        let found = kubelet(&boot).unwrap();
        assert_eq!(
            found.flags,
            "--register-with-taints=mig.eks/partition-failed=true:NoSchedule"
        );
    }
    // Once it works the flag is gone; from then on a failure keeps the node out, since a taint counts only at registration.
    node.gpus("fault", json!(""));
    let boot = node.boot_once();
    node.assert_joined(&boot);
    node.gpus("fault", json!("create-refused"));
    let boot = node.boot_once();
    node.assert_stayed_out(&boot, CAUSE);
}

#[test]
fn terminate_switches_the_node_off() {
    if !runs_here() {
        return;
    }
    let mut node = failing(OnFailure::Terminate);
    let boot = node.boot_once();
    node.assert_stayed_out(&boot, CAUSE);
    assert!(
        boot.position("box", "settled").is_none(),
        "it is off before anything else happens"
    );
}
