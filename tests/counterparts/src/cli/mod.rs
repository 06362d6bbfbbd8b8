//! Real Terraform and OpenTofu, as users run them.

mod copy;
mod outcome;
pub mod peer;
mod project;
mod provider;
mod running;
mod state;

use std::path::{Path, PathBuf};
use std::process::Command;

use semver::{Version, VersionReq};
use serde_json::Value;

pub use copy::ProviderCopy;
pub use outcome::{Output, Plan, ResourceChange};
pub use project::Project;
pub use provider::Provider;
pub use running::Running;

use crate::cache::Cache;
use crate::command::run;
use crate::error::{Error, Result};
use crate::go::{Program, install};
use crate::report;

/// The first with provider-defined functions, and the first whose lock and mirror rules the tests rely on.
const TERRAFORM_FITS: &str = ">=1.8.0";
/// The oldest OpenTofu that the tests are known to pass with.
const TOFU_FITS: &str = ">=1.10.0";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavor {
    /// HashiCorp's.
    Terraform,
    /// The Linux Foundation's.
    OpenTofu,
}

impl Flavor {
    /// The host that `SOURCE = "eks-mig/mig"` means.
    #[must_use]
    pub fn registry(self) -> &'static str {
        match self {
            Self::Terraform => "registry.terraform.io",
            Self::OpenTofu => "registry.opentofu.org",
        }
    }

    /// The program's name on PATH.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::OpenTofu => "tofu",
        }
    }
}

/// A Terraform or OpenTofu executable.
#[derive(Debug, Clone)]
pub struct Cli {
    flavor: Flavor,
    path: PathBuf,
    version: Version,
}

impl Cli {
    /// The terraform on PATH if it fits, else the pinned one.
    ///
    /// # Errors
    /// As [`Cli::pinned_terraform`].
    pub fn terraform() -> Result<Self> {
        Self::installed(Flavor::Terraform)?.map_or_else(Self::pinned_terraform, Ok)
    }

    /// The Terraform that go.mod pins, built: the newest that can be had, with commands that the machine's own may lack.
    ///
    /// # Errors
    /// Go is missing or the build fails.
    pub fn pinned_terraform() -> Result<Self> {
        Self::built(Flavor::Terraform, Program::Terraform)
    }

    /// The tofu on PATH if it fits, else one that is built.
    ///
    /// # Errors
    /// Go is missing or the build fails.
    pub fn tofu() -> Result<Self> {
        let build = || Self::built(Flavor::OpenTofu, Program::OpenTofu);
        Self::installed(Flavor::OpenTofu)?.map_or_else(build, Ok)
    }

    /// One Terraform and one OpenTofu: what a test of the provider runs with.
    ///
    /// # Errors
    /// Go is missing or a build fails.
    pub fn all() -> Result<Vec<Self>> {
        Ok(vec![Self::terraform()?, Self::tofu()?])
    }

    /// The machine's own Terraform, if it has one that fits, and the pinned one, if that is another version.
    ///
    /// # Errors
    /// As [`Cli::pinned_terraform`].
    pub fn terraforms() -> Result<Vec<Self>> {
        let mut all = vec![Self::terraform()?, Self::pinned_terraform()?];
        all.dedup_by(|second, first| second.version == first.version);
        Ok(all)
    }

    /// The newest of [`Cli::terraforms`]: lists and actions came in 1.14.
    ///
    /// # Errors
    /// As [`Cli::pinned_terraform`].
    pub fn newest_terraform() -> Result<Self> {
        let (machine, pinned) = (Self::terraform()?, Self::pinned_terraform()?);
        Ok(if machine.version > pinned.version {
            machine
        } else {
            pinned
        })
    }

    /// Every version: [`Cli::terraforms`], then OpenTofu, for what differs between them or is quickly tried.
    ///
    /// # Errors
    /// As [`Cli::all`].
    pub fn every_version() -> Result<Vec<Self>> {
        Ok(Self::terraforms()?.into_iter().chain([Self::tofu()?]).collect())
    }

    /// The one that a quickstart uses: whichever is installed, Terraform first, else OpenTofu built.
    ///
    /// # Errors
    /// As [`Cli::tofu`].
    pub fn any() -> Result<Self> {
        Self::installed(Flavor::Terraform)?.map_or_else(Self::tofu, Ok)
    }

    /// One of these, for the same name always the same one: where any will do, and each should have its share of the tests.
    #[must_use]
    pub fn by_name<'a>(all: &'a [Self], name: &str) -> &'a Self {
        let sum: usize = name.bytes().map(usize::from).sum();
        &all[sum % all.len()]
    }

    fn built(flavor: Flavor, program: Program) -> Result<Self> {
        let built = Self::at(flavor, install(&Cache::open()?, program)?)?;
        built.note("built by us");
        Ok(built)
    }

    /// Which of the two it is.
    #[must_use]
    pub fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// The executable.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The one on PATH, if its version fits; builds nothing.
    ///
    /// # Errors
    /// It is there and does not say its version.
    pub fn installed(flavor: Flavor) -> Result<Option<Self>> {
        let fits = match flavor {
            Flavor::Terraform => TERRAFORM_FITS,
            Flavor::OpenTofu => TOFU_FITS,
        };
        let Some(path) = find_on_path(flavor.program()) else {
            return Ok(None);
        };
        let found = Self::at(flavor, path)?;
        if !VersionReq::parse(fits).is_ok_and(|fits| fits.matches(&found.version)) {
            return Ok(None);
        }
        found.note("of this machine");
        Ok(Some(found))
    }

    fn note(&self, origin: &str) {
        report::used(&format!("{} {}", self.flavor.program(), self.version), origin);
    }

    fn at(flavor: Flavor, path: PathBuf) -> Result<Self> {
        let what = format!("{} version", path.display());
        let mut command = Command::new(&path);
        command.args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1");
        // A CLI configuration of the person at the keyboard is not ours to read.
        command.env("TF_CLI_CONFIG_FILE", "/dev/null");
        let text = run(&what, &mut command)?;
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        let version = json["terraform_version"]
            .as_str()
            .and_then(|version| Version::parse(version).ok());
        let version = version.ok_or(Error::Answer {
            request: what,
            fact: text,
        })?;
        Ok(Self {
            flavor,
            path,
            version,
        })
    }
}

fn find_on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}
