//! Pulumi's own Python stubs drive the provider.

use std::path::{Path, PathBuf};
use std::process::Command;

use counterparts::{Cache, install_pulumi_python};

use crate::support::Host;

/// A command that runs one of the scripts beside this file.
pub fn python(script: &str) -> Command {
    let cache = Cache::open().unwrap();
    let python = install_pulumi_python(&cache).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(python);
    command.arg(folder().join(script));
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stubs")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_stubs_drive_a_provider() {
    let host = Host::start().await;
    let port = host.port.to_string();
    let run = move || python("drive.py").arg(port).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(host.cabinet.drawers().is_empty());
}
