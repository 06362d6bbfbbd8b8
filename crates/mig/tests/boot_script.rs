//! The rendered boot script on a machine whose `nvidia-smi`, systemd and metadata service are stand-ins (`machine/`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod machine;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use machine::{Boot, Machine};
use mig::boot::{BootOptions, OnFailure, RenderVersion};
use mig::layout::GpuGroup;
use mig::placement::enumerate;
use mig::{Catalog, Layout, LayoutSpec, Profile};
use serde_json::json;

fn layout(instance_type: &str, slices: &[(&str, i64)]) -> Layout {
    let slices: BTreeMap<String, i64> = slices
        .iter()
        .map(|(name, count)| ((*name).into(), *count))
        .collect();
    let spec = LayoutSpec {
        instance_types: vec![instance_type.into()],
        slices: Some(slices),
        ..Default::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

#[test]
fn h100_is_cut_at_once_and_again_on_every_boot() {
    let machine = Machine::new("h100", "p5.48xlarge", "h100-80gb", 8);
    let layout = layout("p5.48xlarge", &[("3g.40gb", 1), ("2g.20gb", 2)]);
    let boot = machine.first_boot(&layout, &BootOptions::default());
    assert!(boot.success, "{}", boot.output);
    for gpu in 0..8 {
        assert_eq!(machine.instances(gpu), [(14, 0), (14, 2), (9, 4)], "GPU {gpu}");
    }
    assert!(machine.may_join());
    let stop = boot
        .systemctl
        .iter()
        .position(|call| call == "stop nvidia-persistenced")
        .unwrap();
    assert!(boot.systemctl[stop..].contains(&"start --no-block nvidia-persistenced".to_owned()));
    machine.new_boot(2);
    assert!(!machine.may_join());
    let boot = machine.later_boot();
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert_eq!(machine.instances(7), [(14, 0), (14, 2), (9, 4)]);
}

#[test]
fn what_is_right_already_is_not_touched() {
    let machine = Machine::new("idempotent", "p5.4xlarge", "h100-80gb", 1);
    let layout = layout("p5.4xlarge", &[("1g.10gb", 7)]);
    assert!(machine.first_boot(&layout, &BootOptions::default()).success);
    let before = machine.state();
    let boot = machine.later_boot();
    assert!(
        boot.success && boot.output.contains("nothing to do"),
        "{}",
        boot.output
    );
    assert_eq!(machine.state(), before);
    assert!(
        !boot.systemctl.iter().any(|call| call.starts_with("stop")),
        "{:?}",
        boot.systemctl
    );
}

#[test]
fn a100_reboots_once_and_then_has_its_slices() {
    let machine = Machine::new("a100", "p4d.24xlarge", "a100-40gb", 8);
    machine.change("/fault", json!("reset-refused"));
    let layout = layout("p4d.24xlarge", &[("1g.5gb", 7)]);
    let boot = machine.first_boot(&layout, &BootOptions::default());
    assert!(!boot.success && !machine.may_join(), "{}", boot.output);
    assert_eq!(
        boot.systemctl.iter().filter(|call| *call == "reboot").count(),
        1,
        "{:?}",
        boot.systemctl
    );
    machine.new_boot(2);
    let boot = machine.later_boot();
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert!(!boot.systemctl.contains(&"reboot".to_owned()));
    assert_eq!(machine.instances(5).len(), 7);
    assert!(!machine.path("var/lib/mig/reboot").exists());
}

#[test]
fn a100_whose_reset_works_needs_no_reboot() {
    let machine = Machine::new("a100-reset", "p4d.24xlarge", "a100-40gb", 8);
    let boot = machine.first_boot(
        &layout("p4d.24xlarge", &[("3g.20gb", 2)]),
        &BootOptions::default(),
    );
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert!(!boot.systemctl.contains(&"reboot".to_owned()));
}

#[test]
fn a_mode_that_stays_pending_after_the_reboot_fails_closed() {
    let machine = Machine::new("a100-stuck", "p4d.24xlarge", "a100-40gb", 8);
    machine.change("/fault", json!("reset-refused"));
    let layout = layout("p4d.24xlarge", &[("1g.5gb", 7)]);
    assert!(!machine.first_boot(&layout, &BootOptions::default()).success);
    machine.change("/fault", json!("mode-stuck"));
    machine.new_boot(2);
    let boot = machine.later_boot();
    assert!(!boot.success && !machine.may_join());
    assert!(
        boot.output.contains("still pending after a reboot"),
        "{}",
        boot.output
    );
    assert!(!boot.systemctl.contains(&"reboot".to_owned()));
}

/// A boot that must fail with that text, and leave the gate closed and the guards in place.
fn fails_closed(machine: &Machine, layout: &Layout, options: &BootOptions, text: &str) -> Boot {
    let boot = machine.first_boot(layout, options);
    assert!(!boot.success && !machine.may_join(), "{}", boot.output);
    assert!(boot.output.contains(text), "{text:?} is not in {}", boot.output);
    for unit in ["nodeadm-run", "kubelet"] {
        let guard =
            fs::read_to_string(machine.path(&format!("etc/systemd/system/{unit}.service.d/10-mig.conf")));
        assert!(guard.unwrap().contains("AssertPathExists=/run/mig/partitioned"));
    }
    let log = fs::read_to_string(machine.path("var/log/mig-partition.log")).unwrap();
    assert!(log.contains("FAILED: "), "{log}");
    boot
}

#[test]
fn what_is_not_as_declared_fails_closed() {
    let seven = Machine::new("seven", "p5.48xlarge", "h100-80gb", 7);
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    fails_closed(
        &seven,
        &cut,
        &BootOptions::default(),
        "has 8 GPUs, the driver shows 7",
    );
    let other = Machine::new("other-type", "p5e.48xlarge", "h200-141gb", 8);
    fails_closed(
        &other,
        &cut,
        &BootOptions::default(),
        "no instance type 'p5e.48xlarge'",
    );
    let model = Machine::new("other-model", "p5.48xlarge", "h200-141gb", 8);
    fails_closed(
        &model,
        &cut,
        &BootOptions::default(),
        "GPU 0 is PCI device 0x233510DE",
    );
    let old = Machine::new("old-driver", "p5.48xlarge", "h100-80gb", 8);
    old.change("/driver", json!("525.60.13"));
    fails_closed(
        &old,
        &cut,
        &BootOptions::default(),
        "driver 525.60.13 is older than 525.85.12",
    );
    let refused = Machine::new("refused", "p5.48xlarge", "h100-80gb", 8);
    refused.change("/fault", json!("create-refused"));
    fails_closed(&refused, &cut, &BootOptions::default(), "Insufficient Resources");
}

#[test]
fn a_driver_that_comes_late_or_never() {
    let cut = layout("p5.4xlarge", &[("1g.10gb", 7)]);
    let late = Machine::new("late", "p5.4xlarge", "h100-80gb", 1);
    late.change("/late", json!(3));
    let boot = late.first_boot(&cut, &BootOptions::default());
    assert!(boot.success && late.may_join(), "{}", boot.output);
    let never = Machine::new("never", "p5.4xlarge", "h100-80gb", 1);
    never.change("/fault", json!("absent"));
    let options = BootOptions {
        deadline_seconds: 1,
        ..BootOptions::default()
    };
    fails_closed(&never, &cut, &options, "no working nvidia-smi within 1s");
    let hangs = Machine::new("hangs", "p5.4xlarge", "h100-80gb", 1);
    hangs.change("/fault", json!("hang"));
    fails_closed(&hangs, &cut, &options, "no working nvidia-smi within 1s");
}

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
        deadline_seconds: 3,
        ..BootOptions::default()
    };
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    fails_closed(
        &never,
        &cut,
        &options,
        "nvidia-fabricmanager does not start within 3s",
    );
}

/// A run that fails after it has cut the GPUs leaves work: the next one in the same boot finds nothing to cut, and does it.
#[test]
fn a_second_run_owes_what_the_first_one_owed() {
    let machine = Machine::new("owes", "p5.48xlarge", "h100-80gb", 8);
    with_fabric_manager(&machine, 100_000);
    let options = BootOptions {
        deadline_seconds: 3,
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

/// The same cut whichever nvidia-smi lists it: narrow and wide tables, each in NVML's order.
#[test]
fn tables_of_every_width_are_read() {
    let cut = layout("p5.4xlarge", &[("3g.40gb", 1), ("1g.10gb", 1), ("2g.20gb", 1)]);
    for driver in ["535.309.01", "550.163.01", "555.58.02", "610.43.02"] {
        let machine = Machine::new(&format!("width-{driver}"), "p5.4xlarge", "h100-80gb", 1);
        machine.change("/driver", json!(driver));
        let boot = machine.first_boot(&cut, &BootOptions::default());
        assert!(boot.success && machine.may_join(), "{driver}: {}", boot.output);
        let boot = machine.later_boot();
        assert!(boot.output.contains("nothing to do"), "{driver}: {}", boot.output);
    }
}

/// Every maximal set of slices of a GPU, one per GPU of the node: all of them can be created at the places that we say.
#[test]
fn every_maximal_set_is_created_as_declared() {
    for (instance_type, id) in [
        ("p5.48xlarge", "h100-80gb"),
        ("g7e.48xlarge", "rtx-pro-6000-96gb"),
    ] {
        let gpu = Catalog::builtin().gpu(id).unwrap();
        let plain: Vec<Profile> = gpu
            .profiles
            .iter()
            .map(|fact| fact.profile)
            .filter(|p| p.attribute.is_none())
            .collect();
        let mut sets: BTreeSet<BTreeMap<String, i64>> = BTreeSet::new();
        enumerate(gpu, Some(&plain), &mut |placed, maximal| {
            let mut set = BTreeMap::new();
            placed
                .iter()
                .for_each(|instance| *set.entry(instance.profile.to_string()).or_default() += 1);
            if maximal {
                sets.insert(set);
            }
        });
        let sets: Vec<_> = sets.into_iter().collect();
        for (number, node) in sets.chunks(8).enumerate() {
            let group = |device: i64| GpuGroup {
                devices: vec![device],
                slices: node.get(device as usize).cloned().unwrap_or_default(),
            };
            let gpus = Some((0..8).map(group).collect());
            let spec = LayoutSpec {
                instance_types: vec![instance_type.into()],
                gpus,
                ..Default::default()
            };
            let layout = Layout::resolve(&spec, Catalog::builtin()).unwrap();
            let machine = Machine::new(&format!("maximal-{id}-{number}"), instance_type, id, 8);
            let boot = machine.first_boot(&layout, &BootOptions::default());
            assert!(boot.success && machine.may_join(), "{}", boot.output);
            for (index, declared) in layout.node(instance_type).unwrap().gpus().iter().enumerate() {
                let declared: Vec<(u64, u64)> = declared
                    .iter()
                    .map(|p| (u64::from(p.gpu_instance_profile_id), u64::from(p.start)))
                    .collect();
                assert_eq!(machine.instances(index), declared, "GPU {index} of {spec:?}");
            }
        }
    }
}

#[test]
fn gpus_without_mig_are_left_alone() {
    let machine = Machine::new("no-mig", "g5.xlarge", "h100-80gb", 1);
    machine.change(
        "/gpus/0",
        json!({"mode": "[N/A]", "pending": "[N/A]", "instances": []}),
    );
    let spec: LayoutSpec = serde_json::from_value(json!({
        "instance_types": ["g5.xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4},
    }))
    .unwrap();
    let layout = Layout::resolve(&spec, Catalog::builtin()).unwrap();
    let boot = machine.first_boot(&layout, &BootOptions::default());
    assert!(
        boot.success && machine.may_join() && boot.output.contains("nothing to do"),
        "{}",
        boot.output
    );
}

/// Without a metadata service the firmware says which instance type it is.
#[test]
fn the_instance_type_without_a_metadata_service() {
    let machine = Machine::new("no-imds", "p5.4xlarge", "h100-80gb", 1);
    machine.stub("curl", "#!/bin/sh\nexit 7\n");
    fs::create_dir_all(machine.path("sys/devices/virtual/dmi/id")).unwrap();
    fs::write(
        machine.path("sys/devices/virtual/dmi/id/product_name"),
        "p5.4xlarge\n",
    )
    .unwrap();
    let boot = machine.first_boot(&layout("p5.4xlarge", &[("7g.80gb", 1)]), &BootOptions::default());
    assert!(boot.success && machine.may_join(), "{}", boot.output);
}

/// The guards come before anything that can fail: here nothing can be written below /usr.
#[test]
fn an_installation_that_fails_leaves_the_guards() {
    let machine = Machine::new("full-disk", "p5.4xlarge", "h100-80gb", 1);
    fs::write(machine.path("usr"), "not a folder").unwrap();
    let boot = machine.first_boot(&layout("p5.4xlarge", &[("1g.10gb", 7)]), &BootOptions::default());
    assert!(!boot.success && !machine.may_join());
    assert!(boot.systemctl.contains(&"daemon-reload".to_owned()));
    for place in ["run", "etc"] {
        let guard = format!("{place}/systemd/system/kubelet.service.d/10-mig.conf");
        assert!(machine.path(&guard).exists(), "{guard}");
    }
}

#[test]
fn each_way_of_failing() {
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    let with = |on_failure| BootOptions {
        on_failure,
        ..BootOptions::default()
    };
    let off = Machine::new("terminate", "p5.48xlarge", "h100-80gb", 7);
    let boot = fails_closed(&off, &cut, &with(OnFailure::Terminate), "powering off");
    assert!(boot.systemctl.contains(&"poweroff".to_owned()));
    let tainted = Machine::new("tainted", "p5.48xlarge", "h100-80gb", 7);
    let boot = tainted.first_boot(&cut, &with(OnFailure::JoinTainted));
    assert!(boot.success && tainted.may_join(), "{}", boot.output);
    let config = fs::read_to_string(tainted.path("etc/eks/nodeadm.d/10-mig-failed.yaml")).unwrap();
    assert!(config.contains("mig.eks/partition-failed"));
}

/// A taint counts only at registration, so a node that has joined before stays out.
#[test]
fn a_node_that_has_joined_before_never_rejoins_uncut() {
    let cut = layout("p5.48xlarge", &[("1g.10gb", 7)]);
    let options = BootOptions {
        on_failure: OnFailure::JoinTainted,
        ..BootOptions::default()
    };
    let machine = Machine::new("rejoin", "p5.48xlarge", "h100-80gb", 8);
    assert!(machine.first_boot(&cut, &options).success);
    machine.new_boot(2);
    machine.change("/fault", json!("create-refused"));
    let boot = machine.later_boot();
    assert!(!boot.success && !machine.may_join(), "{}", boot.output);
}

#[test]
fn left_over_instances_are_replaced_and_right_gpus_kept() {
    let machine = Machine::new("left-over", "g7e.12xlarge", "rtx-pro-6000-96gb", 2);
    let right = json!({"mode": "Enabled", "pending": "Enabled", "instances": [[5, 0, true], [5, 6, true]]});
    let wrong = json!({"mode": "Enabled", "pending": "Enabled", "instances": [[5, 0, true], [5, 6, false]]});
    machine.change("/gpus", json!([right, wrong]));
    let boot = machine.first_boot(&layout("g7e.12xlarge", &[("2g", 2)]), &BootOptions::default());
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert!(boot.output.contains("GPU 1 differ"), "{}", boot.output);
    assert_eq!(machine.state()["gpus"][1], right);
}

#[test]
fn whole_gpus_lose_their_mode() {
    let machine = Machine::new("whole", "g7e.12xlarge", "rtx-pro-6000-96gb", 2);
    machine.change(
        "/gpus/0",
        json!({"mode": "Enabled", "pending": "Enabled", "instances": [[5, 0, true]]}),
    );
    let spec: LayoutSpec = serde_json::from_value(json!({
        "instance_types": ["g7e.12xlarge"],
        "gpus": [{"devices": [0], "slices": {}}, {"devices": [1], "slices": {"1g+me.all": 1, "1g-me": 3}}],
    }))
    .unwrap();
    let layout = Layout::resolve(&spec, Catalog::builtin()).unwrap();
    let boot = machine.first_boot(&layout, &BootOptions::default());
    assert!(boot.success && machine.may_join(), "{}", boot.output);
    assert_eq!(machine.state()["gpus"][0]["mode"], "Disabled");
    assert_eq!(machine.instances(1).len(), 4);
}

/// Nodes of earlier versions go on as they did: cut, cut again after a reboot, one reboot of an A100, closed on failure.
#[test]
fn every_render_version_cuts_and_fails_closed() {
    for render_version in RenderVersion::ALL {
        let number = render_version.number();
        let options = BootOptions {
            render_version,
            ..BootOptions::default()
        };
        let machine = Machine::new(&format!("version-{number}"), "p5.4xlarge", "h100-80gb", 1);
        let boot = machine.first_boot(&layout("p5.4xlarge", &[("3g.40gb", 2)]), &options);
        assert!(boot.success && machine.may_join(), "{}", boot.output);
        machine.new_boot(2);
        let boot = machine.later_boot();
        assert!(boot.success && machine.may_join(), "{}", boot.output);
        assert_eq!(machine.instances(0), [(9, 0), (9, 4)]);
        machine.new_boot(3);
        machine.change("/fault", json!("create-refused"));
        let boot = machine.later_boot();
        assert!(!boot.success && !machine.may_join(), "{}", boot.output);

        let ampere = Machine::new(&format!("version-{number}-a100"), "p4d.24xlarge", "a100-40gb", 8);
        ampere.change("/fault", json!("reset-refused"));
        let boot = ampere.first_boot(&layout("p4d.24xlarge", &[("1g.5gb", 7)]), &options);
        assert!(!boot.success && !ampere.may_join(), "{}", boot.output);
        assert!(boot.systemctl.contains(&"reboot".to_owned()));
        ampere.new_boot(2);
        let boot = ampere.later_boot();
        assert!(boot.success && ampere.may_join(), "{}", boot.output);
    }
}
