//! Child processes that never outlive us, however we end.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::{Error, IoContext, Result};

/// Runs "$@" in the foreground and kills the whole process group as soon as standard input ends.
///
/// Standard input is a pipe whose only writer is us: it ends when we drop it and also when we are killed with
/// signal 9, which no handler of ours would see. A parent-death signal would not do: it follows the thread that
/// started the child, and a test's thread ends before the server that it shares with other tests.
/// The trap lets the shell outlive a Ctrl-C that is meant for the program, so that its exit code still arrives.
const SUPERVISOR: &str = r#"
trap : INT TERM HUP
exec 3<&0 </dev/null
( read -r line; kill -KILL 0 ) <&3 3<&- >/dev/null 2>&1 &
watcher=$!
"$@" 3<&-
code=$?
kill -KILL $watcher
exit $code
"#;

/// How often a condition that is waited for is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(25);

/// For a Go program that stays: it collects garbage less often than by itself.
pub(crate) const GO_SERVER: [(&str, &str); 1] = [("GOGC", "400")];
/// For a Go program that ends soon: it collects none until it holds as much as the limit. Collecting takes a
/// third of the processor time of a short plan by Terraform, and a sixth by OpenTofu.
pub(crate) const GO_COMMAND: [(&str, &str); 2] = [("GOGC", "off"), ("GOMEMLIMIT", "2GiB")];

/// A command for `program` under the supervisor, in a process group of its own; the caller adds arguments,
/// environment and output, and leaves standard input alone. Signals have their default dispositions: a runner that ignores
/// SIGINT (cron, nohup, some CI) would hand that on, and neither a shell nor Go takes it back.
pub(crate) fn supervised(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command
        .args(["--default-signal", "/bin/sh", "-c", SUPERVISOR, "supervisor"])
        .arg(program);
    command.stdin(Stdio::piped()).process_group(0);
    command
}

/// A running program with its log; dropping it kills the program and all that it started.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a [`supervised`] command with both outputs going to `log`.
    pub(crate) fn start(name: &str, mut command: Command, log: PathBuf) -> Result<Self> {
        let file = File::create(&log).context(|| format!("write {}", log.display()))?;
        let copy = file.try_clone().context(|| format!("write {}", log.display()))?;
        command.stdout(file).stderr(copy);
        Self::adopt(name, command, log)
    }

    /// Starts a [`supervised`] command whose outputs the caller has set; `log` is quoted in errors.
    pub(crate) fn adopt(name: &str, mut command: Command, log: PathBuf) -> Result<Self> {
        let child = command.spawn().context(|| format!("start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log,
        })
    }

    /// The exit status, once the program has ended.
    pub(crate) fn exited(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .context(|| format!("wait for {}", self.name))
    }

    /// Sends SIGINT to the whole process group, as a terminal does on Ctrl-C.
    pub(crate) fn interrupt(&self) -> Result<()> {
        kill_process_group(Pid::from_child(&self.child), Signal::INT)
            .map_err(std::io::Error::from)
            .context(|| format!("interrupt {}", self.name))
    }

    /// The process group: the supervisor, the program and what it started.
    pub(crate) fn group(&self) -> u32 {
        self.child.id()
    }

    /// Polls `ready` until it holds; ends early when the program does.
    pub(crate) fn wait_ready(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut() -> std::result::Result<(), String>,
    ) -> Result<()> {
        let start = Instant::now();
        loop {
            let Err(reason) = ready() else { return Ok(()) };
            if let Some(status) = self.exited()? {
                return Err(self.failure(&format!("ended ({status}) before it was ready")));
            }
            if start.elapsed() > limit {
                return Err(self.failure(&format!("not ready after {} s: {reason}", limit.as_secs())));
            }
            thread::sleep(POLL);
        }
    }

    fn failure(&self, fact: &str) -> Error {
        Error::Server {
            server: self.name.clone(),
            fact: fact.to_owned(),
            log: self.log.clone(),
            tail: tail(&self.log, 30),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its standard input is the supervisor's order to kill the group, itself included.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The last `lines` lines of a file; empty if it cannot be read.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Polls `check` until it gives a value; the error carries what it said last.
///
/// # Errors
/// [`Error::Timeout`] after `limit`.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut check: impl FnMut() -> std::result::Result<T, String>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        let last = match check() {
            Ok(value) => return Ok(value),
            Err(reason) => reason,
        };
        if start.elapsed() > limit {
            return Err(Error::Timeout {
                what: what.to_owned(),
                seconds: limit.as_secs(),
                last,
            });
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn shell(script: &str, dir: &Path) -> Process {
        let mut command = supervised("/bin/sh");
        command.args(["-c", script]);
        Process::start("shell", command, dir.join("log")).unwrap()
    }

    fn status(process: &mut Process) -> ExitStatus {
        let check = || {
            process
                .exited()
                .unwrap()
                .ok_or_else(|| "still running".to_owned())
        };
        wait_for("the exit", Duration::from_secs(20), check).unwrap()
    }

    fn alive(pid: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The state follows the name in parentheses; a zombie (Z) is dead.
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    /// As a runner starts it that ignores SIGINT.
    #[test]
    fn a_program_has_default_signal_dispositions() {
        let mut inner = supervised("/bin/sh");
        inner.args(["-c", "echo started; kill -INT $$; echo survived"]);
        let mut runner = Command::new("/bin/sh");
        runner.args(["-c", "trap '' INT; exec \"$@\"", "runner"]);
        runner.arg(inner.get_program()).args(inner.get_args());
        // A group of its own: the supervisor kills the one that it is in once standard input ends, which is held open here.
        runner
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        let mut child = runner.spawn().unwrap();
        let input = child.stdin.take();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        drop(input);
        child.wait().unwrap();
        assert_eq!(said, "started\n");
    }

    #[test]
    fn the_exit_code_and_both_outputs_arrive() {
        let dir = tempfile::tempdir().unwrap();
        let mut process = shell("echo out; echo err >&2; exit 7", dir.path());
        assert_eq!(status(&mut process).code(), Some(7));
        assert_eq!(tail(&dir.path().join("log"), 9), "out\nerr");
    }

    #[test]
    fn an_interrupt_reaches_the_program_and_its_exit_code_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut process = shell(
            "trap 'exit 9' INT; echo ready; while :; do sleep 0.05; done",
            dir.path(),
        );
        let log = dir.path().join("log");
        let ready = || {
            tail(&log, 1)
                .contains("ready")
                .then_some(())
                .ok_or_else(String::new)
        };
        wait_for("the shell", Duration::from_secs(20), ready).unwrap();
        process.interrupt().unwrap();
        assert_eq!(status(&mut process).code(), Some(9));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn dropping_kills_grandchildren_too() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let process = shell("sleep 600 & echo $!; wait", dir.path());
        let pid = || {
            Some(tail(&log, 1))
                .filter(|pid| !pid.is_empty())
                .ok_or_else(String::new)
        };
        let pid = wait_for("the process id", Duration::from_secs(20), pid).unwrap();
        assert!(alive(&pid));
        drop(process);
        let gone = || {
            if alive(&pid) {
                Err("alive".to_owned())
            } else {
                Ok(())
            }
        };
        wait_for("its end", Duration::from_secs(20), gone).unwrap();
    }

    #[test]
    fn a_program_that_ends_early_is_reported_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut process = shell("echo 'bind: address in use'; exit 1", dir.path());
        let error = process
            .wait_ready(Duration::from_secs(20), || Err("no answer".into()))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("ended (exit status: 1) before it was ready"),
            "{error}"
        );
        assert!(error.to_string().contains("address in use"), "{error}");
    }
}
