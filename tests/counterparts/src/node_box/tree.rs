//! The pristine file system that every box starts from: Debian with systemd and cloud-init, made once.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::{self, Cache, progress};
use crate::command::{first_line, run};
use crate::error::{Error, IoContext, Result};

/// systemd 252, as on Amazon Linux 2023.
const RELEASE: &str = "bookworm";
/// The last is one of two packages that can be a dependency of cloud-init, which debootstrap does not choose from.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,kmod,iproute2,curl,cloud-init,python3-cffi-backend";
const NAME: &str = "node-box";

/// What makes and boots the tree, and the Debian package that has it.
const TOOLS: [(&str, &str); 2] = [
    ("systemd-nspawn", "systemd-container"),
    ("debootstrap", "debootstrap"),
];

/// Nothing has to survive a power cut while the tree is made, and nobody reads manuals in it. Makes it in half the time.
const DPKG: &str = "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n";

const REMOVED: [&str; 2] = ["var/cache/apt/archives", "var/lib/apt/lists"];

/// Units of Debian that have nothing to do in a box.
const MASKED: [&str; 8] = [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "console-getty.service",
    "systemd-logind.service",
];

/// Whether the tree has been made.
#[must_use]
pub fn node_box_made(cache: &Cache) -> bool {
    cache.find(NAME, &key()).is_some()
}

/// Makes the tree if it is not there, with the tools for it, and returns it.
///
/// # Errors
/// This is not Linux with Debian's tools, we are not root, or a package cannot be had.
pub fn install_node_box(cache: &Cache) -> Result<PathBuf> {
    able_to_box()?;
    install_tools(cache)?;
    cache.entry(NAME, &key(), |dir| {
        progress("making the file system of a node in a box (Debian, systemd, cloud-init), once, 1 to 3 min");
        make(dir)
    })
}

/// Whether this machine can run boxes, apart from packages that can be installed.
///
/// # Errors
/// It cannot; the error says what is in the way.
pub fn able_to_box() -> Result<()> {
    let lacks = |found: String| Error::Prerequisite {
        name: NAME,
        found,
        remedy: "A node in a box needs root on Linux with control groups v2 and a Debian that can install packages.",
    };
    if !rustix::process::geteuid().is_root() {
        return Err(lacks("we are not root".to_owned()));
    }
    let groups = [
        "/sys/fs/cgroup/cgroup.controllers",
        "/sys/fs/cgroup/unified/cgroup.controllers",
    ];
    if !groups.iter().any(|path| Path::new(path).exists()) {
        return Err(lacks("there is no control group hierarchy v2".to_owned()));
    }
    first_line(Command::new("unshare").args(["--mount", "--net", "--propagation", "private", "true"]))
        .map_err(|found| lacks(format!("no namespaces of its own can be made: {found}")))?;
    Ok(())
}

/// Debian's packages, where a tool is not there: only a fresh machine is changed.
fn install_tools(cache: &Cache) -> Result<()> {
    let missing = || {
        let lacking = TOOLS.iter().filter(|(tool, _)| !on_path(tool));
        lacking.map(|(_, package)| *package).collect::<Vec<_>>()
    };
    if missing().is_empty() {
        return Ok(());
    }
    let _lock = cache.lock("apt")?;
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    progress(&format!("installing {} with apt-get", packages.join(" and ")));
    run("update of apt's lists", &mut apt_get(&["update"]))?;
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    run("installation of packages", install.args(packages))?;
    Ok(())
}

fn apt_get(words: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .arg("--quiet=2")
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn key() -> String {
    let parts = [RELEASE, PACKAGES, DPKG, &REMOVED.concat(), &MASKED.concat()];
    cache::key(parts.map(str::as_bytes))
}

fn make(dir: &Path) -> Result<()> {
    let settings = dir.join("etc/dpkg/dpkg.cfg.d");
    fs::create_dir_all(&settings)
        .and_then(|()| fs::write(settings.join("node-box"), DPKG))
        .context(|| format!("write below {}", settings.display()))?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap
        .args(["--variant=minbase", &format!("--include={PACKAGES}"), RELEASE])
        .args([dir.as_os_str(), OsStr::new(&mirror()?)]);
    run("making of a Debian tree (debootstrap)", &mut debootstrap)?;
    for folder in REMOVED {
        cache::remove_if_present(&dir.join(folder))?;
    }
    let units = dir.join("etc/systemd/system");
    for unit in MASKED {
        let link = units.join(unit);
        std::os::unix::fs::symlink("/dev/null", &link).context(|| format!("make {}", link.display()))?;
    }
    let machine_id = dir.join("etc/machine-id");
    // One that is there: without it systemd would take each boot for the first and enable units by its presets.
    fs::write(&machine_id, "0b0c0000000000000000000000000001\n")
        .context(|| format!("write {}", machine_id.display()))
}

/// Where this machine's own apt gets Debian's main archive from.
fn mirror() -> Result<String> {
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(CODENAME) $(COMPONENT) $(REPO_URI)",
        "Identifier: Packages",
    ]);
    let targets = run("question for apt's sources", &mut command)?;
    let found = targets
        .lines()
        .filter_map(|line| line.strip_prefix(&format!("{RELEASE} main ")))
        .next();
    found.map(str::to_owned).ok_or_else(|| Error::Prerequisite {
        name: "apt",
        found: format!("its sources have no Debian {RELEASE}: {targets}"),
        remedy: "Add Debian's archive to apt's sources.",
    })
}
