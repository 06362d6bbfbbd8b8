//! Upgrades: state, objects and plans of earlier versions of the provider are kept in `tests/upgrades/`, as their own binaries left them. The present
//! version finds nothing to do, and plans what they planned.

mod record;
mod replay;
mod scene;

use std::path::{Path, PathBuf};

use counterparts::Workspace;

use crate::pulumi::world::make;
use crate::support::provider;
use record::record;
use replay::replay;
use scene::name_of;

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrades")
}

/// Each version has a folder.
fn versions() -> Vec<String> {
    let entries = kept().read_dir().unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<_> = folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_earlier_versions_left_needs_no_change() {
    let versions = versions();
    assert!(!versions.is_empty());
    for version in versions {
        make(&name_of(&version));
        replay(&version, &kept().join(&version));
    }
}

/// The recorder works: what the present version leaves needs no change either. With `MIG_RECORD_UPGRADE=VERSION:BINARY` it is that version's
/// binary, and what it leaves is kept.
#[test]
fn what_the_present_version_leaves_is_recorded() {
    let work = Workspace::new("upgrade").unwrap();
    if let Ok(asked) = std::env::var("MIG_RECORD_UPGRADE") {
        let (version, binary) = asked.split_once(':').unwrap();
        make(&name_of(version));
        record(version, Path::new(binary), &kept().join(version));
        return;
    }
    let version = concat!(env!("CARGO_PKG_VERSION"), "-present");
    let left = work.path().join(version);
    make(&name_of(version));
    record(version, &provider().binary, &left);
    replay(version, &left);
}
