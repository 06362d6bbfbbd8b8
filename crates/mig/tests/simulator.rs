//! The simulated `nvidia-smi` itself: it says and does what consoles of real ones show, so that tests on it mean something;
//! and the boot script in the faults that only it can have.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::machine::{Boot, Machine};
use mig::boot::BootOptions;
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::json;

/// A call that must end with that code and say all of these.
fn says(machine: &Machine, call: &str, code: i32, texts: &[&str]) -> Boot {
    let words: Vec<&str> = call.split(' ').collect();
    let answer = machine.nvidia_smi(&words);
    assert_eq!(answer.code, Some(code), "{call}: {}", answer.output);
    for text in texts {
        assert!(
            answer.output.contains(text),
            "{call}: {text:?} is not in {}",
            answer.output
        );
    }
    answer
}

fn enabled(test: &str, gpu: &str) -> Machine {
    let machine = Machine::new(test, "p5.4xlarge", gpu, 2);
    let on = json!({"mode": "Enabled", "pending": "Enabled", "instances": []});
    machine.change("/gpus", json!([on, on]));
    machine
}

/// NVIDIA's guide shows this very order failing and the other one working.
#[test]
fn without_a_start_the_driver_does_not_look_ahead() {
    let machine = enabled("sim-order", "a100-40gb");
    let wrong = [
        "Successfully created GPU instance ID 13 on GPU  0 using profile MIG 1g.5gb (ID 19)",
        "Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources",
        "Failed to create GPU instances: Insufficient Resources",
    ];
    says(&machine, "mig -i 0 -cgi 19,19,14,9", 23, &wrong);
    assert_eq!(
        machine.instances(0).len(),
        3,
        "what was created before the failure stays"
    );
    says(
        &machine,
        "mig -i 1 -cgi 9,19,14,19 -C",
        0,
        &["compute instance ID  0 on GPU  1 GPU instance ID"],
    );
    assert_eq!(machine.instances(1).len(), 4);
}

#[test]
fn a_start_is_taken_as_it_is_said() {
    let machine = enabled("sim-starts", "h100-80gb");
    says(&machine, "mig -i 0 -cgi 3g.40gb:4,4g.40gb:0 -C", 0, &[]);
    assert_eq!(machine.instances(0), [(9, 4), (5, 0)]);
    for wrong in ["19:7", "9:2", "0:0"] {
        says(
            &machine,
            &format!("mig -i 1 -cgi 19:0,{wrong}"),
            23,
            &["Insufficient Resources"],
        );
        says(
            &machine,
            "mig -i 1 -dgi",
            0,
            &["Successfully destroyed GPU instance ID"],
        );
    }
    says(&machine, "mig -i 1 -cgi 77:0", 2, &["Invalid Argument"]);
    let row = "|   0  MIG 3g.40gb            9        1          4:4     |";
    says(
        &machine,
        "mig -lgi",
        0,
        &[row, "| GPU   Name               Profile  Instance   Placement  |"],
    );
    says(
        &machine,
        "mig -lci",
        0,
        &["|   0      1       MIG 3g.40gb          2         0          0:3     |"],
    );
    says(&machine, "-L", 0, &["  MIG 4g.40gb     Device  0: (UUID: MIG-"]);
}

#[test]
fn instances_go_in_their_order() {
    let machine = enabled("sim-destroy", "h100-80gb");
    says(&machine, "mig -dci", 6, &["No GPU instances found: Not Found"]);
    says(&machine, "mig -i 0 -cgi 14:0 -C", 0, &[]);
    let wrong = [
        "Unable to destroy GPU instance ID  3 from GPU  0: In use by another client",
        "Failed to destroy GPU instances: In use by another client",
    ];
    says(&machine, "mig -i 0 -dgi", 19, &wrong);
    says(
        &machine,
        "-i 0 -mig 0",
        19,
        &["Unable to disable MIG Mode for GPU 00000000:00:00.0: In use by another client"],
    );
    let right = "Successfully destroyed compute instance ID  0 from GPU  0 GPU instance ID  3";
    says(&machine, "mig -i 0 -dci", 0, &[right]);
    says(
        &machine,
        "mig -i 0 -dci",
        6,
        &["No compute instances found: Not Found"],
    );
    says(
        &machine,
        "mig -i 0 -dgi",
        0,
        &["Successfully destroyed GPU instance ID  3 from GPU  0"],
    );
    says(
        &machine,
        "-i 0 -mig 0",
        0,
        &["Disabled MIG Mode for GPU 00000000:00:00.0"],
    );
}

#[test]
fn ampere_is_pending_until_a_reset_or_a_reboot() {
    let machine = Machine::new("sim-ampere", "p4d.24xlarge", "a100-40gb", 2);
    let modes = "--query-gpu=index,mig.mode.current,mig.mode.pending --format=csv,noheader";
    let pending = [
        "Warning: MIG mode is in pending enable state for GPU 00000000:00:00.0:Not Supported",
        "All done.",
    ];
    says(&machine, "-i 0 -mig 1", 0, &pending);
    says(
        &machine,
        modes,
        0,
        &["0, Disabled, Enabled", "1, Disabled, Disabled"],
    );
    says(&machine, "mig -lgi", 0, &["No MIG-enabled devices found."]);
    machine.change("/fault", json!("reset-refused"));
    let refusal = "The following GPUs could not be reset:\n  GPU 00000000:00:00.0: Not Supported";
    says(&machine, "--gpu-reset -i 0", 255, &[refusal]);
    machine.change("/fault", json!(""));
    says(
        &machine,
        "--gpu-reset -i 0",
        0,
        &["GPU 00000000:00:00.0 was successfully reset."],
    );
    says(&machine, modes, 0, &["0, Enabled, Enabled"]);
    says(&machine, "mig -i 0 -cgi 0 -C", 0, &[]);
    machine.new_boot(2);
    says(&machine, modes, 0, &["0, Enabled, Enabled"]);
    says(&machine, "mig -lgi", 6, &["No GPU instances found: Not Found"]);
}

#[test]
fn hopper_switches_at_once_and_forgets() {
    let machine = Machine::new("sim-hopper", "p5.4xlarge", "h100-80gb", 1);
    says(
        &machine,
        "-i 0 -mig 1",
        0,
        &["Enabled MIG Mode for GPU 00000000:00:00.0\n\nWarning: persistence mode is disabled on device"],
    );
    says(&machine, "mig -cgi 0 -C", 0, &[]);
    machine.new_boot(2);
    says(&machine, "mig -lgi", 0, &["No MIG-enabled devices found."]);
    machine.change("/forgetful", json!(true));
    says(&machine, "-i 0 -mig 1", 0, &[]);
    says(&machine, "mig -lgi", 0, &["No MIG-enabled devices found."]);
    let on = "Enabled persistence mode for GPU 00000000:00:00.0.\nAll done.";
    says(&machine, "-pm 1", 0, &[on]);
    let again = "Persistence mode is already Enabled for GPU 00000000:00:00.0.";
    says(&machine, "-pm 1", 0, &[again]);
    says(&machine, "-i 0 -mig 1", 0, &[]);
    says(&machine, "mig -lgi", 6, &["No GPU instances found: Not Found"]);
}

#[test]
fn a_gpu_in_use_is_not_changed() {
    let machine = enabled("sim-in-use", "h100-80gb");
    says(&machine, "mig -i 0 -cgi 14:0 -C", 0, &[]);
    machine.change("/in_use", json!([0]));
    let refusal = "Failed to destroy compute instances: In use by another client";
    says(&machine, "mig -i 0 -dci", 19, &[refusal]);
    says(
        &machine,
        "--gpu-reset -i 0",
        255,
        &[
            "could not be reset",
            "GPU 00000000:00:00.0: In use by another client",
        ],
    );
    machine.change("/in_use_refusals", json!(1));
    says(&machine, "mig -i 0 -dci", 19, &[refusal]);
    says(&machine, "mig -i 0 -dci", 0, &[]);
    machine.change("/in_use", json!([1]));
    machine.change("/in_use_refusals", json!(9));
    machine.change("/gpus/1/mode", json!("Disabled"));
    let pending = "pending enable state for GPU 00000000:01:00.0:In use by another client";
    says(
        &machine,
        "-i 1 -mig 1",
        0,
        &[
            pending,
            "is currently being used by one or more other processes",
            "All done.",
        ],
    );
    assert_eq!(machine.state()["gpus"][1]["mode"], "Disabled");
}

#[test]
fn a_gpu_that_fell_off_the_bus() {
    let machine = enabled("sim-lost", "h100-80gb");
    machine.change("/lost", json!([1]));
    let lost = "0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU";
    let listed = says(&machine, "-L", 15, &["GPU 0: ", &format!("for gpu {lost}")]);
    assert!(!listed.output.contains("GPU 1: "), "{}", listed.output);
    let told = format!("Unable to determine the device handle for GPU{lost}\n\n\n");
    for call in [
        "-i 1 -mig 1",
        "mig -lgi",
        "-pm 1",
        "--query-gpu=index --format=csv,noheader",
    ] {
        let answer = says(&machine, call, 15, &[]);
        assert_eq!(answer.output, told, "{call}");
    }
    says(&machine, "mig -i 0 -cgi 0", 0, &[]);
}

/// Section by section what 535, 550 and 555 do differently, or newer ones do.
#[test]
fn versions_differ() {
    let modes = json!([{"mode": "Enabled", "pending": "Enabled", "instances": [[9, 0, true], [19, 4, true], [19, 5, true]]},
        {"mode": "Disabled", "pending": "Disabled", "instances": []}]);
    let machine = Machine::new("sim-versions", "p5.4xlarge", "h100-80gb", 2);
    for (version, without, width) in [("535.309.01", 6, 57), ("555.58.02", 0, 57), ("610.43.02", 0, 59)] {
        machine.change("/driver", json!(version));
        machine.change("/gpus", modes.clone());
        let listed = says(&machine, "mig -lgi", 0, &[]);
        assert!(
            listed.output.lines().all(|line| line.len() == width),
            "{}",
            listed.output
        );
        let rows: Vec<&str> = listed
            .output
            .lines()
            .filter(|line| line.contains("MIG "))
            .collect();
        assert!(
            rows[0].contains("1g.10gb") && rows[2].contains("3g.40gb"),
            "by profile, then by start"
        );
        says(
            &machine,
            "mig -i 1 -lgi",
            without,
            &["No MIG-enabled devices found."],
        );
        says(
            &machine,
            "mig -i 1 -cgi 9:0",
            without,
            &["No MIG-enabled devices found."],
        );
        machine.change("/gpus/0/instances", json!([]));
        says(&machine, "mig -lci", 6, &["No GPU instances found: Not Found"]);
        machine.change("/gpus/0/instances", json!([[9, 0, false]]));
        says(
            &machine,
            "mig -lci",
            6,
            &["No compute instances found: Not Found"],
        );
        let full = [
            "using profile 0:0: Insufficient Resources",
            "Failed to create GPU instances",
        ];
        says(&machine, "mig -i 0 -cgi 0:0", 23, &full);
    }
}

/// A query that fails says so in the field, and ends well.
#[test]
fn a_field_that_cannot_be_read() {
    let machine = Machine::new("sim-unreadable", "p5.4xlarge", "h100-80gb", 1);
    machine.change("/unreadable", json!({"0": "Unknown Error"}));
    let modes = "--query-gpu=index,mig.mode.current,mig.mode.pending --format=csv,noheader";
    says(&machine, modes, 0, &["0, [Unknown Error], [Unknown Error]"]);
    says(&machine, "-L", 0, &["(UUID: Unknown Error)"]);
    says(&machine, "mig -lgi", 6, &["No MIG-supported devices found."]);
    machine.change("/unreadable", json!({}));
    machine.change("/inforom", json!(true));
    says(
        &machine,
        "-L",
        14,
        &["(UUID: GPU-", "WARNING: infoROM is corrupted at gpu 0000:00:00.0"],
    );
}

#[test]
fn drivers_that_are_old_or_late() {
    let machine = Machine::new("sim-driver", "p4d.24xlarge", "a100-40gb", 1);
    machine.change("/driver", json!("450.51.06"));
    says(
        &machine,
        "-i 0 -mig 1",
        0,
        &["Unable to enable MIG Mode for GPU 00000000:00:00.0: Not Supported"],
    );
    let machine = enabled("sim-branch", "a100-40gb");
    machine.change("/driver", json!("460.91.03"));
    says(&machine, "mig -i 0 -cgi 1g.5gb+me", 2, &["Invalid Argument"]);
    machine.change("/driver", json!("470.57.02"));
    says(&machine, "mig -i 0 -cgi 1g.5gb+me", 0, &[]);
    machine.change("/late", json!(1));
    says(
        &machine,
        "-L",
        9,
        &["couldn't communicate with the NVIDIA driver"],
    );
    says(&machine, "-L", 0, &["GPU 0: "]);
    machine.change("/late_until", json!(32_503_680_000_u64));
    says(&machine, "-L", 9, &[]);
}

fn sevenths() -> Layout {
    let spec: LayoutSpec =
        serde_json::from_value(json!({"instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}})).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

/// A boot that must fail, with that cause, and leave the gate closed.
fn fails(machine: &Machine, deadline_seconds: u32, cause: &str) {
    let options = BootOptions {
        deadline_seconds,
        ..BootOptions::default()
    };
    let boot = machine.first_boot(&sevenths(), &options);
    assert!(!boot.success && !machine.may_join(), "{}", boot.output);
    assert!(boot.output.contains(cause), "{cause:?} is not in {}", boot.output);
}

#[test]
fn the_boot_script_in_these_faults() {
    let busy = Machine::new("fault-in-use", "p5.4xlarge", "h100-80gb", 1);
    let other = json!([{"mode": "Enabled", "pending": "Enabled", "instances": [[9, 0, true]]}]);
    busy.change("/gpus", other.clone());
    busy.change("/in_use", json!([0]));
    fails(&busy, 60, "In use by another client");
    assert_eq!(busy.state()["gpus"], other, "a running workload is not destroyed");
    let lost = Machine::new("fault-lost", "p5.4xlarge", "h100-80gb", 1);
    lost.change("/lost", json!([0]));
    fails(&lost, 600, "GPU is lost");
    let hangs = Machine::new("fault-hang", "p5.4xlarge", "h100-80gb", 1);
    hangs.change("/hang", json!(["-cgi"]));
    fails(&hangs, 5, "create_instances");
    let slow = Machine::new("fault-slow", "p5.4xlarge", "h100-80gb", 1);
    slow.change("/slow", json!(0.02));
    slow.change("/forgetful", json!(true));
    let boot = slow.first_boot(&sevenths(), &BootOptions::default());
    assert!(boot.success && slow.may_join(), "{}", boot.output);
    assert_eq!(slow.instances(0).len(), 7);
}
