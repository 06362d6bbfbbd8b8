//! Whoever is killed without a chance to clean up leaves no process and no folder behind.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use counterparts::wait_for;

/// A process: its id, and when it was started, since ids are used again.
type Process = (u32, String);

/// Every live process with its parent, from `/proc/ID/stat`.
fn all_processes() -> BTreeMap<Process, u32> {
    let ids = fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name in parentheses may hold anything; after it come state, parent and, as 22nd field, the start.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let live = !matches!(fields[0], "Z" | "X");
        live.then(|| ((id, fields[19].to_owned()), fields[1].parse().unwrap()))
    })
    .collect()
}

/// A process and all that it started, directly or not.
fn family(root: u32) -> BTreeSet<Process> {
    let all = all_processes();
    let mut found: BTreeSet<Process> = all.keys().filter(|(id, _)| *id == root).cloned().collect();
    loop {
        let parents: BTreeSet<u32> = found.iter().map(|(id, _)| *id).collect();
        let children = all
            .iter()
            .filter(|(_, parent)| parents.contains(parent))
            .map(|(child, _)| child.clone());
        let before = found.len();
        found.extend(children);
        if found.len() == before {
            return found;
        }
    }
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

fn gone(family: &BTreeSet<Process>) {
    let none = || {
        let alive = all_processes();
        let left: Vec<_> = family
            .iter()
            .filter(|process| alive.contains_key(process))
            .collect();
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    };
    wait_for("the end of every process", Duration::from_secs(30), none).unwrap();
}

fn folders(run: &Path) -> usize {
    fs::read_dir(run).unwrap().count()
}

#[test]
fn kill_9_leaves_no_process_and_the_next_start_sweeps_the_folders() {
    let cache = private_cache();
    let (run, env_file) = (cache.path().join("run"), cache.path().join("env"));
    let mut child = start(cache.path(), &env_file);
    // The program itself; etcd, API server, controller manager and moto, each with its supervisor and watcher.
    let running = family(child.id());
    assert!(running.len() >= 13, "{running:?}");
    let env = fs::read_to_string(&env_file).unwrap();
    assert!(
        env.contains("export AWS_ENDPOINT_URL='http://127.0.0.1:"),
        "{env}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    gone(&running);
    assert!(folders(&run) >= 2);

    fs::remove_file(&env_file).unwrap();
    let mut child = start(cache.path(), &env_file);
    // Its own folders only: moto's and the control plane's.
    assert_eq!(folders(&run), 2);
    let running = family(child.id());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    gone(&running);
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
