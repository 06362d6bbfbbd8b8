//! A provider that a project can use, and how it is installed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::Flavor;
use crate::error::{IoContext, Result};

/// A provider binary under test.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Namespace and type, for example `eks-mig/mig`.
    pub source: String,
    /// The version it is installed as.
    pub version: String,
    /// The executable.
    pub binary: PathBuf,
    /// Whether the executable itself is installed, and not a script that starts it.
    itself: bool,
}

impl Provider {
    /// The provider of this project, `eks-mig/mig`, as version 0.1.0.
    #[must_use]
    pub fn mig(binary: impl Into<PathBuf>) -> Self {
        Self::new("eks-mig/mig", binary)
    }

    /// A provider of another name, as version 0.1.0.
    ///
    /// What is installed is a script that starts the executable: before each command Terraform makes a checksum of what is installed,
    /// which for an executable without optimisation takes as long as the command.
    #[must_use]
    pub fn new(source: &str, binary: impl Into<PathBuf>) -> Self {
        Self {
            source: source.to_owned(),
            version: "0.1.0".to_owned(),
            binary: binary.into(),
            itself: false,
        }
    }

    /// The same, as another version.
    #[must_use]
    pub fn with_version(mut self, version: &str) -> Self {
        self.version = version.to_owned();
        self
    }

    /// The same, with the executable itself installed, as users have it: for measurements, for tests of what is installed, and for
    /// an executable that sees by its own name what it is started as.
    #[must_use]
    pub fn itself(mut self) -> Self {
        self.itself = true;
        self
    }

    fn type_name(&self) -> &str {
        self.source.rsplit('/').next().unwrap_or(&self.source)
    }

    /// Puts it where a filesystem mirror has it. Neither form is a copy, so that a rebuilt binary is the one that runs.
    pub(super) fn install(&self, mirror: &Path, flavor: Flavor) -> Result<()> {
        let platform = format!("{}_{}", go_os(), go_arch());
        let dir = mirror
            .join(flavor.registry())
            .join(&self.source)
            .join(&self.version)
            .join(platform);
        fs::create_dir_all(&dir).context(|| format!("make {}", dir.display()))?;
        let file = dir.join(format!(
            "terraform-provider-{}_v{}",
            self.type_name(),
            self.version
        ));
        let binary = fs::canonicalize(&self.binary).context(|| {
            format!(
                "find the provider binary {} (build it first)",
                self.binary.display()
            )
        })?;
        if self.itself {
            symlink(&binary, &file).context(|| format!("link {}", file.display()))
        } else {
            write_launcher(&file, &binary)
        }
    }
}

/// Writes a script that becomes the binary.
fn write_launcher(file: &Path, binary: &Path) -> Result<()> {
    let quoted = binary.display().to_string().replace('\'', r"'\''");
    fs::write(file, format!("#!/bin/sh\nexec '{quoted}' \"$@\"\n"))
        .context(|| format!("write {}", file.display()))?;
    fs::set_permissions(file, Permissions::from_mode(0o755))
        .context(|| format!("make {} executable", file.display()))
}

/// Go's name of this system, which provider packages are sorted by.
fn go_os() -> &'static str {
    if cfg!(target_os = "macos") {
        "darwin"
    } else {
        std::env::consts::OS
    }
}

/// Go's name of this processor.
fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
