//! terraform-provider-aws, if it is installed here: nothing is downloaded for a comparison.

use std::path::{Path, PathBuf};

use counterparts::Provider;

/// The version that the goals were set against.
pub(crate) const VERSION: &str = "5.100.0";

/// The provider in a filesystem mirror: `$TF_PLUGIN_MIRROR`, or where Terraform looks by itself.
pub(crate) fn aws() -> Option<Provider> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".terraform.d/plugins"));
    let named = std::env::var_os("TF_PLUGIN_MIRROR").map(PathBuf::from);
    let usual = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ]
    .map(PathBuf::from);
    named
        .into_iter()
        .chain(home)
        .chain(usual)
        .find_map(|mirror| in_mirror(&mirror))
}

fn in_mirror(mirror: &Path) -> Option<Provider> {
    let versions = mirror.join("registry.terraform.io/hashicorp/aws").join(VERSION);
    let platforms = versions.read_dir().ok()?.flatten();
    let binaries = platforms.filter_map(|platform| platform.path().read_dir().ok());
    let binary = binaries
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("terraform-provider-aws"))
        })?;
    Some(Provider {
        source: "hashicorp/aws".into(),
        version: VERSION.into(),
        binary,
    })
}
