//! What a provider says of Terraform's names, as Pulumi's converter reads it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::cache::Cache;
use crate::command::run;
use crate::error::{Error, Result};
use crate::go::{Program, install};

/// What the bridge's own types read in a mapping (the `data` of GetMapping), and its own rule makes of it: by the names of Terraform's
/// objects (`mig_layout`, `data.mig_layout`, and `provider`) their tokens and, below `properties`, each attribute with its name in Pulumi.
///
/// # Errors
/// Go is missing, or it is no mapping.
pub fn read_mapping(file: &Path) -> Result<Value> {
    let reader = install(&Cache::open()?, Program::PulumiMapping)?;
    let what = "reader of the mapping from Terraform";
    let output = run(what, Command::new(reader).arg(file))?;
    serde_json::from_str(&output).map_err(|error| Error::Answer {
        request: what.to_owned(),
        fact: error.to_string(),
    })
}
