//! One boot of a box: from power on to power off or reboot.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, IoContext, Result};
use crate::process::{POLL, Process, supervised, tail, wait_for};

const LAUNCH: &str = include_str!("launch.sh");

/// What systemd-nspawn ends with when the node asked for a reboot.
const REBOOT: i32 = 133;

/// How a boot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The node switched itself off.
    PoweredOff,
    /// The node asked for a reboot: EC2 would boot it again.
    Rebooted,
}

/// Something that a stub saw or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Seconds on the machine's clock of uptime.
    pub seconds: f64,
    /// The unit or program.
    pub who: String,
    /// What it has to say.
    pub text: String,
}

/// What a boot left behind.
#[derive(Debug, Clone)]
pub struct Boot {
    /// How it ended.
    pub ended: Ended,
    /// What the stubs saw, in order.
    pub events: Vec<Event>,
    /// What was written on the console.
    pub console: String,
}

impl Boot {
    /// Where `who` first said something that begins with `text`.
    #[must_use]
    pub fn position(&self, who: &str, text: &str) -> Option<usize> {
        self.events
            .iter()
            .position(|event| event.who == who && event.text.starts_with(text))
    }

    /// All that `who` said, in order.
    #[must_use]
    pub fn said_by(&self, who: &str) -> Vec<&str> {
        let said = self.events.iter().filter(|event| event.who == who);
        said.map(|event| event.text.as_str()).collect()
    }
}

/// Boots the box that lies in `work` and waits for its end.
pub(super) fn boot(name: &str, tree: &Path, work: &Path, number: u32, limit: Duration) -> Result<Boot> {
    let shared = work.join("shared");
    let events = shared.join("events");
    fs::write(&events, "").context(|| format!("write {}", events.display()))?;
    let mut command = supervised("unshare");
    command
        .args([
            "--mount",
            "--net",
            "--propagation",
            "private",
            "/bin/sh",
            "-c",
            LAUNCH,
            "launch.sh",
            name,
        ])
        .args([tree, work]);
    let console = work.join(format!("console-{number}"));
    let mut process = Process::start(name, command, console.clone())?;
    let exited = || match process.exited() {
        Ok(Some(status)) => Ok(status),
        Ok(None) => Err(tail(&console, 15)),
        Err(error) => Err(error.to_string()),
    };
    let ended = wait_for("the end of a boot", limit, exited);
    drop(process);
    remove_cgroup(name)?;
    let ended = match ended?.code() {
        Some(0) => Ended::PoweredOff,
        Some(REBOOT) => Ended::Rebooted,
        other => return Err(failure(name, &console, other)),
    };
    Ok(Boot {
        ended,
        events: read_events(&events)?,
        console: read_console(&console)?,
    })
}

fn failure(name: &str, console: &Path, code: Option<i32>) -> Error {
    Error::Server {
        server: name.to_owned(),
        fact: format!("a boot ended with {code:?}"),
        log: console.to_owned(),
        tail: tail(console, 30),
    }
}

fn read_events(path: &Path) -> Result<Vec<Event>> {
    let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
    let event = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        Some(Event {
            seconds: parts.next()?.parse().ok()?,
            who: parts.next()?.to_owned(),
            text: parts.next()?.to_owned(),
        })
    };
    Ok(text.lines().filter_map(event).collect())
}

/// The console without colours and carriage returns.
fn read_console(path: &Path) -> Result<String> {
    let bytes = fs::read(path).context(|| format!("read {}", path.display()))?;
    let mut text = String::new();
    let mut rest = &*String::from_utf8_lossy(&bytes).replace('\r', "");
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        let end = after.find(|found: char| found.is_ascii_alphabetic());
        rest = end.map_or("", |end| &after[end + 1..]);
    }
    text.push_str(rest);
    Ok(text)
}

/// Where control groups v2 are.
fn cgroups() -> &'static Path {
    let unified = Path::new("/sys/fs/cgroup/unified");
    if unified.join("cgroup.controllers").exists() {
        unified
    } else {
        Path::new("/sys/fs/cgroup")
    }
}

/// The kernel needs a moment to forget the last process.
fn remove_cgroup(name: &str) -> Result<()> {
    let dir = cgroups().join(name);
    wait_for("the end of a control group", 200 * POLL, || {
        remove_empty(&dir).map_err(|error| error.to_string())
    })
}

fn remove_empty(dir: &Path) -> std::io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            remove_empty(&path)?;
        }
    }
    fs::remove_dir(dir)
}

/// Removes the control groups of boxes whose process was killed.
pub(super) fn sweep_cgroups(prefix: &str) {
    for entry in fs::read_dir(cgroups()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(prefix).and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // What cannot be removed is in use.
            let _ = remove_empty(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out_of_the_console() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console");
        fs::write(&path, "[\u{1b}[0;32m  OK  \u{1b}[0m] up\r\nmig: done\r\n").unwrap();
        assert_eq!(read_console(&path).unwrap(), "[  OK  ] up\nmig: done\n");
    }

    #[test]
    fn events_keep_their_tabs_and_broken_lines_are_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events");
        fs::write(&path, "1.5\tkubelet\tstarted\twith tab\nbroken\n").unwrap();
        let events = read_events(&path).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].seconds, &*events[0].text), (1.5, "started\twith tab"));
    }
}
