//! The Python that runs moto: the machine's own if its moto fits, else a virtual environment of ours. Others have
//! shellcheck, whose program PyPI's packages carry, Pulumi's SDK, the generator of the documentation's pages, and CycloneDX' schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use semver::{Version, VersionReq};

use crate::cache::{self, Cache, progress};
use crate::command::{first_line, run};
use crate::error::{Error, IoContext, Result};
use crate::report::used;

/// The versions of moto that the tests are known to pass with.
const MOTO_FITS: &str = ">=5.2.1, <6";
const PYTHON_REMEDY: &str = "Install Python 3.10 or newer with venv: https://python.org/downloads, \
                             `apt install python3-venv`, `brew install python`.";
/// Fails where moto is there without what its server needs.
const PROBE: &str = "import moto.server, importlib.metadata; print(importlib.metadata.version('moto'))";

/// A Python interpreter that can run moto's server.
#[derive(Debug, Clone)]
pub struct MotoPython {
    /// The interpreter.
    pub python: PathBuf,
    /// moto's version.
    pub version: String,
    /// Whether it is the machine's own and not one that we installed.
    pub own: bool,
}

/// Finds or makes a Python with a fitting moto.
///
/// # Errors
/// Python is missing, or the packages cannot be installed.
pub fn install_moto(cache: &Cache) -> Result<MotoPython> {
    python_version()?;
    if let Some(version) = fitting_moto(Path::new("python3")) {
        return Ok(MotoPython {
            python: "python3".into(),
            version,
            own: true,
        });
    }
    let list = aws_file("requirements.txt");
    let python = virtual_environment(cache, "moto", &list)?.join("python");
    let version = fitting_moto(&python).ok_or_else(|| Error::Answer {
        request: format!("{} -c '{PROBE}'", python.display()),
        fact: format!("no moto {MOTO_FITS} after installing it; remove the folder and try again"),
    })?;
    Ok(MotoPython {
        python,
        version,
        own: false,
    })
}

/// The path of shellcheck in the version that `shellcheck/requirements.txt` pins, so that every machine judges alike.
///
/// # Errors
/// Python is missing, or the package cannot be installed.
pub fn install_shellcheck(cache: &Cache) -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("shellcheck/requirements.txt");
    let program = virtual_environment(cache, "shellcheck", &list)?.join("shellcheck");
    let text = run("shellcheck --version", Command::new(&program).arg("--version"))?;
    let version = text.lines().find_map(|line| line.strip_prefix("version: "));
    used(
        "shellcheck",
        &format!("{} from PyPI", version.unwrap_or("of unknown version")),
    );
    Ok(program)
}

/// A Python interpreter that has Pulumi's SDK in the version that `pulumi/requirements.txt` pins, with its checksums. Its
/// `pulumi.runtime.proto` are stubs of the provider protocol that Pulumi has made, its `pulumi.runtime.rpc` reads and writes values.
///
/// # Errors
/// Python is missing, or the packages cannot be installed.
pub fn install_pulumi_python(cache: &Cache) -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("pulumi/requirements.txt");
    let python = virtual_environment(cache, "pulumi", &list)?.join("python");
    let probe = "import importlib.metadata, pulumi; print(importlib.metadata.version('pulumi'))";
    let version = run(
        "Pulumi's SDK for Python",
        Command::new(&python).args(["-c", probe]),
    )?;
    used("pulumi SDK for Python", &format!("{} from PyPI", version.trim()));
    Ok(python)
}

/// The path of mkdocs with the theme of the documentation's pages, in the versions that `site/requirements.txt` pins, with their checksums.
///
/// # Errors
/// Python is missing, or the packages cannot be installed.
pub fn install_mkdocs(cache: &Cache) -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("site/requirements.txt");
    let program = virtual_environment(cache, "site", &list)?.join("mkdocs");
    let text = run("mkdocs --version", Command::new(&program).arg("--version"))?;
    let version = text.split_whitespace().nth(2).unwrap_or("of unknown version");
    used("mkdocs", &format!("{version} from PyPI"));
    Ok(program)
}

/// A Python interpreter that has CycloneDX' library in the version that `cyclonedx/requirements.txt` pins, with its checksums. Its
/// `cyclonedx.validation` judges a bill of materials by the schema that CycloneDX publishes.
///
/// # Errors
/// Python is missing, or the packages cannot be installed.
pub fn install_cyclonedx(cache: &Cache) -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("cyclonedx/requirements.txt");
    let python = virtual_environment(cache, "cyclonedx", &list)?.join("python");
    let probe = "import importlib.metadata; print(importlib.metadata.version('cyclonedx-python-lib'))";
    let version = run("CycloneDX' library", Command::new(&python).args(["-c", probe]))?;
    used(
        "CycloneDX' schema",
        &format!("cyclonedx-python-lib {} from PyPI", version.trim()),
    );
    Ok(python)
}

/// What `python3 --version` says.
///
/// # Errors
/// Python is missing.
pub fn python_version() -> Result<String> {
    first_line(Command::new("python3").arg("--version")).map_err(|found| Error::Prerequisite {
        name: "python3",
        found,
        remedy: PYTHON_REMEDY,
    })
}

/// A file of ours that moto needs: the plug-in, the image list.
pub(crate) fn aws_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("aws").join(name)
}

/// The version of the moto that an interpreter has, if it fits and its server can be loaded.
pub(crate) fn fitting_moto(python: &Path) -> Option<String> {
    let version = first_line(Command::new(python).args(["-c", PROBE])).ok()?;
    fits(&version).then_some(version)
}

fn fits(version: &str) -> bool {
    let parsed = Version::parse(version)
        .ok()
        .zip(VersionReq::parse(MOTO_FITS).ok());
    parsed.is_some_and(|(version, fitting)| fitting.matches(&version))
}

/// The `bin` folder of a virtual environment with the packages of a list, which must name every one of them.
fn virtual_environment(cache: &Cache, name: &str, list: &Path) -> Result<PathBuf> {
    let content = fs::read(list).context(|| format!("read {}", list.display()))?;
    let key = cache::key([python_version()?.as_bytes(), &content]);
    // A virtual environment knows its own path, so it is made under its final name and marked when complete.
    let home = cache.subdir("python")?.join(format!("{name}-{key}"));
    cache.entry(name, &key, |mark| {
        progress(&format!(
            "installing {name} into a virtual environment, once, about 1 min"
        ));
        cache::remove_if_present(&home)?;
        run(
            "creation of a Python virtual environment",
            Command::new("python3").args(["-m", "venv"]).arg(&home),
        )
        .map_err(without_venv)?;
        let mut pip = Command::new(home.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--requirement"])
            .arg(list);
        run(&format!("installation of {name}"), &mut pip)?;
        fs::write(mark.join("home"), home.as_os_str().as_encoded_bytes()).context(|| "mark it".to_owned())
    })?;
    Ok(home.join("bin"))
}

/// Debian's Python comes without venv.
fn without_venv(error: Error) -> Error {
    match error {
        Error::Command { output, .. } => Error::Prerequisite {
            name: "python3 -m venv",
            found: output,
            remedy: PYTHON_REMEDY,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_of_fitting_versions_is_closed_above() {
        let verdicts = ["5.2.0", "5.2.1", "5.2.5", "6.0.0", "garbage"].map(fits);
        assert_eq!(verdicts, [false, true, true, false, false]);
    }
}
