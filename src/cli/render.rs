//! `render`: the Kubernetes objects of a file, as YAML.

use std::io;
use std::path::PathBuf;

use clap::Args;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::file;
use crate::data_sources::manifests::{ManifestsInput, objects, yaml};
use crate::models::{self, CatalogOverridesModel};
use crate::untyped_input;

/// What the command accepts.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// File in YAML or JSON with the attributes of data.mig_manifests, and the provider's catalog_overrides where they are
    /// needed; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct RenderFile {
    #[attr(flatten)]
    given: ManifestsInput,
    /// GPUs and instance types that this release does not know, as in the provider block.
    catalog_overrides: Attr<CatalogOverridesModel>,
}

/// What was rendered, or why nothing could be.
pub(super) struct Rendered {
    /// The objects; none after an error.
    pub(super) yaml: Option<String>,
    /// Warnings, and errors if there are no objects.
    pub(super) findings: Diagnostics,
}

impl Render {
    /// Reads the file and renders what it says.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn run(&self) -> io::Result<Rendered> {
        Ok(rendered(&file::text(&self.file)?))
    }

    /// Where the text comes from, for messages.
    pub(super) fn source(&self) -> String {
        file::source(&self.file)
    }
}

/// The objects that a text describes.
fn rendered(text: &str) -> Rendered {
    let mut findings = Diagnostics::new();
    let yaml = render(text, &mut findings).filter(|_| !findings.has_errors());
    Rendered { yaml, findings }
}

fn render(text: &str, findings: &mut Diagnostics) -> Option<String> {
    let value = file::parse(text)
        .map_err(|problem| findings.push(Diagnostic::error("The file is not readable", problem.to_string())))
        .ok()?;
    let file: RenderFile = untyped_input::decode(&value, &Path::root(), findings).ok()?;
    let facts = models::facts(&file.catalog_overrides, findings);
    if findings.has_errors() {
        return None;
    }
    let objects = objects(&file.given, &facts, findings).ok()?;
    match yaml(&objects) {
        Ok(yaml) => Some(yaml),
        Err(errors) => {
            findings.extend(errors);
            None
        }
    }
}

#[cfg(test)]
mod tests;
