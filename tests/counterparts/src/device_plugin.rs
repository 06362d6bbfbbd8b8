//! NVIDIA's real device plugin on GPUs that are not there: over a simulated NVML, at the socket of a kubelet that is not there
//! either.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cache::Cache;
use crate::command::run;
use crate::error::{Error, IoContext, Result};
use crate::go::{Program, install};
use crate::process::{Process, supervised, wait_for};
use crate::workspace::Workspace;

/// Fixed paths of the plugin and of the driver's capabilities, in a mount namespace of their own. The capabilities of so many
/// GPUs, with so many instances each, are there.
const START: &str = r#"
set -e
mkdir -p /var/lib/kubelet
mount -t tmpfs none /var/lib/kubelet
mkdir -p /var/lib/kubelet/device-plugins
mount --bind "$SOCKETS" /var/lib/kubelet/device-plugins
mount -t tmpfs none /proc/driver
mkdir -p /proc/driver/nvidia-caps
minor=3
for gpu in $(seq 0 15); do
  for instance in $(seq 0 15); do
    echo "gpu$gpu/gi$instance/access $minor"
    echo "gpu$gpu/gi$instance/ci0/access $((minor + 1))"
    minor=$((minor + 2))
  done
done >/proc/driver/nvidia-caps/mig-minors
exec "$@"
"#;

/// What a plugin is given.
#[derive(Debug, Clone, Copy)]
pub struct PluginRun<'a> {
    /// The GPUs, in the words of `nvml/nvml.c`.
    pub gpus: &'a str,
    /// The configuration file.
    pub config: &'a str,
    /// The container's environment, but for the place of the configuration file.
    pub env: &'a BTreeMap<String, String>,
}

/// The devices by resource that NVIDIA's device plugin registers at kubelet's socket.
///
/// # Errors
/// A program cannot be built or started, or the plugin ends; its log is in the error.
pub fn registered(given: PluginRun<'_>) -> Result<BTreeMap<String, Vec<String>>> {
    let cache = Cache::open()?;
    let plugin = install(&cache, Program::DevicePlugin)?;
    let kubelet = install(&cache, Program::PluginSocket)?;
    let work = Workspace::new("plugin")?;
    let library = work.path().join("lib");
    make_library(&library)?;
    make_mps_control(&work.write("bin/nvidia-cuda-mps-control", MPS_CONTROL)?)?;
    let sockets = work.path().join("sockets");
    fs::create_dir(&sockets).context(|| format!("make {}", sockets.display()))?;

    let answer = work.path().join("registered.json");
    let mut command = supervised(&kubelet);
    command.arg(&sockets);
    let file = fs::File::create(&answer).context(|| format!("write {}", answer.display()))?;
    let log = work.path().join("socket.log");
    let errors = fs::File::create(&log).context(|| format!("write {}", log.display()))?;
    command.stdout(file).stderr(errors);
    let mut socket = Process::adopt("the plugin's socket", command, log)?;
    let there = || match sockets.join("kubelet.sock").exists() {
        true => Ok(()),
        false => Err("no socket".to_owned()),
    };
    socket.wait_ready(Duration::from_secs(20), there)?;

    let log = work.path().join("plugin.log");
    let mut command = supervised("unshare");
    command.args(["--mount", "sh", "-c", START, "start"]).arg(&plugin);
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .envs(given.env)
        .env("SOCKETS", &sockets)
        .env("LD_LIBRARY_PATH", &library)
        .env("PATH", format!("{}/bin:{path}", work.path().display()))
        .env("SIMULATED_NVML", work.write("gpus", given.gpus)?)
        .env("CONFIG_FILE", work.write("config.yaml", given.config)?);
    let mut running = Process::start("the device plugin", command, log.clone())?;
    let done = || match (socket.exited(), running.exited()) {
        (Ok(Some(_)), _) => Ok(()),
        (_, Ok(Some(_))) => Ok(()),
        _ => Err("no devices yet".to_owned()),
    };
    wait_for("the plugin's registrations", Duration::from_secs(60), done)?;
    let text = fs::read_to_string(&answer).unwrap_or_default();
    serde_json::from_str(&text).map_err(|_| Error::Command {
        what: "device plugin".to_owned(),
        status: "no registrations".to_owned(),
        output: fs::read_to_string(&log).unwrap_or_default(),
    })
}

/// The plugin asks the control daemon of MPS whether it works.
const MPS_CONTROL: &str = "#!/bin/sh\ncat >/dev/null\necho 100.0\n";

fn make_mps_control(program: &Path) -> Result<()> {
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))
        .context(|| format!("make {} executable", program.display()))
}

/// Compiles the simulated NVML.
fn make_library(folder: &Path) -> Result<()> {
    fs::create_dir(folder).context(|| format!("make {}", folder.display()))?;
    let source: PathBuf = [env!("CARGO_MANIFEST_DIR"), "nvml/nvml.c"].iter().collect();
    let mut command = Command::new("cc");
    command
        .args(["-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror"])
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .arg(folder.join("libnvidia-ml.so.1"))
        .arg(source);
    run("C compiler", &mut command).map(drop)
}
