//! Whoever is killed without a chance to clean up leaves no process and no folder behind.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use counterparts::wait_for;

/// Processes whose command line names a work folder of this cache.
fn processes(run: &Path) -> BTreeSet<u32> {
    let needle = run.display().to_string();
    let ids = fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&needle)
    })
    .collect()
}

/// A cache of this test's own, with the programs of the shared one.
fn private_cache() -> tempfile::TempDir {
    let shared = counterparts::Cache::open().unwrap();
    for program in [
        counterparts::Program::Etcd,
        counterparts::Program::KubeApiServer,
        counterparts::Program::KubeControllerManager,
    ] {
        counterparts::install(&shared, program).unwrap();
    }
    counterparts::Cli::any().unwrap();
    counterparts::install_moto(&shared).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for part in ["programs", "python", "ports"] {
        let target = shared.dir().join(part);
        fs::create_dir_all(&target).unwrap();
        std::os::unix::fs::symlink(target, dir.path().join(part)).unwrap();
    }
    dir
}

fn start(cache: &Path, env_file: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterparts"));
    command
        .args(["up", "--env-file"])
        .arg(env_file)
        .stdin(Stdio::piped());
    let child = command.env("MIG_COUNTERPARTS_CACHE", cache).spawn().unwrap();
    let ready = || {
        if env_file.exists() {
            Ok(())
        } else {
            Err("no environment file".to_owned())
        }
    };
    wait_for("`counterparts up`", Duration::from_secs(180), ready).unwrap();
    child
}

fn gone(run: &Path) {
    let none = || {
        let left = processes(run);
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    };
    wait_for("the end of every server", Duration::from_secs(30), none).unwrap();
}

fn folders(run: &Path) -> usize {
    fs::read_dir(run).unwrap().count()
}

#[test]
fn kill_9_leaves_no_process_and_the_next_start_sweeps_the_folders() {
    let cache = private_cache();
    let (run, env_file) = (cache.path().join("run"), cache.path().join("env"));
    let mut child = start(cache.path(), &env_file);
    // etcd, API server and controller manager each with its supervisor; moto's command line names no work folder.
    assert!(processes(&run).len() >= 6, "{:?}", processes(&run));
    let moto = fs::read_to_string(&env_file).unwrap();
    assert!(
        moto.contains("export AWS_ENDPOINT_URL='http://127.0.0.1:"),
        "{moto}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    gone(&run);
    assert!(folders(&run) >= 2);

    fs::remove_file(&env_file).unwrap();
    let mut child = start(cache.path(), &env_file);
    // Its own folders only: moto's and the control plane's.
    assert_eq!(folders(&run), 2);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    gone(&run);
    assert_eq!(folders(&run), 0);
    assert!(!env_file.exists());
}

#[test]
fn a_command_gets_the_environment_and_gives_its_exit_code() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterparts"));
    command.args(["up", "--cluster", "staging", "--", "/bin/sh", "-c"]);
    command.arg("echo \"$MIG_CLUSTER_NAME $AWS_ENDPOINT_URL\"; test -r \"$KUBECONFIG\" && test -x \"$MIG_CLI\" && exit 7");
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(7),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(stdout.starts_with("staging http://127.0.0.1:"), "{stdout}");
}

#[test]
fn the_doctor_names_what_is_there_and_what_is_missing() {
    let doctor = |path: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterparts"));
        command.arg("doctor").env("PATH", path).output().unwrap()
    };
    let here = doctor(&std::env::var("PATH").unwrap());
    assert!(here.status.success(), "{}", String::from_utf8_lossy(&here.stdout));
    let empty = tempfile::tempdir().unwrap();
    let nothing = doctor(&empty.path().display().to_string());
    assert!(!nothing.status.success());
    let text = String::from_utf8_lossy(&nothing.stdout).into_owned();
    for remedy in [
        "https://go.dev/dl",
        "apt install python3-venv",
        "apt install build-essential",
    ] {
        assert!(text.contains(remedy), "{text}");
    }
}
