//! The unit started again by a person, on a node that works.

use mig::boot::BootOptions;
use serde_json::json;

use super::node::{Node, runs_here, starts, uniform};

const HELD: &str = "sed -i 's/\"fault\"/\"in_use\": [0], \"fault\"/' /box/gpus/state.json\n";

/// Prints whether the unit's restart succeeded, and kubelet's process before and after.
const RESTART: &str = "cp /box/gpus/state.json /box/before.json
before=$(systemctl show -P MainPID kubelet)
systemctl restart mig-partition.service && echo works || echo fails
[[ $before != 0 && $before == $(systemctl show -P MainPID kubelet) ]] && echo same kubelet
cmp /box/gpus/state.json /box/before.json && echo same GPUs
";

#[test]
fn under_load_nothing_is_touched() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    let (boot, said) = node.boot_then(&format!(
        "{HELD}{RESTART}systemctl restart kubelet && echo kubelet starts"
    ));
    assert_eq!(said, "works\nsame kubelet\nsame GPUs\nkubelet starts\n");
    assert_eq!(starts(&boot, "kubelet"), 2);
    assert!(node.log().contains("nothing to do"), "{}", node.log());
    let settled = boot.position("box", "settled").unwrap();
    let done = boot.position("box", "done").unwrap();
    let touched = boot.events[settled..done]
        .iter()
        .any(|event| event.who.starts_with("nvidia"));
    assert!(!touched, "{:?}", &boot.events[settled..done]);
    assert!(boot.said_by("aws").is_empty());
}

/// A slice is gone and the rest is in use: said, and left to whoever drains the node.
#[test]
fn what_differs_under_load_is_told_and_left_alone() {
    if !runs_here() {
        return;
    }
    for on_failure in [mig::boot::OnFailure::Halt, mig::boot::OnFailure::Terminate] {
        let options = BootOptions {
            on_failure,
            ..BootOptions::default()
        };
        let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &options);
        let destroyed = "sed -i 's/\\[19, 6, true\\], //; s/, \\[19, 6, true\\]//' /box/gpus/state.json\n";
        let script = format!("{HELD}{destroyed}{RESTART}systemctl restart kubelet || echo kubelet refused");
        let (boot, said) = node.boot_then(&script);
        assert!(said.contains("fails\nsame kubelet\nsame GPUs\n"), "{said}");
        assert!(said.ends_with("kubelet refused\n"), "{said}");
        let told = boot.said_by("aws");
        assert!(told[0].contains("pods may use the GPUs"), "{told:?}");
        assert!(
            node.log().contains(
                "FAILED: pods may use the GPUs, so nothing is changed: drain this node and reboot it"
            )
        );
        assert!(
            boot.position("box", "done").is_some(),
            "the node is not switched off"
        );
        let boot = node.boot_once();
        node.assert_joined(&boot);
    }
}

/// After a failure one command joins the node, once the cause is gone.
#[test]
fn after_a_failure_one_command_joins_the_node() {
    if !runs_here() {
        return;
    }
    let mut node = Node::new(&uniform("p5.4xlarge", "1g.10gb", 7), &BootOptions::default());
    node.gpus("fault", json!("create-refused"));
    let (boot, said) = node.boot_then(
        "sed -i 's/create-refused//' /box/gpus/state.json; systemctl start nodeadm-run && systemctl is-active kubelet",
    );
    assert_eq!(said, "active\n");
    assert_eq!(boot.said_by("kubelet")[0], "inactive success");
    node.assert_joined(&boot);
}
