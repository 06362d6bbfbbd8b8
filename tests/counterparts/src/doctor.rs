//! What a machine has and lacks for building the counterparts.

use std::fmt::Write as _;
use std::process::Command;

use crate::cache::Cache;
use crate::cli::{Cli, Flavor};
use crate::command::first_line;
use crate::error::{Error, Result};
use crate::go::{Program, go_version, installed};
use crate::node::node_version;
use crate::node_box::{able_to_box, node_box_made};
use crate::python::{fitting_moto, python_version};

/// The findings, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// One line per thing that was looked at.
    pub text: String,
    /// Whether every prerequisite is there.
    pub complete: bool,
}

/// Looks at everything, builds and downloads nothing.
///
/// # Errors
/// The cache directory cannot be made.
pub fn examine() -> Result<Diagnosis> {
    let cache = Cache::open()?;
    let required = [
        ("go", go_version()),
        ("python3", python_version()),
        ("cc", c_compiler()),
    ];
    let complete = required.iter().all(|(_, found)| found.is_ok());
    let mut text = String::from("Prerequisites\n");
    for (name, found) in required {
        line(&mut text, name, &found.unwrap_or_else(|error| error.to_string()));
    }
    text.push_str("Used if they are there and fit\n");
    for flavor in [Flavor::Terraform, Flavor::OpenTofu] {
        line(&mut text, flavor.program(), &on_path(flavor));
    }
    let moto = fitting_moto("python3".as_ref());
    line(
        &mut text,
        "moto",
        &moto.unwrap_or_else(|| "none that fits: a pinned one is installed".to_owned()),
    );
    let node = node_version();
    line(
        &mut text,
        "node",
        &node.unwrap_or_else(|_| "none: Pulumi programs in TypeScript are not tested".to_owned()),
    );
    text.push_str("Built by us\n");
    for program in Program::ALL {
        line(&mut text, program.name(), &build_state(&cache, program));
    }
    let made = if node_box_made(&cache) {
        "made"
    } else {
        "not made yet"
    };
    let tree = able_to_box().map_or_else(|error| error.to_string(), |()| made.to_owned());
    line(&mut text, "node in a box", &tree);
    line(&mut text, "cache", &cache.dir().display().to_string());
    Ok(Diagnosis { text, complete })
}

fn line(text: &mut String, name: &str, found: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {name:<24} {found}");
}

fn c_compiler() -> Result<String> {
    first_line(Command::new("cc").arg("--version")).map_err(|found| Error::Prerequisite {
        name: "cc",
        found,
        remedy: "Install a C compiler: `apt install build-essential`, `xcode-select --install`.",
    })
}

fn on_path(flavor: Flavor) -> String {
    match Cli::installed(flavor) {
        Ok(Some(cli)) => format!("{} at {}", cli.version(), cli.path().display()),
        Ok(None) => "none that fits: one is built".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn build_state(cache: &Cache, program: Program) -> String {
    let version = program.version().unwrap_or_else(|error| error.to_string());
    match installed(cache, program) {
        Ok(Some(_)) => format!("{version}, built"),
        Ok(None) => format!("{version}, not built yet"),
        Err(_) => format!("{version}, not built yet and go is missing"),
    }
}
