//! A machine that boots: the rendered script runs in bash against the simulated `nvidia-smi` of `tests/nvidia_smi/`;
//! systemd and the metadata service are stubs on PATH, and every path lies under a folder of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "a test fails by panicking; not every test uses all of it"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use mig::Layout;
use mig::boot::{BootOptions, boot_script};
use serde_json::{Value, json};

pub const GPUS: &str = include_str!("../../catalog/gpus.json");

/// The folder of the simulator; Python runs a folder.
pub fn simulator() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nvidia_smi")
}

/// The interpreter itself: a version manager's wrapper would be started each time.
pub fn python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let output = Command::new("python3")
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        let output = output.expect("the simulated nvidia-smi needs python3");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

/// The simulator's one process, and the port where it answers. It ends with this process, which holds its standard input.
fn port() -> u16 {
    static SERVER: OnceLock<(Child, u16)> = OnceLock::new();
    let start = || {
        let mut child = Command::new(python())
            .arg("-SE")
            .arg(simulator())
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse();
        (child, port.expect("the simulated nvidia-smi says its port"))
    };
    SERVER.get_or_init(start).1
}

/// The `nvidia-smi` on PATH: asks the simulator's process, since Python would take most of a boot's time to start.
const CLIENT: &str = r#"#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/@PORT@ || exit 71
printf '%s\0' '@FOLDER@' "$@" '' >&3
mapfile -t lines <&3
last=$((${#lines[@]} - 1))
code=${lines[last]}
unset "lines[last]"
((last)) && printf '%s\n' "${lines[@]}"
exit "$code"
"#;

/// Starts the partition unit as systemd would, with the environment and what follows a failure of its unit file;
/// persistenced is running.
const SYSTEMCTL: &str = r#"#!/bin/bash
echo "$*" >>"$SYSTEMCTL_LOG"
unit=$MIG_ROOT/etc/systemd/system/mig-partition.service
case $* in
  'start mig-partition.service' | 'restart mig-partition.service')
    export $(sed -n 's/^Environment=//p' "$unit")
    program=$MIG_ROOT$(sed -n 's/^ExecStart=//p' "$unit")
    "$program" && exit
    if grep -q ^ExecStopPost= "$unit"; then
      SERVICE_RESULT=exit-code EXIT_STATUS=1 "$program" --ended
    fi
    exit 1 ;;
  'is-active --quiet nvidia-persistenced') exit 0 ;;
  is-active*|cat*) exit 3 ;;
esac
"#;

const CURL: &str = "#!/bin/sh\ncase $* in *api/token*) echo token ;; *instance-type*) echo \"$TYPE\" ;; *) exit 22 ;; esac\n";

/// A machine that boots.
pub struct Machine {
    root: PathBuf,
    instance_type: String,
}

/// What a boot left behind.
pub struct Boot {
    pub success: bool,
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    pub output: String,
    pub systemctl: Vec<String>,
}

impl Machine {
    /// A machine with so many GPUs of the catalog's model of that name.
    pub fn new(test: &str, instance_type: &str, gpu: &str, count: usize) -> Self {
        let gpus: Value = serde_json::from_str(GPUS).unwrap();
        let board = gpus["gpus"]
            .as_array()
            .unwrap()
            .iter()
            .find(|board| board["id"] == gpu);
        Self::with_board(test, instance_type, board.unwrap(), count)
    }

    /// The same for a board that need not be the catalog's own; `board` is written as `catalog/gpus.json` writes it.
    pub fn with_board(test: &str, instance_type: &str, board: &Value, count: usize) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boot").join(test);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        for folder in ["bin", "root/proc/sys/kernel/random", "root/run"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let machine = Self {
            root,
            instance_type: instance_type.to_owned(),
        };
        let client = CLIENT.replace("@PORT@", &port().to_string());
        machine.stub(
            "nvidia-smi",
            &client.replace("@FOLDER@", machine.root.to_str().unwrap()),
        );
        machine.stub("systemctl", SYSTEMCTL);
        machine.stub("curl", CURL);
        machine.stub("sleep", "#!/bin/sh\nexit 0\n");
        machine.stub("aws", "#!/bin/sh\nexit 1\n");
        fs::write(machine.root.join("board.json"), board.to_string()).unwrap();
        // Of some boards nobody published the ID; a layout has none to compare with then.
        let device = board["pci_device_ids"][0].as_str().unwrap_or("0x0000");
        let gpus = vec![json!({"mode": "Disabled", "pending": "Disabled", "instances": []}); count];
        machine.set(json!({
            "gpu": board["id"], "device": device, "driver": "610.43.02", "fault": "", "gpus": gpus,
        }));
        machine.new_boot_id(1);
        machine
    }

    /// A program on the machine's PATH.
    pub fn stub(&self, name: &str, text: &str) {
        let path = self.root.join("bin").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Where a program of the machine's PATH lies.
    pub fn program(&self, name: &str) -> PathBuf {
        self.root.join("bin").join(name)
    }

    /// A path of the machine, such as `etc/mig/layout`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join("root").join(name)
    }

    /// What the simulated driver remembers; `tests/nvidia_smi/__main__.py` says what is in it.
    pub fn state(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.root.join("state.json")).unwrap()).unwrap()
    }

    pub fn set(&self, state: Value) {
        fs::write(self.root.join("state.json"), state.to_string()).unwrap();
    }

    /// Changes or adds one key of the state.
    pub fn change(&self, pointer: &str, value: Value) {
        let mut state = self.state();
        match state.pointer_mut(pointer) {
            Some(found) => *found = value,
            None => state[pointer.trim_start_matches('/')] = value,
        }
        self.set(state);
    }

    /// A fresh /run, a new boot ID, and what a reboot does to GPUs.
    pub fn new_boot(&self, number: u32) {
        fs::remove_dir_all(self.path("run")).unwrap();
        fs::create_dir_all(self.path("run")).unwrap();
        self.new_boot_id(number);
        let reboot = self.nvidia_smi(&["--reboot"]);
        assert!(reboot.success, "{}", reboot.output);
    }

    fn new_boot_id(&self, number: u32) {
        let id = self.path("proc/sys/kernel/random/boot_id");
        fs::write(id, format!("boot-{number}\n")).unwrap();
    }

    /// A call of the simulated program, past the script.
    pub fn nvidia_smi(&self, arguments: &[&str]) -> Boot {
        self.run(self.root.join("bin/nvidia-smi").to_str().unwrap(), arguments)
    }

    pub fn run(&self, program: &str, arguments: &[&str]) -> Boot {
        let calls = self.root.join("systemctl.log");
        fs::write(&calls, "").unwrap();
        let path = format!(
            "{}:{}",
            self.root.join("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let output = Command::new(program)
            .args(arguments)
            .env("PATH", path)
            .env("MIG_ROOT", self.path(""))
            .env("SYSTEMCTL_LOG", &calls)
            .env("TYPE", &self.instance_type)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Boot {
            success: output.status.success(),
            code: output.status.code(),
            output: text(&output.stdout) + &text(&output.stderr),
            systemctl: fs::read_to_string(calls)
                .unwrap()
                .lines()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// The first boot: the user data's shell part.
    pub fn first_boot(&self, layout: &Layout, options: &BootOptions) -> Boot {
        let script = self.root.join("user-data.sh");
        fs::write(&script, boot_script(layout, options)).unwrap();
        self.run("bash", &[script.to_str().unwrap()])
    }

    /// A later boot: systemd starts the unit.
    pub fn later_boot(&self) -> Boot {
        self.run("systemctl", &["start", "mig-partition.service"])
    }

    /// Whether nodeadm and kubelet may start.
    pub fn may_join(&self) -> bool {
        self.path("run/mig/partitioned").exists()
    }

    /// (profile ID, start) of each instance of a GPU.
    pub fn instances(&self, gpu: usize) -> Vec<(u64, u64)> {
        let state = self.state();
        let instances = state["gpus"][gpu]["instances"].as_array().unwrap();
        let number = |value: &Value| value.as_u64().unwrap();
        instances
            .iter()
            .map(|instance| (number(&instance[0]), number(&instance[1])))
            .collect()
    }
}
