//! The executable that tests install, as it was when they began.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;
use crate::error::{IoContext, Result};
use crate::workspace::Workspace;

/// A copy of a provider's executable: `init` notes its checksum, which a build meanwhile would change. It has no symbols where
/// `strip` can take them out, since Terraform reads the whole file for each command.
#[derive(Debug)]
pub struct ProviderCopy {
    _work: Workspace,
    path: PathBuf,
}

impl ProviderCopy {
    /// Copies it; the copy is gone with this value or with the process.
    ///
    /// # Errors
    /// It cannot be read, or the copy not be written.
    pub fn of(binary: impl AsRef<Path>) -> Result<Self> {
        let binary = binary.as_ref();
        let work = Workspace::new("provider")?;
        let path = work.path().join(binary.file_name().unwrap_or_default());
        let mut strip = Command::new("strip");
        strip.arg("-o").arg(&path).arg(binary);
        if run("strip of the provider", &mut strip).is_err() {
            fs::copy(binary, &path).context(|| format!("copy {}", binary.display()))?;
        }
        Ok(Self { _work: work, path })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
