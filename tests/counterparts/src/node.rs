//! Packages of npm for the machine's Node.js: Pulumi's SDK with the compiler of programs in TypeScript, and a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::{self, Cache, progress};
use crate::command::{first_line, run};
use crate::error::{Error, IoContext, Result};
use crate::report::used;

const REMEDY: &str = "Install Node.js 20 or newer with npm: https://nodejs.org, `brew install node`.";

/// What `node --version` says.
///
/// # Errors
/// Node.js is missing.
pub fn node_version() -> Result<String> {
    first_line(Command::new("node").arg("--version")).map_err(|found| Error::Prerequisite {
        name: "node",
        found,
        remedy: REMEDY,
    })
}

/// A `node_modules` with Pulumi's SDK and TypeScript, in the versions and with the checksums of `pulumi/nodejs/package-lock.json`.
///
/// # Errors
/// Node.js is missing, or the packages cannot be installed.
pub fn install_pulumi_node(cache: &Cache) -> Result<PathBuf> {
    packages(cache, "pulumi-node", "pulumi/nodejs", "Pulumi's SDK for Node.js")
}

/// A `node_modules` with Chromium and what drives it, in the versions and with the checksums of `browser/package-lock.json`.
///
/// # Errors
/// Node.js is missing, or the packages cannot be installed.
pub fn install_browser(cache: &Cache) -> Result<PathBuf> {
    packages(cache, "browser", "browser", "Chromium")
}

/// The packages of a folder of ours with a lock file.
fn packages(cache: &Cache, name: &str, folder: &str, what: &str) -> Result<PathBuf> {
    let node = node_version()?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = ["package.json", "package-lock.json"];
    let read = |name: &str| {
        let path = own.join(name);
        fs::read(&path).context(|| format!("read {}", path.display()))
    };
    let contents = [read(files[0])?, read(files[1])?];
    let key = cache::key([node.as_bytes(), &contents[0], &contents[1]]);
    let entry = cache.entry(name, &key, |dir| {
        progress(&format!("installing {what}, once, about 10 s"));
        for (name, content) in files.iter().zip(&contents) {
            fs::write(dir.join(name), content).context(|| format!("write {name}"))?;
        }
        let mut npm = Command::new("npm");
        // Some packages ask for Node.js 22 and work with 20, as tests show. No package runs a script of its own.
        npm.args(["ci", "--silent", "--no-audit", "--no-fund"])
            .args(["--engine-strict=false", "--ignore-scripts"])
            .current_dir(dir);
        run(&format!("installation of {what}"), &mut npm).map(drop)
    })?;
    used(what, &format!("from npm, with node {node}"));
    Ok(entry.join("node_modules"))
}
