//! terraform-provider-aws, where it is installed: nothing is downloaded for a comparison.

use std::path::{Path, PathBuf};

use super::Provider;

/// The version that comparisons are made with.
pub const AWS_VERSION: &str = "5.100.0";

/// Where filesystem mirrors usually are, beside the user's own.
const MIRRORS: [&str; 3] = [
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
];

/// The provider in a filesystem mirror: `$TF_PLUGIN_MIRROR`, or where Terraform looks by itself.
#[must_use]
pub fn aws() -> Option<Provider> {
    let named = std::env::var_os("TF_PLUGIN_MIRROR").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".terraform.d/plugins"));
    named
        .into_iter()
        .chain(home)
        .chain(MIRRORS.map(PathBuf::from))
        .find_map(|mirror| in_mirror(&mirror))
}

fn in_mirror(mirror: &Path) -> Option<Provider> {
    let versions = mirror
        .join("registry.terraform.io/hashicorp/aws")
        .join(AWS_VERSION);
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
    Some(Provider::new("hashicorp/aws", binary).with_version(AWS_VERSION))
}
