//! A node in a box: real systemd and real cloud-init in a container, with the units and the ordering of the EKS image for
//! Amazon Linux 2023 as stubs that note what they see.
//!
//! A box boots from a pristine tree through an overlay, so that boxes run side by side and a reboot finds what the boot
//! before left on disk. The stubs are in `node-box/` beside this crate's sources; `/box` inside is [`NodeBox::shared`].

mod boot;
mod tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;

pub use boot::{Boot, Ended, Event};
pub use tree::{able_to_box, install_node_box, node_box_made};

use crate::cache::Cache;
use crate::command::run;
use crate::error::{IoContext, Result};
use crate::report;
use crate::workspace::Workspace;

const PREFIX: &str = "mig-box-";

/// Far above what any boot takes; a script's own deadline is the test's business.
const LIMIT: Duration = Duration::from_secs(300);

/// Which units load the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Image {
    /// `nvidia-driver-resolve` and `nvidia-setup`: images since the autumn of 2026.
    #[default]
    Setup,
    /// `nvidia-kmod-load`: images before.
    KmodLoad,
}

impl Image {
    fn units(self) -> &'static [&'static str] {
        match self {
            Self::Setup => &["nvidia-driver-resolve.service", "nvidia-setup.service"],
            Self::KmodLoad => &["nvidia-kmod-load.service"],
        }
    }
}

const ENABLED: [&str; 4] = [
    "nodeadm-boot-hook.service",
    "nodeadm-config.service",
    "nodeadm-run.service",
    "box-settled.service",
];

/// A node that can be booted again and again.
#[derive(Debug)]
pub struct NodeBox {
    name: String,
    tree: PathBuf,
    work: Workspace,
    boots: u32,
}

impl NodeBox {
    /// A new instance of that type, with that user data, that has not been booted yet.
    ///
    /// # Errors
    /// The machine cannot run boxes, or a file cannot be written.
    pub fn new(instance_type: &str, user_data: &str, image: Image) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let tree = install_node_box(&Cache::open()?)?;
        report::used(
            "node in a box",
            "Debian bookworm with systemd and cloud-init, in systemd-nspawn",
        );
        boot::sweep_cgroups(PREFIX);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let made = Self {
            work: Workspace::new("node-box")?,
            name,
            tree,
            boots: 0,
        };
        made.lay_out(image)?;
        made.launch_as("i-0123456789abcdef0", instance_type, user_data)?;
        Ok(made)
    }

    fn lay_out(&self, image: Image) -> Result<()> {
        for folder in ["upper", "scratch", "root", "shared", "small"] {
            let path = self.work.path().join(folder);
            fs::create_dir(&path).context(|| format!("make {}", path.display()))?;
        }
        self.full_disks(&[])?;
        let stubs = Path::new(env!("CARGO_MANIFEST_DIR")).join("node-box/.");
        let mut copy = Command::new("cp");
        copy.args(["--recursive", "--preserve=mode"]);
        run(
            "copy of the box's stubs",
            copy.arg(stubs).arg(self.work.path().join("upper")),
        )?;
        for unit in ENABLED.iter().chain(image.units()) {
            self.enable(unit, "multi-user.target")?;
        }
        self.enable("imds.socket", "sockets.target")
    }

    fn enable(&self, unit: &str, target: &str) -> Result<()> {
        let link = self.in_upper(&format!("etc/systemd/system/{target}.wants/{unit}"))?;
        symlink(format!("/etc/systemd/system/{unit}"), &link).context(|| format!("make {}", link.display()))
    }

    /// What the metadata service and the NoCloud seed tell. With another instance ID than before, the same disk has become
    /// another instance, and cloud-init runs the user data again.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn launch_as(&self, id: &str, instance_type: &str, user_data: &str) -> Result<()> {
        let facts =
            json!({ "instance-id": id, "instance-type": instance_type, "placement/region": "us-east-1" });
        self.share("imds.json", &facts.to_string())?;
        self.put("var/lib/cloud/seed/nocloud/user-data", user_data, 0o600)?;
        self.put(
            "var/lib/cloud/seed/nocloud/meta-data",
            &format!("instance-id: {id}\n"),
            0o644,
        )
    }

    /// The folder that is `/box` inside.
    #[must_use]
    pub fn shared(&self) -> PathBuf {
        self.work.path().join("shared")
    }

    /// Writes a file in the folder that is `/box` inside.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn share(&self, name: &str, text: &str) -> Result<()> {
        let path = self.shared().join(name);
        fs::write(&path, text).context(|| format!("write {}", path.display()))
    }

    /// Writes a file on the node's disk; only between boots.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, path: &str, text: &str, mode: u32) -> Result<()> {
        let file = self.in_upper(path)?;
        fs::write(&file, text)
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(mode)))
            .context(|| format!("write {}", file.display()))
    }

    /// A file that the node wrote on its disk; only between boots.
    #[must_use]
    pub fn read(&self, path: &str) -> Option<String> {
        let bytes = fs::read(self.work.path().join("upper").join(path)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// From the next boot on the disks under these folders (`/etc/systemd/system`) have no byte left; what is there stays.
    ///
    /// # Errors
    /// The wish cannot be written down.
    pub fn full_disks(&self, folders: &[&str]) -> Result<()> {
        let list: String = folders.iter().map(|folder| format!("{folder}\n")).collect();
        let path = self.work.path().join("full");
        fs::write(&path, list).context(|| format!("write {}", path.display()))
    }

    /// Boots, waits until nothing is left to start, and switches off.
    ///
    /// # Errors
    /// The box does not start or does not end.
    pub fn boot(&mut self) -> Result<Boot> {
        self.boots += 1;
        boot::boot(&self.name, &self.tree, self.work.path(), self.boots, LIMIT)
    }

    /// The same, and before it switches off runs a bash script inside; its output is what comes back too.
    ///
    /// # Errors
    /// As [`NodeBox::boot`].
    pub fn boot_then(&mut self, script: &str) -> Result<(Boot, String)> {
        self.share("then", script)?;
        let boot = self.boot();
        let output = fs::read_to_string(self.shared().join("then.out")).unwrap_or_default();
        for name in ["then", "then.out"] {
            // The second is not there if the node went down before the script.
            let _ = fs::remove_file(self.shared().join(name));
        }
        Ok((boot?, output))
    }

    fn in_upper(&self, path: &str) -> Result<PathBuf> {
        let file = self.work.path().join("upper").join(path);
        let parent = file.parent().unwrap_or(&file);
        fs::create_dir_all(parent).context(|| format!("make {}", parent.display()))?;
        Ok(file)
    }
}
