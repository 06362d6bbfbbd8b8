//! The work folder of a running server or project; never left behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::cache::{Cache, remove_if_present};
use crate::error::{IoContext, Result};

const OWNER: &str = ".owner";

/// A directory that lives as long as this value; if the process is killed, the next one removes it.
#[derive(Debug)]
pub struct Workspace {
    dir: PathBuf,
    _owner: File,
}

impl Workspace {
    /// Makes an empty work folder whose name begins with `label`.
    ///
    /// # Errors
    /// The folder cannot be made below the cache.
    pub fn new(label: &str) -> Result<Self> {
        let cache = Cache::open()?;
        let run = cache.subdir("run")?;
        // Without this lock another process could sweep a folder between its creation and its locking.
        let _lock = cache.lock("run")?;
        sweep(&run);
        let dir = tempfile::Builder::new()
            .prefix(&format!("{label}-"))
            .tempdir_in(&run)
            .context(|| format!("make a work folder in {}", run.display()))?
            .keep();
        let owner = File::create(dir.join(OWNER)).context(|| format!("write {}", dir.display()))?;
        owner.lock().context(|| format!("lock {}", dir.display()))?;
        Ok(Self { dir, _owner: owner })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes a file below the folder and returns its path.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.dir.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).context(|| format!("make {}", parent.display()))?;
        }
        fs::write(&path, content).context(|| format!("write {}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // A process that is just dying may still write here; what stays is swept by the next one.
        let _ = remove_if_present(&self.dir);
    }
}

/// Removes the folders whose owner is gone: its lock went with it, however it ended.
fn sweep(run: &Path) {
    for entry in fs::read_dir(run).into_iter().flatten().flatten() {
        let owner = File::open(entry.path().join(OWNER));
        let abandoned = owner.is_ok_and(|file| file.try_lock().is_ok());
        if abandoned || !entry.path().join(OWNER).exists() {
            let _ = remove_if_present(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeping_takes_abandoned_folders_and_leaves_owned_ones() {
        let run = tempfile::tempdir().unwrap();
        let [owned, abandoned] = ["owned", "abandoned"].map(|name| run.path().join(name));
        for dir in [&owned, &abandoned] {
            fs::create_dir(dir).unwrap();
            File::create(dir.join(OWNER)).unwrap();
        }
        let owner = File::open(owned.join(OWNER)).unwrap();
        owner.lock().unwrap();
        sweep(run.path());
        assert!(owned.exists());
        assert!(!abandoned.exists());
    }
}
