//! The rendered boot script on a machine whose `nvidia-smi`, systemd and metadata service are stand-ins (`machine/`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::machine::{Boot, Machine};
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
