//! A driver, GPUs and a fabric manager that are not as they should be.

use super::*;

/// Seconds in which a busy machine has cut the GPUs, so that it is the fabric manager that the deadline ends.
const CUT_ON_A_BUSY_MACHINE: u32 = 15;

/// Whether one GPU shall stay whole, or is to be cut.
fn whole_and_cut() -> [Layout; 2] {
    let spec = json!({"instance_types": ["p5.4xlarge"], "gpus": [{"devices": [0], "slices": {}}]});
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    [
        Layout::resolve(&spec, Catalog::builtin()).unwrap(),
        layout("p5.4xlarge", &[("1g.10gb", 7)]),
    ]
}

/// nvidia-smi puts an error into the field and ends with 0: no such word lets a node in, whatever its GPUs shall be.
#[test]
fn a_mode_that_cannot_be_read_keeps_the_gate_closed() {
    for (number, words) in [
        "Unknown Error",
        "GPU is lost",
        "GPU requires reset",
        "Insufficient Permissions",
    ]
    .iter()
    .enumerate()
    {
        for (kind, layout) in whole_and_cut().iter().enumerate() {
            let machine = Machine::new(
                &format!("unreadable-{number}-{kind}"),
                "p5.4xlarge",
                "h100-80gb",
                1,
            );
            machine.change("/unreadable", json!({"0": words}));
            let options = BootOptions {
                // Long enough for a busy machine to give the answer that the message ends with.
                deadline_seconds: 5,
                ..BootOptions::default()
            };
            fails_closed(&machine, layout, &options, words);
            let second = Machine::new(&format!("field-{number}-{kind}"), "p5.4xlarge", "h100-80gb", 1);
            second.change("/gpus/0/mode", json!(format!("[{words}]")));
            fails_closed(
                &second,
                layout,
                &BootOptions::default(),
                &format!("says ' [{words}]' of its MIG mode"),
            );
        }
    }
}

/// The driver is there and a GPU, or what belongs to the driver, is not: no deadline changes that.
#[test]
fn what_waiting_does_not_mend_is_said_at_once() {
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    for (number, (why, code)) in [
        ("Unknown Error", 255),
        ("GPU is lost.  Reboot the system to recover this GPU", 15),
        (
            "A GPU reset must occur before this GPU can be used again.\n\n.",
            255,
        ),
        ("GPU has fallen off the bus", 15),
    ]
    .iter()
    .enumerate()
    {
        let machine = Machine::new(&format!("broken-{number}"), "p5.48xlarge", "h100-80gb", 8);
        machine.change("/lost", json!([7]));
        machine.change("/lost_why", json!(why));
        machine.change("/lost_exit", json!(code));
        let first = why.lines().next().unwrap();
        let text = format!("is broken: Unable to determine the device handle for gpu 0000:07:00.0: {first}");
        fails_closed(&machine, &cut, &BootOptions::default(), &text);
    }
    let mismatch = Machine::new("mismatch", "p5.48xlarge", "h100-80gb", 8);
    let text = "Failed to initialize NVML: Driver/library version mismatch";
    mismatch.stub(
        "nvidia-smi",
        &format!("#!/bin/sh\necho '{text}'\necho 'NVML library version: 550.54'\nexit 18\n"),
    );
    fails_closed(
        &mismatch,
        &cut,
        &BootOptions::default(),
        &format!("is broken: {text}"),
    );
}

/// Exit code 14 is a warning: the GPUs are cut, which is read back, and the warning is where people look.
#[test]
fn a_damaged_inforom_is_a_warning() {
    for (number, layout) in whole_and_cut().iter().enumerate() {
        let machine = Machine::new(&format!("inforom-{number}"), "p5.4xlarge", "h100-80gb", 1);
        machine.change("/inforom", json!(true));
        let tags = machine.path("tags");
        machine.stub("curl", CURL_OF_AN_INSTANCE);
        machine.stub("aws", &format!("#!/bin/sh\necho \"$@\" >>{}\n", tags.display()));
        for _ in 0..2 {
            let boot = machine.first_boot(layout, &BootOptions::default());
            assert!(boot.success && machine.may_join(), "{}", boot.output);
            assert!(
                boot.output
                    .contains("warning of the driver: WARNING: infoROM is corrupted at gpu 0000:00:00.0")
            );
            let told = fs::read_to_string(&tags).unwrap();
            assert!(
                told.contains("Key=mig.eks/partition-warning,Value=20") && told.contains("infoROM"),
                "{told}"
            );
        }
        machine.change("/inforom", json!(false));
        let boot = machine.later_boot();
        assert!(
            boot.success && !boot.output.contains("infoROM"),
            "{}",
            boot.output
        );
    }
}

const CURL_OF_AN_INSTANCE: &str = "#!/bin/sh\ncase $* in *api/token*) echo token ;; *instance-type*) echo \"$TYPE\" ;; \
                                   *instance-id*) echo i-1 ;; *region*) echo us-east-1 ;; esac\n";

/// A systemctl whose fabric manager starts only when the file `fabric` counts down to nothing.
fn with_fabric_manager(machine: &Machine, failures: u32) {
    fs::write(machine.path("fabric"), failures.to_string()).unwrap();
    let base = fs::read_to_string(machine.program("systemctl")).unwrap();
    let own = "case $* in
  'cat nvidia-fabricmanager') exit 0 ;;
  'start nvidia-fabricmanager') left=$(<\"$MIG_ROOT/fabric\"); ((left <= 0)) && exit; echo $((left - 1)) >\"$MIG_ROOT/fabric\"; exit 1 ;;
esac
";
    machine.stub("systemctl", &base.replacen("unit=", &format!("{own}unit="), 1));
}

fn calls(boot: &Boot, call: &str) -> usize {
    boot.systemctl.iter().filter(|made| *made == call).count()
}

#[test]
fn the_fabric_manager_is_started_until_it_stays() {
    for (instance_type, gpu, profile) in [
        ("p5.48xlarge", "h100-80gb", "1g.10gb"),
        ("p4d.24xlarge", "a100-40gb", "1g.5gb"),
    ] {
        let machine = Machine::new(&format!("fabric-{gpu}"), instance_type, gpu, 8);
        with_fabric_manager(&machine, 2);
        let boot = machine.first_boot(&layout(instance_type, &[(profile, 7)]), &BootOptions::default());
        assert!(boot.success && machine.may_join(), "{}", boot.output);
        assert_eq!(
            calls(&boot, "start nvidia-fabricmanager"),
            3,
            "{:?}",
            boot.systemctl
        );
        assert_eq!(
            calls(&boot, "reset-failed nvidia-fabricmanager"),
            2,
            "systemd counts starts"
        );
    }
    let never = Machine::new("fabric-never", "p5.48xlarge", "h100-80gb", 8);
    with_fabric_manager(&never, 100_000);
    let options = BootOptions {
        deadline_seconds: CUT_ON_A_BUSY_MACHINE,
        ..BootOptions::default()
    };
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    fails_closed(
        &never,
        &cut,
        &options,
        "nvidia-fabricmanager does not start within 15s",
    );
}

/// A run that fails after it has cut the GPUs leaves work: the next one in the same boot finds nothing to cut, and does it.
#[test]
fn a_second_run_owes_what_the_first_one_owed() {
    let machine = Machine::new("owes", "p5.48xlarge", "h100-80gb", 8);
    with_fabric_manager(&machine, 100_000);
    let options = BootOptions {
        deadline_seconds: CUT_ON_A_BUSY_MACHINE,
        ..BootOptions::default()
    };
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    fails_closed(&machine, &cut, &options, "does not start within");
    let boot = machine.later_boot();
    assert!(!boot.success && !machine.may_join(), "{}", boot.output);
    assert!(boot.output.contains("nothing to do"), "{}", boot.output);
    fs::write(machine.path("fabric"), "0").unwrap();
    let boot = machine.later_boot();
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert!(
        calls(&boot, "start --no-block nvidia-persistenced") == 1,
        "{:?}",
        boot.systemctl
    );
    assert_eq!(calls(&boot, "start nvidia-fabricmanager"), 1);
}

/// kubelet ends without this file, whose name nodeadm's part of the user data gives it.
#[test]
fn kubelet_finds_its_kubeconfig_only_behind_the_gate() {
    let cut = layout("p5.4xlarge", &[("1g.10gb", 7)]);
    let tainted = BootOptions {
        on_failure: OnFailure::JoinTainted,
        ..BootOptions::default()
    };
    for (number, (fault, options, there)) in [
        ("", BootOptions::default(), true),
        ("create-refused", BootOptions::default(), false),
        ("create-refused", tainted, true),
    ]
    .into_iter()
    .enumerate()
    {
        let machine = Machine::new(&format!("kubeconfig-{number}"), "p5.4xlarge", "h100-80gb", 1);
        machine.change("/fault", json!(fault));
        let boot = machine.first_boot(&cut, &options);
        let link = fs::read_link(machine.path("run/mig/kubeconfig")).ok();
        assert_eq!(link.is_some(), there, "{}", boot.output);
        assert!(link.is_none_or(|to| to.as_os_str() == "/var/lib/kubelet/kubeconfig"));
        machine.new_boot(2);
        assert!(
            fs::read_link(machine.path("run/mig/kubeconfig")).is_err(),
            "of one boot"
        );
    }
}
