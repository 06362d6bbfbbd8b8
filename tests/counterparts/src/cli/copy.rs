//! The executable that tests install, as it was when they began.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{IoContext, Result};
use crate::workspace::Workspace;

/// A copy of a provider's executable, which a build meanwhile would change.
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
        fs::copy(binary, &path).context(|| format!("copy {}", binary.display()))?;
        Ok(Self { _work: work, path })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
