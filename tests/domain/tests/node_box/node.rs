//! A node with GPUs: the box, with the simulated `nvidia-smi` in it, booted as EC2 boots.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use counterparts::node_box::{Boot, Ended, Image, NodeBox, install_node_box};
use counterparts::{Cache, unavailable};
use mig::boot::{BootOptions, user_data};
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::{Value, json};

const GPUS: &str = include_str!("../../../../crates/mig/catalog/gpus.json");

/// Whether this machine runs boxes. Where it does not, that is said, and it is a failure in CI.
pub(crate) fn runs_here() -> bool {
    let made = Cache::open().and_then(|cache| install_node_box(&cache));
    let Err(error) = made else { return true };
    unavailable("node in a box", &error.to_string());
    eprintln!("NOT TESTED: a node in a box cannot run here: {error}");
    assert!(
        std::env::var_os("CI").is_none(),
        "a node in a box must run in CI: {error}"
    );
    false
}

pub(crate) fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

/// The same slices on every GPU of one type.
pub(crate) fn uniform(instance_type: &str, profile: &str, count: i64) -> Layout {
    layout(json!({"instance_types": [instance_type], "slices": {profile: count}}))
}

pub(crate) struct Node {
    pub(crate) machine: NodeBox,
    layout: Layout,
    instance_type: String,
}

/// What kubelet found when it started: per GPU the profiles of its slices, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kubelet {
    pub(crate) slices: BTreeMap<usize, Vec<String>>,
    pub(crate) flags: String,
}

impl Node {
    /// An instance of the layout's first type, with all its GPUs.
    pub(crate) fn new(layout: &Layout, options: &BootOptions) -> Self {
        Self::with_user_data(
            layout,
            &user_data(layout, options).unwrap().text,
            Image::default(),
        )
    }

    /// The same with a deadline of some seconds, which users cannot have: a test cannot wait for ten minutes.
    pub(crate) fn in_a_hurry(layout: &Layout, options: &BootOptions, seconds: u32) -> Self {
        let mut text = user_data(layout, options).unwrap().text;
        let deadline = options.deadline_seconds;
        for (name, value) in [
            ("DEADLINE=", seconds),
            ("TimeoutStartSec=", seconds + 10),
            ("JobTimeoutSec=", seconds + 20),
        ] {
            let line = text
                .lines()
                .find(|line| line.starts_with(name))
                .unwrap()
                .to_owned();
            assert!(line[name.len()..].parse::<u32>().unwrap() >= deadline);
            text = text.replace(&line, &format!("{name}{value}"));
        }
        Self::with_user_data(layout, &text, Image::default())
    }

    pub(crate) fn with_user_data(layout: &Layout, text: &str, image: Image) -> Self {
        let node = layout.nodes().next().unwrap();
        let instance_type = node.instance_type();
        let machine = NodeBox::new(instance_type, text, image).unwrap();
        let boards: Value = serde_json::from_str(GPUS).unwrap();
        let id = node.gpu().id.as_deref().unwrap();
        let board = boards["gpus"]
            .as_array()
            .unwrap()
            .iter()
            .find(|board| board["id"] == id)
            .unwrap();
        let gpu = json!({"mode": "Disabled", "pending": "Disabled", "instances": []});
        let state = json!({
            "gpu": board["id"], "device": board["pci_device_ids"][0], "driver": "610.43.02", "fault": "",
            "gpus": vec![gpu; node.gpus().len()],
        });
        fs::create_dir(machine.shared().join("gpus")).unwrap();
        machine.share("gpus/state.json", &state.to_string()).unwrap();
        machine.share("gpus/board.json", &board.to_string()).unwrap();
        fs::create_dir(machine.shared().join("nvidia_smi")).unwrap();
        for file in fs::read_dir(simulator())
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if file.is_file() {
                let name = file.file_name().unwrap();
                fs::copy(&file, machine.shared().join("nvidia_smi").join(name)).unwrap();
            }
        }
        Self {
            machine,
            layout: layout.clone(),
            instance_type: instance_type.to_owned(),
        }
    }

    /// A fault of the GPUs, or a fact about them: see the simulator.
    pub(crate) fn gpus(&self, key: &str, value: Value) {
        let path = self.machine.shared().join("gpus/state.json");
        let mut state: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        state[key] = value;
        fs::write(path, state.to_string()).unwrap();
    }

    /// What the hardware does between two boots.
    pub(crate) fn power_cycle(&self) {
        let gpus = self.machine.shared().join("gpus");
        let status = Command::new("python3")
            .arg(simulator())
            .arg("--reboot")
            .env("NVIDIA_SMI_STATE", gpus.join("state.json"))
            .env("NVIDIA_SMI_BOARD", gpus.join("board.json"))
            .status();
        assert!(status.unwrap().success());
    }

    /// Boots until the node switches off; a reboot that it asks for is one more boot.
    pub(crate) fn boot(&mut self) -> Vec<Boot> {
        let mut boots = Vec::new();
        loop {
            boots.push(self.machine.boot().unwrap());
            self.power_cycle();
            if boots.last().unwrap().ended == Ended::PoweredOff {
                return boots;
            }
            assert!(boots.len() < 5, "the node reboots permanently");
        }
    }

    /// One boot, after which the node is off.
    pub(crate) fn boot_once(&mut self) -> Boot {
        let mut boots = self.boot();
        assert_eq!(boots.len(), 1, "{}", boots[0].console);
        boots.remove(0)
    }

    /// One boot with a script at its end; what the script said.
    pub(crate) fn boot_then(&mut self, script: &str) -> (Boot, String) {
        let boot = self.machine.boot_then(script).unwrap();
        assert_eq!(boot.0.ended, Ended::PoweredOff, "{}", boot.0.console);
        self.power_cycle();
        boot
    }

    /// That the boot opened the gate: kubelet started once, after the GPUs were cut, and found what is declared.
    pub(crate) fn assert_joined(&self, boot: &Boot) {
        let found = kubelet(boot).unwrap_or_else(|| panic!("kubelet was not started:\n{}", boot.console));
        assert_eq!(found.slices, self.declared(), "{}", boot.console);
        let tainted = found.flags.contains("mig.eks/partition-failed");
        assert!(!tainted, "no taint is wanted: {}", found.flags);
        assert_eq!(starts(boot, "kubelet"), 1);
        assert!(boot.position("nodeadm-run", "started") < boot.position("kubelet", "started"));
    }

    /// That the node stayed out of the cluster, and that the cause is told in each place.
    pub(crate) fn assert_stayed_out(&self, boot: &Boot, cause: &str) {
        assert_eq!(starts(boot, "kubelet"), 0, "{}", boot.console);
        assert_eq!(starts(boot, "nodeadm-run"), 0, "{}", boot.console);
        self.assert_told(boot, cause);
    }

    /// That the cause is one line on the console, in the log on disk, and in the instance's tag.
    pub(crate) fn assert_told(&self, boot: &Boot, cause: &str) {
        let told = |text: &str| {
            text.lines()
                .any(|line| line.contains("FAILED: ") && line.contains(cause))
        };
        assert!(
            told(&boot.console),
            "{cause:?} is not on the console:\n{}",
            boot.console
        );
        assert!(told(&self.log()), "{cause:?} is not in the log:\n{}", self.log());
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || " .:_/=+-".contains(c) {
                c
            } else {
                ' '
            }
        };
        let value: String = cause.chars().map(plain).collect();
        let head = "ec2 create-tags --region us-east-1 --resources i-0123456789abcdef0 \
                    --tags Key=mig.eks/partition-failed,Value=20";
        let tag = boot.said_by("aws").last().copied().unwrap_or("no tag");
        assert!(
            tag.starts_with(head) && tag.contains(&value),
            "{value:?} is not in {tag}"
        );
    }

    pub(crate) fn log(&self) -> String {
        self.machine.read("var/log/mig-partition.log").unwrap_or_default()
    }

    /// From now on another layout is what counts.
    pub(crate) fn declare(&mut self, layout: Layout) {
        self.layout = layout;
    }

    /// What the layout declares, in kubelet's terms.
    pub(crate) fn declared(&self) -> BTreeMap<usize, Vec<String>> {
        let node = self.layout.node(&self.instance_type).unwrap();
        let slices = |(index, placed): (usize, &Vec<mig::placement::Placed>)| {
            let mut names: Vec<String> = placed.iter().map(|slice| slice.profile.to_string()).collect();
            names.sort();
            (index, names)
        };
        node.gpus().iter().enumerate().map(slices).collect()
    }
}

/// How often a unit's program was started in a boot.
pub(crate) fn starts(boot: &Boot, unit: &str) -> usize {
    let said = boot.said_by(unit);
    said.iter().filter(|text| text.starts_with("started")).count()
}

pub(crate) fn simulator() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/mig/tests/nvidia_smi")
}

/// The flags of the user data's NodeConfig part.
const OURS: [&str; 2] = [
    "--kubeconfig=/run/mig/kubeconfig",
    "--node-labels=mig.eks/device-manager=device-plugin",
];

/// What kubelet found at its last start in this boot; none if it was not started.
pub(crate) fn kubelet(boot: &Boot) -> Option<Kubelet> {
    let start = boot
        .events
        .iter()
        .rposition(|event| event.who == "kubelet" && event.text.starts_with("started"))?;
    let flags = boot.events[start].text.trim_start_matches("started");
    let flags: Vec<&str> = flags
        .split_whitespace()
        .filter(|flag| !OURS.contains(flag))
        .collect();
    let flags = flags.join(" ");
    let (mut slices, mut gpu) = (BTreeMap::new(), 0);
    for event in boot.events[start..]
        .iter()
        .filter(|event| event.who == "kubelet-sees")
    {
        let mut words = event.text.split_whitespace();
        match (words.next(), words.next()) {
            (Some("GPU"), Some(index)) => {
                gpu = index.trim_end_matches(':').parse().unwrap();
                slices.insert(gpu, Vec::new());
            }
            (Some("MIG"), Some(profile)) => slices.get_mut(&gpu).unwrap().push(profile.to_owned()),
            other => panic!("kubelet sees {other:?}"),
        }
    }
    slices
        .values_mut()
        .for_each(|names: &mut Vec<String>| names.sort());
    Some(Kubelet { slices, flags })
}
