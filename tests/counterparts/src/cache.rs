//! Where built programs and downloaded parts are kept, outside the checkout and shared by all of them.

use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, IoContext, Result};

/// The cache directory: `$MIG_COUNTERPARTS_CACHE`, else `mig-counterparts` below `$XDG_CACHE_HOME` or `~/.cache`.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// Opens the cache and makes its directory.
    ///
    /// # Errors
    /// No home directory is known, or the directory cannot be made.
    pub fn open() -> Result<Self> {
        Self::at(default_dir()?)
    }

    /// Opens a cache in a directory of the caller's choice.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn at(dir: impl Into<PathBuf>) -> Result<Self> {
        let dir = dir.into();
        fs::create_dir_all(&dir).context(|| format!("make cache directory {}", dir.display()))?;
        Ok(Self { dir })
    }

    /// The cache directory itself.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A directory below the cache, made if absent.
    pub(crate) fn subdir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.join(name);
        fs::create_dir_all(&dir).context(|| format!("make {}", dir.display()))?;
        Ok(dir)
    }

    /// Returns the entry `name`-`key`, calling `make` with an empty directory to fill if it is absent.
    ///
    /// `make` runs under a lock that all processes share, so that parallel tests build one thing once and two
    /// builds never compete for the machine. An entry appears only when `make` has succeeded.
    pub(crate) fn entry(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(entry) = self.find(name, key) {
            return Ok(entry);
        }
        let _lock = self.lock("build")?;
        if let Some(entry) = self.find(name, key) {
            return Ok(entry);
        }
        let entry = self.subdir("programs")?.join(format!("{name}-{key}"));
        let partial = entry.with_extension("partial");
        remove_if_present(&partial)?;
        fs::create_dir_all(&partial).context(|| format!("make {}", partial.display()))?;
        make(&partial)?;
        fs::rename(&partial, &entry).context(|| format!("move a build to {}", entry.display()))?;
        Ok(entry)
    }

    /// The entry `name`-`key`, if it is there.
    pub(crate) fn find(&self, name: &str, key: &str) -> Option<PathBuf> {
        let entry = self.dir.join("programs").join(format!("{name}-{key}"));
        entry.is_dir().then_some(entry)
    }

    /// Waits for and takes a lock that all processes with this cache share; dropping it frees it.
    pub(crate) fn lock(&self, name: &str) -> Result<File> {
        let path = self.subdir("locks")?.join(name);
        let file = File::create(&path).context(|| format!("open lock {}", path.display()))?;
        file.lock().context(|| format!("take lock {}", path.display()))?;
        Ok(file)
    }
}

fn default_dir() -> Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(dir) = set("MIG_COUNTERPARTS_CACHE") {
        return Ok(dir);
    }
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    base.map(|base| base.join("mig-counterparts"))
        .ok_or(Error::Prerequisite {
            name: "HOME",
            found: "the variable is not set, so there is no place for the cache".to_owned(),
            remedy: "Set MIG_COUNTERPARTS_CACHE to a directory outside the checkout.",
        })
}

/// Removes a directory tree that may not exist.
pub(crate) fn remove_if_present(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::Io {
            what: format!("remove {}", dir.display()),
            source: error,
        }),
        _ => Ok(()),
    }
}

/// The key of a cache entry: the first 16 hex digits of the SHA-256 of all parts.
pub(crate) fn key<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())[..16].to_owned()
}

/// Tells the person at the terminal about something slow.
///
/// Written past libtest's capture, since a test that is silent for minutes looks as if it hung.
pub(crate) fn progress(message: &str) {
    let line = format!("counterparts: {message}\n");
    // A closed standard error is no reason to fail a build.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_made_once_and_only_on_success() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path()).unwrap();
        let failed = cache.entry("tool", "k", |_| {
            Err(Error::Answer {
                request: "build".into(),
                fact: "failed".into(),
            })
        });
        assert!(failed.is_err());
        let made = cache.entry("tool", "k", |dir| {
            fs::write(dir.join("tool"), "1").unwrap();
            Ok(())
        });
        let made = made.unwrap();
        let again = cache.entry("tool", "k", |_| panic!("built twice")).unwrap();
        assert_eq!(made, again);
        assert_eq!(fs::read_to_string(again.join("tool")).unwrap(), "1");
    }

    #[test]
    fn two_that_want_the_same_entry_make_it_once() {
        let dir = tempfile::tempdir().unwrap();
        let made = std::sync::atomic::AtomicUsize::new(0);
        let make = |_: &Path| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(())
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| Cache::at(dir.path()).unwrap().entry("tool", "k", make).unwrap());
            }
        });
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn keys_depend_on_where_one_part_ends() {
        assert_ne!(key([&b"ab"[..], b"c"]), key([&b"a"[..], b"bc"]));
        assert_eq!(key([&b"ab"[..]]), key([&b"ab"[..]]));
    }
}
