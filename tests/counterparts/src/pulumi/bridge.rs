//! Terraform providers in Pulumi, by Pulumi's own bridge.

use std::fs;
use std::path::Path;

use super::project::PulumiProject;
use crate::cache::Cache;
use crate::cli::Output;
use crate::error::{IoContext, Result};
use crate::go::{Program, install};
use crate::report;

/// What the engine calls the bridge.
const PLUGIN: &str = "terraform-provider";

impl PulumiProject {
    /// Adds the package of a Terraform provider to the program's Pulumi.yaml, which must be there. The package is called as the
    /// provider: `mig` for `terraform-provider-mig`, which has to be the name of the file.
    ///
    /// # Errors
    /// Go is missing, the bridge cannot be built, or it cannot serve the provider.
    pub fn add_bridged(&self, provider: &Path) -> Result<Output> {
        let bridge = install(&Cache::open()?, Program::PulumiBridge)?;
        self.add_bridged_by(&bridge, provider)
    }

    /// The same with a program in the bridge's place that starts it: for measurements.
    ///
    /// # Errors
    /// As [`PulumiProject::add_bridged`].
    pub fn add_bridged_by(&self, bridge: &Path, provider: &Path) -> Result<Output> {
        let version = Program::PulumiBridge.version()?;
        report::used(Program::PulumiBridge.name(), &format!("{version} (built by us)"));
        let number = version.trim_start_matches('v');
        let file = bridge.display().to_string();
        self.run(&["plugin", "install", "resource", PLUGIN, number, "--file", &file])?
            .success()?;
        // A path that is not whole would be looked up from another folder.
        let provider = fs::canonicalize(provider)
            .context(|| format!("find the provider binary {} (build it first)", provider.display()))?;
        let provider = provider.display().to_string();
        self.run(&["package", "add", &format!("{PLUGIN}@{number}"), &provider])?
            .success()
    }
}
